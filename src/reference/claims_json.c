/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in JSON: what this program printed, reference values of Trustee's RVPS,
 * and quotes wherever they stand. One document or several, one after the other.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "reference/claims.h"
#include "reference/recognize.h"

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
    /* What a member holds in place of these, and which; empty: nothing. */
    char other[260];
    char where[160];
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

/* Remembers what the first member holds that might have been a quote. */
static void note_other(struct walk *w, const char *what, const char *where)
{
    if (!w->other[0]) {
        snprintf(w->other, sizeof w->other, "%s", what);
        snprintf(w->where, sizeof w->where, "%s", where);
    }
}

/* "quote", "td_quote", "TdQuote": who has no TD gets an empty one. */
static bool names_quote(const char *key)
{
    static const char wanted[] = "quote";
    const size_t len = strlen(key);
    return len >= strlen(wanted) &&
           strcasecmp(key + len - strlen(wanted), wanted) == 0;
}

/* A string that may hold a quote: at least as long as a TDINFO in base64. */
static bool add_evidence_of(struct walk *w, const char *text, size_t len,
                            const char *where)
{
    enum mrtd_evidence_kind kind;
    struct recognized what;
    size_t size = 0;
    unsigned char *bytes = len >= MRTD_TDINFO_SIZE * 4 / 3
                               ? claims_decode_text(text, len, &size)
                               : NULL;
    bool good = bytes || size != SIZE_MAX || claims_no_memory(w->error);
    if (bytes && recognize_evidence(bytes, size, &kind) &&
        kind != MRTD_EVIDENCE_TDINFO) {
        good =
            claims_add_evidence(w->claims, kind, bytes, size, where, w->error);
        w->evidence++;
    } else if (bytes && recognize_binary(bytes, size, &what) &&
               what.use == RECOGNIZED_OTHER) {
        note_other(w, what.name, where);
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
    if (len == 0 && names_quote(key)) {
        note_other(w, "an empty quote, as from a machine that is not a TD",
                   where);
    }
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

/* --- Digests of the firmware file ---------------------------------------- */

/* The digest under a key of that many bytes; none is good, too. */
static bool take_digest(struct walk *w, json_t *object, const char *key,
                        size_t size)
{
    json_t *member = json_object_get(object, key);
    size_t got = 0;
    if (!member) {
        return true;
    }
    unsigned char *bytes =
        json_is_string(member) && json_string_length(member) == 2 * size
            ? claims_decode_text(json_string_value(member), 2 * size, &got)
            : NULL;
    bool good = false;
    if (!bytes && got == SIZE_MAX) {
        good = claims_no_memory(w->error);
    } else if (!bytes || got != size) {
        good = claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the \"%s\" of a file is not %zu hexadecimal "
                           "digits",
                           key, 2 * size);
    } else {
        good = claims_add_file(w->claims, bytes, size, w->error);
    }
    free(bytes);
    return good;
}

/* Of the SHA-256 and SHA-384 of a file one will do, the longer. */
static bool take_file(struct walk *w, json_t *digests)
{
    return json_object_get(digests, "sha384")
               ? take_digest(w, digests, "sha384", 48)
               : take_digest(w, digests, "sha256", 32);
}

/* --- Documents ----------------------------------------------------------- */

/* What "mrtd-calc --json" printed: only its last member is the MRTD. */
static bool take_measurement(struct walk *w, json_t *root)
{
    const char *hex = json_string_value(json_object_get(root, "mrtd"));
    const char *file = json_string_value(json_object_get(root, "file"));
    const char *profile = json_string_value(json_object_get(root, "profile"));
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    char names[2][64];
    char where[160];
    if (!hex || !mrtd_hex_decode(mrtd, hex, strlen(hex))) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "it says to be JSON of mrtd-calc, but its member "
                           "\"mrtd\" is not an MRTD");
    }
    printable_copy(names[0], sizeof names[0], file ? file : "?");
    printable_copy(names[1], sizeof names[1], profile ? profile : "?");
    snprintf(where, sizeof where, "%s, profile %s", names[0], names[1]);
    w->values++;
    /* With VARS, the digests are of both files together. */
    return claims_add(w->claims, mrtd, where, w->error) &&
           (json_is_string(json_object_get(root, "vars")) ||
            take_file(w, root));
}

static bool is_measurement(json_t *root)
{
    static const char schema[] = "mrtd-calc/measurement/";
    const char *text = json_string_value(json_object_get(root, "schema"));
    return text && strncmp(text, schema, strlen(schema)) == 0;
}

static bool is_reference(json_t *root)
{
    static const char schema[] = "mrtd-calc/reference/";
    const char *text = json_string_value(json_object_get(root, "schema"));
    return text && strncmp(text, schema, strlen(schema)) == 0;
}

/* The files of our own reference values, or of an in-toto statement. */
static bool take_files(struct walk *w, json_t *root)
{
    const bool ours = is_reference(root);
    json_t *list = json_object_get(root, ours ? "firmware" : "subject");
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        json_t *file = json_array_get(list, i);
        good = take_file(w, ours ? file : json_object_get(file, "digest"));
    }
    return good;
}

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
    if (is_measurement(root)) {
        *kind = "JSON of mrtd-calc";
        return take_measurement(w, root);
    }
    if (type && json_is_string(payload)) {
        *kind = "RVPS message";
        return take_envelope(w, type, payload);
    }
    *kind = NULL;
    return take_files(w, root) && walk_document(w, root);
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
    if (claims->count == 0 && w.other[0]) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "JSON without an MRTD: %s is %s", w.where, w.other);
    }
    if (claims->count == 0) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "JSON without an MRTD: no member named mr_td, mrtd "
                           "or the like, and no quote in base64");
    }
    name_kind(&w, kind);
    return true;
}
