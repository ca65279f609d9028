/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence in JSON, and JSON in its strings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reference/claims_evidence.h"
#include "reference/claims_peel.h"
#include "reference/claims_walk.h"
#include "reference/recognize.h"

/* Fewest bytes of evidence. */
#define EVIDENCE_LEAST MRTD_TDINFO_SIZE
/* Shortest text with JSON in it that says something. */
#define JSON_LEAST 8

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

/* The evidence in bytes; what has no mark does not count. */
static bool take_bytes(struct walk *w, const unsigned char *data, size_t size,
                       const char *where)
{
    enum mrtd_evidence_kind kind;
    struct recognized what;
    const unsigned char *at = data;
    size_t len = size;
    const char *container;
    if (evidence_within(&at, &len, &kind, &container) &&
        kind != MRTD_EVIDENCE_TDINFO) {
        w->evidence++;
        return claims_add_evidence(w->claims, kind, at, len, where, w->error);
    }
    if (recognize_binary(data, size, &what) && what.use == RECOGNIZED_OTHER) {
        note_other(w, what.name, where);
    }
    return true;
}

bool nested_evidence(struct walk *w, const char *key, json_t *node,
                     const char *where)
{
    const char *text = json_string_value(node);
    const size_t len = json_string_length(node);
    size_t size = 0;
    if (len == 0 && names_quote(key)) {
        note_other(w, "an empty quote, as from a machine that is not a TD",
                   where);
    }
    if (len < EVIDENCE_LEAST * 4 / 3) {
        return true;
    }
    unsigned char *bytes = claims_decode_text(text, len, &size);
    const bool good = bytes              ? take_bytes(w, bytes, size, where)
                      : size == SIZE_MAX ? claims_no_memory(w->error)
                                         : true;
    free(bytes);
    return good;
}

static bool is_byte_list(json_t *node, size_t least)
{
    size_t index;
    json_t *item;
    if (json_array_size(node) < least) {
        return false;
    }
    json_array_foreach(node, index, item)
    {
        if (!json_is_integer(item) || json_integer_value(item) < 0 ||
            json_integer_value(item) > UINT8_MAX) {
            return false;
        }
    }
    return true;
}

bool nested_is_bytes(json_t *node)
{
    return is_byte_list(node, EVIDENCE_LEAST);
}

/* The bytes of a list of numbers, to be freed; NULL: memory is short. */
static unsigned char *bytes_of(json_t *list)
{
    unsigned char *bytes = malloc(json_array_size(list) + 1);
    if (bytes) {
        size_t index;
        json_t *item;
        json_array_foreach(list, index, item)
        {
            bytes[index] = (unsigned char)json_integer_value(item);
        }
    }
    return bytes;
}

bool nested_numbers(struct walk *w, const char *key, json_t *node)
{
    char shown[64];
    char where[160];
    unsigned char *bytes = bytes_of(node);
    if (!bytes) {
        return claims_no_memory(w->error);
    }
    walk_printable(shown, sizeof shown, key);
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    const bool good =
        take_bytes(w, bytes, json_array_size(node), *key ? where : "");
    free(bytes);
    return good;
}

/* --- JSON in strings --------------------------------------------------- */

static json_t *parse(const char *text, size_t len)
{
    return json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
}

/* JSON in hexadecimal or base64, or a token: *no_memory where it is short. */
static json_t *parse_encoded(const char *text, size_t len, bool *no_memory)
{
    size_t size = 0;
    unsigned char *bytes = token_claims(text, len, &size);
    if (!bytes && size != SIZE_MAX) {
        bytes = claims_decode_text(text, len, &size);
    }
    *no_memory = !bytes && size == SIZE_MAX;
    json_t *root = bytes && size > 0 && bytes[0] == '{'
                       ? parse((const char *)bytes, size)
                       : NULL;
    free(bytes);
    return root;
}

json_t *nested_json(struct walk *w, json_t *node)
{
    const char *text = json_string_value(node);
    const size_t len = json_string_length(node);
    /* '{' as text, in hexadecimal of either case, and in base64. */
    const bool is_encoded = text && (strncasecmp(text, "7b", 2) == 0 ||
                                     (*text == 'e' && text[1] > 'v') ||
                                     strncmp(text, "e3", 2) == 0);
    bool no_memory = false;
    if (!text || len < JSON_LEAST ||
        (*text != '{' && *text != '[' && !is_encoded)) {
        return node;
    }
    json_t *root =
        is_encoded ? parse_encoded(text, len, &no_memory) : parse(text, len);
    if (!root) {
        return no_memory ? NULL : node;
    }
    w->stored = w->stored ? w->stored : json_array();
    return json_array_append_new(w->stored, root) == 0 ? root : NULL;
}

/* --- Certificates beside evidence -------------------------------------- */

/* Names of members that have them, as PEM, or as bytes in base64 or numbers. */
static bool names_certificates(const char *key)
{
    static const char *const names[] = {
        "auxblob",      "aux_blob", "certs", "cert_chain", "certificate_chain",
        "certificates", "vcek",     "vlek",  "vek",        "pck_chain",
        "cert_table",   NULL,
    };
    return names_is_one_of(key, names);
}

static bool names_collateral(const char *key)
{
    static const char *const names[] = {"collateral", NULL};
    return names_is_one_of(key, names);
}

/* Keeps one that is a certificate. Another is refused, but that what is called
 * collateral may be Intel's. */
static bool keep_certificate(struct walk *w, const char *key, const void *bytes,
                             size_t size)
{
    struct mrtd_error why;
    size_t count = 0;
    char shown[64];
    char where[160];
    const enum mrtd_code code =
        mrtd_verify_certificates(&count, bytes, size, &why);
    if (!code) {
        return carried_certificate(w->claims, bytes, size, w->error);
    }
    if (code == MRTD_ERR_MEMORY) {
        return claims_no_memory(w->error);
    }
    walk_printable(shown, sizeof shown, key);
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    if (names_collateral(key)) {
        claims_pass_over(w->claims, where, "it has no certificates");
        return true;
    }
    return claims_fail(w->error, mrtd_code_name(code), MRTD_NO_OFFSET, "%s: %s",
                       where, why.message);
}

/* Is it an entry of Trustee's "cert_chain" (CertTableEntry of the crate sev)
 * that is no certificate, as a CRL? */
static bool is_other_entry(json_t *node)
{
    static const char *const certificates[] = {"VCEK", "VLEK", "ASK", "ARK",
                                               NULL};
    json_t *type = json_object_get(node, "cert_type");
    const char *name = json_string_value(type);
    return type && !(name && names_is_one_of(name, certificates));
}

/* One of them: text or numbers, alone or as "data" of an object. */
static bool take_certificate(struct walk *w, const char *key, json_t *node)
{
    json_t *data = json_is_object(node) ? json_object_get(node, "data") : node;
    const char *text = json_string_value(data);
    size_t size = 0;
    unsigned char *bytes = NULL;
    if (is_other_entry(node)) {
        return true;
    }
    if (text && strncmp(text, "-----BEGIN ", 11) == 0) {
        return keep_certificate(w, key, text, json_string_length(data));
    }
    if (text) {
        bytes = claims_decode_text(text, json_string_length(data), &size);
    } else if (is_byte_list(data, 1)) {
        bytes = bytes_of(data);
        size = bytes ? json_array_size(data) : SIZE_MAX;
    }
    const bool good = bytes ? keep_certificate(w, key, bytes, size)
                            : size != SIZE_MAX || claims_no_memory(w->error);
    free(bytes);
    return good;
}

bool nested_certificates(struct walk *w, const struct walk_frame *f)
{
    const char *key;
    json_t *value;
    bool good = true;
    if (w->claims->count != f->from + 1 ||
        !w->claims->items[f->from].has_evidence) {
        return true;
    }
    json_object_foreach(f->node, key, value)
    {
        if (!names_certificates(key) && !names_collateral(key)) {
            continue;
        }
        if (!json_is_array(value) || is_byte_list(value, 1)) {
            good = good && take_certificate(w, key, value);
            continue;
        }
        for (size_t i = 0; good && i < json_array_size(value); i++) {
            good = take_certificate(w, key, json_array_get(value, i));
        }
    }
    return good;
}
