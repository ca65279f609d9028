/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/dsse.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/key.h"
#include "reference/claims.h"
#include "reference/claims_names.h"
#include "reference/signature.h"

/* Most of one file, and most signatures of one. */
#define ENVELOPES  64
#define SIGNATURES 16
/* Largest signature: one of ECDSA on P-384 has 104 bytes at most. */
#define SIGNATURE_MOST 512

static const char payload_type[] = "application/vnd.in-toto+json";

/* The type of statements of values, as this program writes them. */
static const char predicate_type[] = "https://in-toto.io/attestation/scai/v0.3";

struct envelope {
    json_t *root;
    json_t *signatures; /* borrowed */
    unsigned char *payload;
    size_t payload_size;
    bool is_of_values;
};

static void envelope_free(struct envelope *e)
{
    json_decref(e->root);
    free(e->payload);
    memset(e, 0, sizeof *e);
}

static bool fail(struct failure *error, const char *why)
{
    return claims_fail(error, "against-envelope", MRTD_NO_OFFSET, "%s", why);
}

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Has an object only members of the list? */
static bool has_only(json_t *object, const char *const *members)
{
    const char *key;
    json_t *value;
    bool good = json_is_object(object);
    json_object_foreach(object, key, value)
    {
        good = good && names_is_one_of(key, members);
    }
    return good;
}

/* The envelope itself, or that of a bundle; NULL: there is none. */
static json_t *find_envelope(json_t *root)
{
    json_t *inner = json_object_get(root, "dsseEnvelope");
    return inner ? inner : json_object_get(root, "payloadType") ? root : NULL;
}

/* A bundle of Sigstore, of an envelope or of something else. */
static bool is_bundle(json_t *root)
{
    return json_object_get(root, "dsseEnvelope") ||
           json_object_get(root, "messageSignature");
}

static json_t *parse(const char *text, size_t size, size_t *at,
                     json_error_t *why)
{
    json_t *root =
        json_loadb(text + *at, size - *at,
                   JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, why);
    if (root) {
        *at += (size_t)why->position;
        while (*at < size && isspace((unsigned char)text[*at])) {
            ++*at;
        }
    }
    return root;
}

bool dsse_is_envelope(json_t *root)
{
    return find_envelope(root) || is_bundle(root);
}

bool dsse_begins(const char *text, size_t size)
{
    static const char *const marks[] = {"\"payloadType\"", "\"dsseEnvelope\"",
                                        "\"messageSignature\"", NULL};
    json_error_t why;
    size_t at = 0;
    bool marked = false;
    for (size_t i = 0; marks[i]; i++) {
        marked |= memmem(text, size, marks[i], strlen(marks[i])) != NULL;
    }
    json_t *root = marked ? parse(text, size, &at, &why) : NULL;
    const bool is = dsse_is_envelope(root);
    json_decref(root);
    return is;
}

/* The statement within. */
static bool open_payload(struct envelope *e, json_t *envelope,
                         struct failure *error)
{
    json_t *payload = json_object_get(envelope, "payload");
    const char *type = text_of(envelope, "payloadType");
    if (!type || strcmp(type, payload_type) != 0 || !json_is_string(payload)) {
        return claims_fail(error, "against-envelope", MRTD_NO_OFFSET,
                           "the envelope (DSSE) is not of a statement: its "
                           "\"payloadType\" is not \"%s\", or its \"payload\" "
                           "no text",
                           payload_type);
    }
    size_t size = 0;
    e->payload = claims_decode_text(json_string_value(payload),
                                    json_string_length(payload), &size);
    e->payload_size = size;
    if (!e->payload) {
        return size == SIZE_MAX
                   ? claims_no_memory(error)
                   : fail(error, "the \"payload\" of the envelope (DSSE) is "
                                 "not base64");
    }
    json_t *statement = json_loadb((const char *)e->payload, size,
                                   JSON_REJECT_DUPLICATES, NULL);
    const char *of = text_of(statement, "predicateType");
    e->is_of_values = of && strcmp(of, predicate_type) == 0;
    const bool good = json_is_object(statement);
    json_decref(statement);
    return good || fail(error, "the \"payload\" of the envelope (DSSE) is not "
                               "JSON of a statement");
}

static bool check_signatures(const struct envelope *e, struct failure *error)
{
    static const char *const members[] = {"keyid", "sig", "cert", NULL};
    const size_t count = json_array_size(e->signatures);
    if (count == 0 || count > SIGNATURES) {
        return fail(error, "the envelope (DSSE) has no list \"signatures\" of "
                           "1 to 16");
    }
    for (size_t i = 0; i < count; i++) {
        json_t *signature = json_array_get(e->signatures, i);
        if (!has_only(signature, members) || !text_of(signature, "sig")) {
            return fail(error, "a signature of the envelope (DSSE) has no "
                               "\"sig\", or a member that is not known");
        }
    }
    return true;
}

/* The envelope that begins at *at, which moves on after it. */
static bool next_envelope(struct envelope *e, const char *text, size_t size,
                          size_t *at, struct failure *error)
{
    static const char *const of_bundle[] = {"mediaType", "verificationMaterial",
                                            "dsseEnvelope", NULL};
    static const char *const of_envelope[] = {"payload", "payloadType",
                                              "signatures", NULL};
    json_error_t why;
    memset(e, 0, sizeof *e);
    e->root = parse(text, size, at, &why);
    if (!e->root) {
        return json_error_code(&why) == json_error_out_of_memory
                   ? claims_no_memory(error)
                   : fail(error, "what follows the envelope (DSSE) is not "
                                 "well-formed JSON, or has a key twice");
    }
    json_t *envelope = find_envelope(e->root);
    if (!envelope) {
        return fail(error, json_object_get(e->root, "messageSignature")
                               ? "a bundle of Sigstore with the signature of "
                                 "a file, and without a statement; give the "
                                 "file"
                               : "after an envelope (DSSE) there is something "
                                 "else");
    }
    if ((envelope != e->root && !has_only(e->root, of_bundle)) ||
        !has_only(envelope, of_envelope)) {
        return fail(error, "the envelope (DSSE) or its bundle has a member "
                           "that is not known");
    }
    e->signatures = json_object_get(envelope, "signatures");
    return open_payload(e, envelope, error) && check_signatures(e, error);
}

/* Calls each for the envelopes that are wanted. */
typedef bool envelope_fn(void *context, const struct envelope *e,
                         struct failure *error);

static bool each_envelope(const char *text, size_t size, bool only_values,
                          envelope_fn *each, void *context,
                          struct failure *error)
{
    size_t at = 0;
    bool good = true;
    for (size_t count = 0; good && at < size; count++) {
        struct envelope e;
        good = count < ENVELOPES
                   ? next_envelope(&e, text, size, &at, error)
                   : claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                                 "it has more than %d envelopes", ENVELOPES);
        if (count == ENVELOPES) {
            break;
        }
        if (good && (e.is_of_values || !only_values)) {
            good = each(context, &e, error);
        }
        envelope_free(&e);
    }
    return good;
}

/* --- Payloads ---------------------------------------------------------- */

struct payloads {
    unsigned char *bytes;
    size_t size;
};

/* How many statements are of values, and of something else. */
struct statements {
    size_t of_values;
    size_t others;
};

static bool count_statement(void *context, const struct envelope *e,
                            struct failure *error)
{
    struct statements *counts = context;
    (void)error;
    ++*(e->is_of_values ? &counts->of_values : &counts->others);
    return true;
}

static bool append(void *context, const struct envelope *e,
                   struct failure *error)
{
    struct payloads *p = context;
    unsigned char *bytes = realloc(p->bytes, p->size + e->payload_size + 1);
    if (!bytes) {
        return claims_no_memory(error);
    }
    memcpy(bytes + p->size, e->payload, e->payload_size);
    p->size += e->payload_size;
    bytes[p->size++] = '\n';
    p->bytes = bytes;
    return true;
}

unsigned char *dsse_payloads(const char *text, size_t size, size_t *payloads,
                             size_t *left_out, struct failure *error)
{
    struct payloads p = {NULL, 0};
    struct statements counts = {0, 0};
    if (!each_envelope(text, size, false, count_statement, &counts, error) ||
        !each_envelope(text, size, counts.of_values > 0, append, &p, error)) {
        free(p.bytes);
        return NULL;
    }
    *payloads = p.size;
    *left_out = counts.of_values > 0 ? counts.others : 0;
    return p.bytes;
}

/* --- Signatures -------------------------------------------------------- */

struct verification {
    struct evp_pkey_st *key;
    const char *digest; /* or NULL */
    size_t bad;         /* envelopes that the key did not sign */
};

/* "DSSEv1 LENGTH TYPE LENGTH PAYLOAD", to be freed. */
static unsigned char *to_be_signed(const struct envelope *e, size_t *size)
{
    char head[100];
    const int len =
        snprintf(head, sizeof head, "DSSEv1 %zu %s %zu ", strlen(payload_type),
                 payload_type, e->payload_size);
    unsigned char *bytes = malloc((size_t)len + e->payload_size);
    if (bytes) {
        memcpy(bytes, head, (size_t)len);
        memcpy(bytes + len, e->payload, e->payload_size);
        *size = (size_t)len + e->payload_size;
    }
    return bytes;
}

/* Is one of the signatures the key's? What is malformed is not. */
static bool verify_envelope(void *context, const struct envelope *e,
                            struct failure *error)
{
    struct verification *v = context;
    size_t size = 0;
    unsigned char *bytes = to_be_signed(e, &size);
    bool is_signed = false;
    bool has_failed = !bytes;
    for (size_t i = 0; !has_failed && i < json_array_size(e->signatures); i++) {
        json_t *sig = json_object_get(json_array_get(e->signatures, i), "sig");
        size_t len = 0;
        unsigned char *raw = claims_decode_text(json_string_value(sig),
                                                json_string_length(sig), &len);
        const int result =
            !raw ? (len == SIZE_MAX ? -1 : 0)
            : len > SIGNATURE_MOST
                ? 0
                : signature_check(v->key, v->digest, bytes, size, raw, len);
        free(raw);
        is_signed |= result == 1;
        has_failed = result < 0 && !raw && len == SIZE_MAX;
    }
    free(bytes);
    v->bad += !is_signed;
    return !has_failed || claims_no_memory(error);
}

enum exit_status dsse_verify(struct evp_pkey_st *key, const char *name,
                             const void *data, size_t size,
                             struct failure *failure)
{
    const char *algorithm = key_algorithm(key);
    struct verification v = {.key = key};
    struct statements counts = {0, 0};
    if (!algorithm) {
        return failure_memory(failure, name);
    }
    v.digest = strcmp(algorithm, "ES384") == 0   ? "SHA384"
               : strcmp(algorithm, "ES256") == 0 ? "SHA256"
                                                 : NULL;
    if (!each_envelope(data, size, false, count_statement, &counts, failure) ||
        !each_envelope(data, size, counts.of_values > 0, verify_envelope, &v,
                       failure)) {
        failure->file = name;
        return failure->status;
    }
    return v.bad == 0 ? EXIT_DONE
                      : failure_differs(failure, name, "signature",
                                        "no signature of the envelope (DSSE) "
                                        "is that of this key over its "
                                        "statement");
}
