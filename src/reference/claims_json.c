/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in JSON: what this program printed, reference values of Trustee's RVPS,
 * and quotes wherever they stand. One document or several, one after the other.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "reference/claims.h"
#include "reference/claims_own.h"

/* Documents are nested 3 deep in practice. */
#define MAX_DEPTH  32
#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)

/* An object or array at work, and how far it is done. */
struct frame {
    json_t *node;
    void *member; /* of an object */
    size_t index; /* of an array */
    bool named;   /* does a key at or above it say "MRTD"? */
    char key[64]; /* under which it stands */
};

struct walk {
    struct claims *claims;
    struct claims_error *error;
    struct frame frames[MAX_DEPTH];
    size_t depth;
    size_t values;   /* MRTDs found */
    size_t evidence; /* quotes and reports found */
};

/* Copies what is printable ASCII, '?' for the rest. */
static void printable_copy(char *to, size_t size, const char *from)
{
    size_t i = 0;
    for (; from[i] && i + 1 < size; i++) {
        to[i] = (char)(from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?');
    }
    to[i] = '\0';
}

/*
 * Does a key say that its value is an MRTD? mr_td, MrTd, tdx_mrtd,
 * rvps:///.../mr_td:1.0, and what Trustee makes of a CoRIM's mkey 83.
 */
static bool names_mrtd(const char *key)
{
    static const char wanted[] = "mrtd";
    size_t matched = 0;
    for (const char *p = key; *p && wanted[matched]; p++) {
        const char c = (char)tolower((unsigned char)*p);
        if (c == '_' || c == '-') {
            continue;
        }
        matched = c == wanted[matched] ? matched + 1 : c == wanted[0];
    }
    return !wanted[matched] || strstr(key, "claim83/digests");
}

/* A string that may hold a quote: at least as long as a TDINFO in base64. */
static bool add_evidence_of(struct walk *w, const char *text, size_t len,
                            const char *where)
{
    enum mrtd_evidence_kind kind;
    size_t size = 0;
    unsigned char *bytes = len >= MRTD_TDINFO_SIZE * 4 / 3
                               ? claims_decode_text(text, len, &size)
                               : NULL;
    bool good = bytes || size != SIZE_MAX || claims_no_memory(w->error);
    if (bytes && mrtd_evidence_detect(bytes, size, &kind) &&
        kind != MRTD_EVIDENCE_TDINFO) {
        good =
            claims_add_evidence(w->claims, kind, bytes, size, where, w->error);
        w->evidence++;
    }
    free(bytes);
    return good;
}

static bool take_string(struct walk *w, const char *key, json_t *node,
                        bool named, bool strict)
{
    const char *text = json_string_value(node);
    const size_t len = json_string_length(node);
    char where[160];
    char shown[64];
    printable_copy(shown, sizeof shown, key);
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    if (!named) {
        return add_evidence_of(w, text, len, where);
    }
    size_t size = 0;
    unsigned char *bytes =
        len <= 4 * HEX_DIGITS ? claims_decode_text(text, len, &size) : NULL;
    bool good = true;
    if (!bytes && size == SIZE_MAX) {
        good = claims_no_memory(w->error);
    } else if (bytes && size == MRTD_DIGEST_SIZE) {
        good = claims_add(w->claims, bytes, where, w->error);
        w->values++;
    } else if (strict) {
        good = claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "%s has %zu characters that are not an MRTD: 96 "
                           "hexadecimal digits or 64 of base64",
                           where, len);
    }
    free(bytes);
    return good;
}

/* Looks at a value; objects and arrays are put on the stack. */
static bool visit(struct walk *w, const char *key, json_t *node,
                  const struct frame *above)
{
    const bool key_named = names_mrtd(key);
    const bool named = key_named || (above && above->named);
    if (json_is_string(node)) {
        return take_string(w, key, node, named,
                           key_named || (above && json_is_array(above->node) &&
                                         names_mrtd(above->key)));
    }
    if (!json_is_object(node) && !json_is_array(node)) {
        return true;
    }
    if (w->depth == MAX_DEPTH) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the JSON is nested deeper than %d levels",
                           MAX_DEPTH);
    }
    struct frame *f = &w->frames[w->depth++];
    memset(f, 0, sizeof *f);
    f->node = node;
    f->member = json_object_iter(node);
    f->named = named;
    snprintf(f->key, sizeof f->key, "%s", key);
    return true;
}

/* A patch (RFC 6902) names its value by a path: {"path": "/MrTd", "value"}. */
static const char *name_of(json_t *object, const char *key)
{
    const char *path = json_string_value(json_object_get(object, "path"));
    return path && strcmp(key, "value") == 0 ? path : key;
}

/* Visits the next child of the innermost frame, or leaves it. */
static bool step(struct walk *w)
{
    struct frame *f = &w->frames[w->depth - 1];
    if (json_is_object(f->node) && f->member) {
        void *member = f->member;
        f->member = json_object_iter_next(f->node, member);
        return visit(w, name_of(f->node, json_object_iter_key(member)),
                     json_object_iter_value(member), f);
    }
    if (json_is_array(f->node) && f->index < json_array_size(f->node)) {
        json_t *item = json_array_get(f->node, f->index++);
        return visit(w, f->key, item, f);
    }
    w->depth--;
    return true;
}

static bool walk_document(struct walk *w, json_t *root)
{
    bool good = visit(w, "", root, NULL);
    while (good && w->depth > 0) {
        good = step(w);
    }
    return good;
}

/* --- Documents ----------------------------------------------------------- */

static bool parse_failed(struct claims_error *error, const json_error_t *why)
{
    char text[100];
    if (json_error_code(why) == json_error_out_of_memory) {
        return claims_no_memory(error);
    }
    printable_copy(text, sizeof text, why->text);
    return claims_fail(error, "against-json",
                       why->position >= 0 ? (uint64_t)why->position
                                          : MRTD_NO_OFFSET,
                       "not well-formed JSON: line %d: %s", why->line, text);
}

/*
 * RVPS's message (Trustee, rvps/src/lib.rs): {"version", "type", "payload"},
 * the payload in base64: JSON for the type "sample", CBOR for "corim".
 */
static bool take_envelope(struct walk *w, const char *type, json_t *payload)
{
    size_t size = 0;
    unsigned char *bytes = claims_decode_text(
        json_string_value(payload), json_string_length(payload), &size);
    bool good = false;
    json_error_t why;
    if (!bytes && size == SIZE_MAX) {
        good = claims_no_memory(w->error);
    } else if (!bytes) {
        good = claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the payload of the RVPS message is not base64");
    } else if (strcmp(type, "corim") == 0) {
        good =
            claims_read_corim(w->claims, bytes, size, "RVPS message", w->error);
        w->values++;
    } else if (strcmp(type, "sample") == 0) {
        json_t *root =
            json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, &why);
        good = root ? walk_document(w, root) : parse_failed(w->error, &why);
        json_decref(root);
    } else {
        good = claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the RVPS message is of another type than "
                           "\"sample\" and \"corim\"");
    }
    free(bytes);
    return good;
}

static bool take_document(struct walk *w, json_t *root, const char **kind)
{
    const char *type = json_string_value(json_object_get(root, "type"));
    json_t *payload = json_object_get(root, "payload");
    *kind = own_kind(root);
    if (*kind) {
        w->values++;
        return own_read(w->claims, root, w->error);
    }
    if (type && json_is_string(payload)) {
        *kind = "RVPS message";
        return take_envelope(w, type, payload);
    }
    return own_take_subjects(w->claims, root, w->error) &&
           walk_document(w, root);
}

static void name_kind(struct walk *w, const char *kind)
{
    if (!kind && w->values == 0 && w->evidence > 0) {
        snprintf(w->claims->kind, sizeof w->claims->kind, "%s in JSON",
                 mrtd_evidence_kind_name(w->claims->items[0].evidence.kind));
    } else {
        snprintf(w->claims->kind, sizeof w->claims->kind, "%s",
                 kind ? kind : "reference values in JSON");
    }
}

bool claims_read_json(struct claims *claims, const char *text, size_t size,
                      struct claims_error *error)
{
    struct walk w = {.claims = claims, .error = error};
    const char *kind = NULL;
    size_t at = 0;
    while (at < size) {
        json_error_t why;
        json_t *root =
            json_loadb(text + at, size - at,
                       JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &why);
        if (!root) {
            return parse_failed(error, &why);
        }
        const bool good = take_document(&w, root, &kind);
        json_decref(root);
        if (!good) {
            return false;
        }
        at += (size_t)why.position;
        while (at < size && isspace((unsigned char)text[at])) {
            at++;
        }
    }
    if (claims->count == 0) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "JSON without an MRTD: no member named mr_td, mrtd "
                           "or the like, and no quote in base64");
    }
    name_kind(&w, kind);
    return true;
}
