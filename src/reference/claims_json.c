/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in JSON: what this program printed, reference values of Trustee's RVPS,
 * and quotes wherever they stand. One document or several, one after the other.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_walk.h"

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
    walk_printable(names[0], sizeof names[0], file ? file : "?");
    walk_printable(names[1], sizeof names[1], profile ? profile : "?");
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
    walk_printable(text, sizeof text, why->text);
    return claims_fail(error, "against-json",
                       why->position >= 0 ? (uint64_t)why->position
                                          : MRTD_NO_OFFSET,
                       "not well-formed JSON: line %d: %s", why->line, text);
}

/* Trustee decodes the payload as base64 of the standard alphabet, padded. */
static bool is_standard_base64(const char *text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t used = strspn(text, digits);
    return len % 4 == 0 && len - used <= 2 &&
           strspn(text + used, "=") == len - used;
}

/* What comes around the payload of an RVPS message. */
static bool check_envelope(struct walk *w, json_t *root, const char *payload)
{
    const char *version = json_string_value(json_object_get(root, "version"));
    const char *why = walk_turned(root);
    if (why) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the RVPS message is not a statement: %s", why);
    }
    if (version && strcmp(version, "0.1.0") != 0) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the RVPS message is not of version 0.1.0");
    }
    return is_standard_base64(payload, strlen(payload)) ||
           claims_misspelled(w->claims, "against-json", MRTD_NO_OFFSET,
                             "the payload of the RVPS message",
                             "is not padded base64 of the standard alphabet",
                             w->error);
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
        w->is_flat = true;
        good = root ? walk_document(w, root) : parse_failed(w->error, &why);
        w->is_flat = false;
        json_decref(root);
    } else {
        good = claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the RVPS message is of another type than "
                           "\"sample\" and \"corim\"");
    }
    free(bytes);
    return good;
}

/* What "mrtd-calc --json" printed, unchanged. */
static bool check_measurement(struct walk *w, json_t *root)
{
    json_t *mrtd = json_object_get(root, "mrtd");
    const char *why = walk_turned(root);
    const char *how;
    if (why) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the JSON of mrtd-calc is not a statement: %s", why);
    }
    return !json_is_string(mrtd) ||
           walk_is_spelled(SPELLED_LOWER, json_string_value(mrtd),
                           json_string_length(mrtd), &how) ||
           claims_misspelled(w->claims, "against-json", MRTD_NO_OFFSET,
                             "JSON member \"mrtd\"", how, w->error);
}

static bool take_document(struct walk *w, json_t *root, const char **kind)
{
    const char *type = json_string_value(json_object_get(root, "type"));
    json_t *payload = json_object_get(root, "payload");
    if (is_measurement(root)) {
        *kind = "JSON of mrtd-calc";
        return check_measurement(w, root) && take_measurement(w, root);
    }
    if (type && json_is_string(payload)) {
        *kind = "RVPS message";
        return check_envelope(w, root, json_string_value(payload)) &&
               take_envelope(w, type, payload);
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
    if (claims->count == 0) {
        return claims_fail_empty(claims, "against-json",
                                 "JSON without an MRTD: no member named mr_td, "
                                 "mrtd or the like, and no quote in base64",
                                 error);
    }
    name_kind(&w, kind);
    return true;
}
