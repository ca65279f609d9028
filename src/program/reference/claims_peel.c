/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_peel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_walk.h"
#include "reference/dsse.h"

/* Base64 of something that is itself encoded has as many characters. */
#define ENCODED_LEAST 512

static bool is_text(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((data[i] < 0x20 && !isspace(data[i])) || data[i] >= 0x7f) {
            return false;
        }
    }
    return size > 0;
}

/* The first byte that is not white space, or '\0'. */
static char first_of(const unsigned char *data, size_t size)
{
    size_t at = 0;
    while (at < size && isspace(data[at])) {
        at++;
    }
    return (char)(at < size ? data[at] : '\0');
}

static size_t trimmed(const char *text, size_t len)
{
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    return len;
}

/* --- Tokens ------------------------------------------------------------ */

static bool is_base64url(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' &&
            text[i] != '_') {
            return false;
        }
    }
    return len > 0;
}

/* Is a part of a token JSON of an object? Returns it, to be freed. */
static unsigned char *object_of(const char *text, size_t len, size_t *size,
                                json_t **root)
{
    unsigned char *bytes = claims_decode_text(text, len, size);
    *root = bytes ? json_loadb((const char *)bytes, *size,
                               JSON_REJECT_DUPLICATES, NULL)
                  : NULL;
    if (bytes && !json_is_object(*root)) {
        json_decref(*root);
        *root = NULL;
        free(bytes);
        return NULL;
    }
    return bytes;
}

unsigned char *token_claims(const char *text, size_t len, size_t *size)
{
    size_t used = 0;
    json_t *root = NULL;
    len = trimmed(text, len);
    const char *dot = memchr(text, '.', len);
    const size_t head = dot ? (size_t)(dot - text) : 0;
    const char *second = dot ? memchr(dot + 1, '.', len - head - 1) : NULL;
    const size_t body = second ? (size_t)(second - dot) - 1 : 0;
    if (!second || !is_base64url(text, head) || !is_base64url(dot + 1, body) ||
        (len > head + body + 2 &&
         !is_base64url(second + 1, len - head - body - 2))) {
        return NULL;
    }
    unsigned char *header = object_of(text, head, &used, &root);
    const bool is_token = json_is_string(json_object_get(root, "alg"));
    json_decref(root);
    free(header);
    if (!is_token) {
        *size = used == SIZE_MAX ? SIZE_MAX : *size;
        return NULL;
    }
    unsigned char *claims = object_of(dot + 1, body, &used, &root);
    json_decref(root);
    if (claims || used == SIZE_MAX) {
        *size = used;
    }
    return claims;
}

/* --- Layers ------------------------------------------------------------ */

/* What a layer makes of text: what is inside, to be freed, or NULL: it is not
 * this layer, or a failure, with error->code. */
typedef unsigned char *layer_fn(struct claims *claims,
                                const unsigned char *data, size_t size,
                                size_t *inner, struct failure *error);

static unsigned char *open_token(struct claims *claims,
                                 const unsigned char *data, size_t size,
                                 size_t *inner, struct failure *error)
{
    size_t skip = 0;
    (void)claims;
    while (skip < size && isspace(data[skip])) {
        skip++;
    }
    unsigned char *inside =
        token_claims((const char *)data + skip, size - skip, inner);
    if (!inside && *inner == SIZE_MAX) {
        claims_no_memory(error);
    }
    return inside;
}

static unsigned char *open_envelope(struct claims *claims,
                                    const unsigned char *data, size_t size,
                                    size_t *inner, struct failure *error)
{
    size_t left_out = 0;
    unsigned char *payloads =
        first_of(data, size) == '{' && dsse_begins((const char *)data, size)
            ? dsse_payloads((const char *)data, size, inner, &left_out, error)
            : NULL;
    if (payloads && left_out > 0) {
        claims_pass_over(claims, "an envelope",
                         "it has a statement of something else");
    }
    return payloads;
}

/* A text of JSON, "...". */
static unsigned char *open_string(struct claims *claims,
                                  const unsigned char *data, size_t size,
                                  size_t *inner, struct failure *error)
{
    (void)claims;
    if (first_of(data, size) != '"') {
        return NULL;
    }
    json_t *root = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
    const size_t len = json_string_length(root);
    unsigned char *text = root && len > 0 ? malloc(len) : NULL;
    if (text) {
        memcpy(text, json_string_value(root), len);
        *inner = len;
    } else if (root && len > 0) {
        claims_no_memory(error);
    }
    json_decref(root);
    return text;
}

/* JSON in hexadecimal or base64, or something in it twice. */
static unsigned char *open_encoded(struct claims *claims,
                                   const unsigned char *data, size_t size,
                                   size_t *inner, struct failure *error)
{
    size_t len = 0;
    unsigned char *bytes = claims_decode_text((const char *)data, size, &len);
    (void)claims;
    if (!bytes && len == SIZE_MAX) {
        claims_no_memory(error);
    }
    if (bytes && is_text(bytes, len)) {
        json_t *root = first_of(bytes, len) == '{'
                           ? json_loadb((const char *)bytes, len, 0, NULL)
                           : NULL;
        size_t twice = 0;
        unsigned char *again =
            !root && len >= ENCODED_LEAST
                ? claims_decode_text((const char *)bytes, len, &twice)
                : NULL;
        const bool is_layer = root || again;
        json_decref(root);
        free(again);
        if (is_layer) {
            *inner = len;
            return bytes;
        }
    }
    free(bytes);
    return NULL;
}

static const struct {
    const char *name;
    layer_fn *open;
    bool is_exact; /* a consumer of reference values takes it */
} layers[] = {
    {" in a JSON Web Token, not verified", open_token, false},
    {" in a signed envelope", open_envelope, true},
    {" in a text of JSON", open_string, false},
    {" in hexadecimal or base64", open_encoded, false},
};

static void name_layer(struct peeled *p, const char *name)
{
    /* The outermost comes last. */
    char rest[sizeof p->layers];
    memcpy(rest, p->layers, sizeof rest);
    snprintf(p->layers, sizeof p->layers, "%s%.*s", name,
             (int)(sizeof p->layers - 1 - strlen(name)), rest);
}

/* Takes one layer off; *more: there was one. */
static bool peel_one(struct peeled *p, struct claims *claims, bool *more,
                     struct failure *error)
{
    *more = false;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        size_t size = 0;
        error->status = EXIT_DONE;
        unsigned char *inner =
            layers[i].open(claims, p->data, p->size, &size, error);
        if (!inner && error->status) {
            return false;
        }
        if (!inner) {
            continue;
        }
        free(p->owned);
        p->owned = inner;
        p->data = inner;
        p->size = size;
        claims->is_token |= layers[i].open == open_token;
        claims->is_enveloped |= layers[i].open == open_envelope;
        name_layer(p, layers[i].name);
        *more = true;
        return claims->reading == CLAIMS_LENIENT || layers[i].is_exact ||
               claims_fail(error, "against-not-exact", MRTD_NO_OFFSET,
                           "the document is%s; check --against takes it",
                           layers[i].name);
    }
    /* Whatever a reader forgets to say, it was no success. */
    failure_memory(error, NULL);
    return true;
}

bool peel(struct peeled *p, struct claims *claims, const void *data,
          size_t size, struct failure *error)
{
    bool more = true;
    *p = (struct peeled){.data = data, .size = size};
    for (size_t depth = 0; more; depth++) {
        if (!is_text(p->data, p->size)) {
            break;
        }
        if (!peel_one(p, claims, &more, error)) {
            return false;
        }
        if (more && depth == PEEL_DEPTH) {
            return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                               "it is wrapped more than %d times, in tokens, "
                               "envelopes or encodings",
                               PEEL_DEPTH);
        }
    }
    return true;
}

void peel_free(struct peeled *p)
{
    free(p->owned);
    p->owned = NULL;
}
