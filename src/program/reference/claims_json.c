/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTDs in JSON: what this program printed, reference values of Trustee's RVPS,
 * and quotes wherever they are. One document or several, one after the other.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_lists.h"
#include "reference/claims_own.h"
#include "reference/claims_walk.h"
#include "reference/dsse.h"
#include "schemas.h"

/* --- Documents --------------------------------------------------------- */

/* The document there is not JSON; line and offset are those in all of the
 * text. */
static bool parse_failed(struct failure *error, const json_error_t *why,
                         const char *text, size_t at)
{
    char shown[100];
    int line = why->line;
    if (json_error_code(why) == json_error_out_of_memory) {
        return claims_no_memory(error);
    }
    walk_printable(shown, sizeof shown, why->text);
    for (size_t i = 0; i < at; i++) {
        line += text[i] == '\n';
    }
    return claims_fail(error, "against-json",
                       why->position >= 0 ? at + (uint64_t)why->position
                                          : MRTD_NO_OFFSET,
                       "not well-formed JSON: line %d: %s", line, shown);
}

/* What is in base64 has no place in the file. */
static bool payload_failed(struct failure *error, const json_error_t *why)
{
    char shown[100];
    if (json_error_code(why) == json_error_out_of_memory) {
        return claims_no_memory(error);
    }
    walk_printable(shown, sizeof shown, why->text);
    return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                       "the payload of the RVPS message is not well-formed "
                       "JSON: line %d: %s",
                       why->line, shown);
}

bool walk_refuse_error(json_t *node, struct failure *error)
{
    static const char family[] = SCHEMA_ERROR_FAMILY;
    const char *schema = walk_member(node, "schema");
    return !schema || strncmp(schema, family, strlen(family)) != 0 ||
           claims_fail(error, "against-failed-run", MRTD_NO_OFFSET,
                       "it has an object of an error of mrtd-calc: it is the "
                       "output of a run that failed, and no reference values");
}

bool walk_standard_base64(const char *text)
{
    const size_t len = strlen(text);
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t used = strspn(text, digits);
    return len % 4 == 0 && len - used <= 2 &&
           strspn(text + used, "=") == len - used;
}

/* What comes around the payload of an RVPS message. */
static bool check_envelope(struct walk *w, json_t *root, const char *payload)
{
    static const char *const known[] = {"version", "type", "payload", NULL};
    static const struct members_of of = {.context = NAMES_PLAIN};
    const char *version = walk_member(root, "version");
    const char *why = walk_turned(root);
    const char *key;
    json_t *value;
    if (why) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the RVPS message is not a statement: %s", why);
    }
    json_object_foreach(root, key, value)
    {
        why = names_is_one_of(key, known)
                  ? NULL
                  : members_why(root, key, value, &of, true);
        if (why) {
            char shown[40];
            walk_printable(shown, sizeof shown, key);
            return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                               "the RVPS message is not a statement: its "
                               "member \"%s\" %s",
                               shown, why);
        }
    }
    if (json_object_get(root, "version") &&
        !(version && strcmp(version, "0.1.0") == 0)) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the RVPS message is not of version 0.1.0");
    }
    return walk_standard_base64(payload) ||
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
        good = !root ? payload_failed(w->error, &why)
               : json_is_object(root)
                   ? walk_document(w, root)
                   : claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                                 "the payload of the RVPS message is not an "
                                 "object");
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

static bool take_document(struct walk *w, json_t *root, const char **kind)
{
    const char *type = json_string_value(json_object_get(root, "type"));
    json_t *payload = json_object_get(root, "payload");
    if (!walk_refuse_error(root, w->error)) {
        return false;
    }
    *kind = own_kind(root);
    if (*kind) {
        w->values++;
        return own_read(w->claims, root, w->error);
    }
    *kind = w->claims->is_token ? NULL : lists_kind(root);
    if (*kind) {
        w->values++;
        return lists_read(w->claims, root, w->error);
    }
    if (type && json_is_string(payload)) {
        *kind = "RVPS message";
        return check_envelope(w, root, json_string_value(payload)) &&
               take_envelope(w, type, payload);
    }
    return walk_statement(w->claims, root, w->error) && walk_document(w, root);
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
                      struct failure *error)
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
            return parse_failed(error, &why, text, at);
        }
        if (dsse_is_envelope(root)) {
            json_decref(root);
            return claims_fail(error, "against-envelope", MRTD_NO_OFFSET,
                               "after other JSON there is an envelope (DSSE) "
                               "or a bundle of Sigstore; give it alone");
        }
        claims_begin_group(claims);
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
        return claims_fail_empty(claims, "against-json",
                                 "JSON without an MRTD: no member named mr_td, "
                                 "mrtd or the like, and no quote in base64",
                                 error);
    }
    name_kind(&w, kind);
    return true;
}
