/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_guest.h"
#include "reference/claims_lists.h"
#include "reference/claims_names.h"
#include "reference/claims_own.h"
#include "reference/claims_store.h"
#include "reference/claims_walk.h"
#include "reference/guest_names.h"

struct reader {
    struct claims *claims;
    struct failure *error;
};

static bool refuse(const struct reader *r, const char *what)
{
    return claims_fail(r->error, "against-json", MRTD_NO_OFFSET, "%s", what);
}

/* Refuses an object for a member. */
static bool refuse_member(const struct reader *r, const char *what,
                          const char *key, const char *why)
{
    char shown[40];
    walk_printable(shown, sizeof shown, key);
    return claims_fail(r->error, "against-json", MRTD_NO_OFFSET,
                       "%s: its member \"%s\" %s", what, shown, why);
}

/* Has the object no other members than these? */
static bool has_only(const struct reader *r, json_t *object, const char *what,
                     const char *const *names)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (!names_is_one_of(key, names)) {
            return refuse_member(r, what, key,
                                 "is not known, and could be a condition");
        }
    }
    return true;
}

static json_t *parse(const struct reader *r, const char *text, size_t size)
{
    json_error_t why;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
    if (!root && json_error_code(&why) == json_error_out_of_memory) {
        claims_no_memory(r->error);
    } else if (!root) {
        char shown[100];
        walk_printable(shown, sizeof shown, why.text);
        claims_fail(r->error, "against-json", MRTD_NO_OFFSET,
                    "not well-formed JSON, or not one document: line %d: %s",
                    why.line, shown);
    }
    return root;
}

/* --- Values of Trustee --------------------------------------------------- */

/* Of a key: a digest, or a list of them, one of which it must be. */
static bool take_digests(const struct reader *r, const char *key, json_t *value)
{
    char shown[100];
    char where[120];
    walk_printable(shown, sizeof shown, key);
    snprintf(where, sizeof where, "JSON member \"%s\"", shown);
    if (!json_is_array(value)) {
        return claims_guest_hex(r->claims, value, where, r->error);
    }
    if (json_array_size(value) == 0) {
        return refuse_member(r, "reference values", key, "is an empty list");
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!claims_guest_hex(r->claims, json_array_get(value, i), where,
                              r->error)) {
            return false;
        }
    }
    return true;
}

/* A key of RVPS: only SNP's digest has one. */
static bool is_key(const struct reader *r, const char *key)
{
    return r->claims->platform == MRTD_PLATFORM_SNP && guest_names_key(key);
}

/* Of a map, or an entry of a store: a digest among other values of RVPS. */
static bool take_pair(const struct reader *r, json_t *map, const char *key,
                      json_t *value)
{
    if (is_key(r, key)) {
        return take_digests(r, key, value);
    }
    if (claims_boot_id(key) == BOOT_VALUE_INITDATA) {
        claims_boot_said(r->claims, BOOT_VALUE_INITDATA);
        return claims_boot_key(r->claims, map, key, value, r->error);
    }
    return guest_names_other(key) ||
           refuse_member(r, "reference values", key,
                         "is not known, and could be a condition");
}

/* {"snp_launch_measurement": [...]}, among the keys of other values. */
static bool take_map(const struct reader *r, json_t *map)
{
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value)
    {
        if (!take_pair(r, map, key, value)) {
            return false;
        }
    }
    return true;
}

/* What RVPS keeps: {"version", "name", "expiration", "value"}; map is what it
 * and those beside it stand for. */
static bool take_stored(const struct reader *r, json_t *map, json_t *object)
{
    static const char *const names[] = {"version", "name", "expiration",
                                        "value", NULL};
    static const char what[] = "an entry of RVPS";
    const char *name = walk_member(object, "name");
    const char *version = walk_member(object, "version");
    json_t *expiration = json_object_get(object, "expiration");
    const size_t from = r->claims->count;
    int64_t last = INT64_MAX;
    if (!has_only(r, object, what, names)) {
        return false;
    }
    if (!name) {
        return refuse_member(r, what, "name", "is no text");
    }
    if (!version || strcmp(version, "0.1.0") != 0) {
        return refuse_member(r, what, "version", "is not \"0.1.0\"");
    }
    if (expiration && !(json_is_string(expiration) &&
                        claims_time(json_string_value(expiration),
                                    json_string_length(expiration), &last))) {
        return refuse_member(r, what, "expiration", "is no date and time");
    }
    if (!take_pair(r, map, name, json_object_get(object, "value"))) {
        return false;
    }
    claims_validity(r->claims, from, INT64_MIN, last);
    return true;
}

/* A list of such, as a store is. */
static bool take_store(const struct reader *r, json_t *entries)
{
    json_t *map = claims_store_map(entries);
    size_t i;
    json_t *entry;
    bool good = claims_store_check(entries, r->error);
    json_array_foreach(entries, i, entry)
    {
        good = good && (json_is_object(entry)
                            ? take_stored(r, map ? map : entry, entry)
                            : refuse(r, "an item of its list is no object"));
    }
    json_decref(map);
    return good;
}

/* A message for RVPS: {"version", "type", "payload"}. */
static bool take_envelope(const struct reader *r, json_t *root)
{
    static const char *const names[] = {"version", "type", "payload", NULL};
    static const char what[] = "the RVPS message";
    const char *version = walk_member(root, "version");
    const char *type = walk_member(root, "type");
    json_t *payload = json_object_get(root, "payload");
    const bool is_corim = type && strcmp(type, "corim") == 0;
    size_t size = 0;
    bool good = false;
    if (!has_only(r, root, what, names)) {
        return false;
    }
    if (!version || strcmp(version, "0.1.0") != 0) {
        return refuse(r, "the RVPS message is not of version 0.1.0");
    }
    if (!is_corim && !(type && strcmp(type, "sample") == 0)) {
        return refuse(r, "the RVPS message is of another type than \"sample\" "
                         "and \"corim\"");
    }
    if (!json_is_string(payload) ||
        !walk_standard_base64(json_string_value(payload))) {
        return refuse(r, "the payload of the RVPS message is not padded "
                         "base64 of the standard alphabet");
    }
    unsigned char *bytes = claims_decode_text(
        json_string_value(payload), json_string_length(payload), &size);
    if (!bytes && size == SIZE_MAX) {
        claims_no_memory(r->error);
    } else if (bytes && is_corim && r->claims->platform == MRTD_PLATFORM_SNP) {
        good = claims_read_corim(r->claims, bytes, size, what, r->error);
    } else if (bytes && !is_corim) {
        json_t *map = parse(r, (const char *)bytes, size);
        good = map && (json_is_object(map)
                           ? take_map(r, map)
                           : refuse(r, "the payload of the RVPS message is "
                                       "not an object"));
        json_decref(map);
    } else {
        refuse(r, "the payload of the RVPS message is not read");
    }
    free(bytes);
    return good;
}

/* --- in-toto ------------------------------------------------------------- */

/* {"attribute": "SNP_LAUNCH_MEASUREMENT", "conditions": {...}} */
static bool take_attribute(const struct reader *r, json_t *entry)
{
    static const char *const entry_names[] = {"attribute", "conditions", NULL};
    static const char what[] = "an attribute of SCAI";
    const struct guest_names *names =
        guest_names_of(guest_register(r->claims->platform)->id);
    const char *attribute = walk_member(entry, "attribute");
    json_t *conditions = json_object_get(entry, "conditions");
    json_t *format = json_object_get(conditions, "image_format");
    const size_t before = r->claims->count;
    const char *key;
    json_t *value;
    if (!has_only(r, entry, what, entry_names)) {
        return false;
    }
    if (!attribute || strcmp(attribute, names->attribute) != 0) {
        return claims_fail(r->error, "against-json", MRTD_NO_OFFSET,
                           "%s is not \"%s\"", what, names->attribute);
    }
    json_object_foreach(conditions, key, value)
    {
        if (strcmp(key, names->member) != 0 && !guest_is_member(key) &&
            strcmp(key, "image_format") != 0) {
            return refuse_member(r, what, key, "is not known");
        }
    }
    return claims_guest_value(r->claims, conditions, names->member, what,
                              r->error) &&
           (!format ||
            claims_image_format(r->claims, before, json_string_value(format),
                                r->error));
}

/* {"attributes": [...]} */
static bool take_predicate(const struct reader *r, json_t *predicate)
{
    static const char *const names[] = {"attributes", NULL};
    json_t *list = json_object_get(predicate, "attributes");
    if (!has_only(r, predicate, "the attribute report", names)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!take_attribute(r, json_array_get(list, i))) {
            return false;
        }
    }
    return true;
}

/* --- Documents ----------------------------------------------------------- */

static bool take_document(const struct reader *r, json_t *root,
                          const char **kind)
{
    if (!walk_refuse_error(root, r->error)) {
        return false;
    }
    *kind = own_kind(root);
    if (*kind) {
        return own_read(r->claims, root, r->error);
    }
    if (json_is_array(root)) {
        *kind = "list of RVPS";
        return take_store(r, root);
    }
    if (!json_is_object(root)) {
        return refuse(r, "its JSON is neither an object nor a list");
    }
    if (r->claims->platform == MRTD_PLATFORM_SNP && tinfoil_is_release(root)) {
        *kind = "release of Tinfoil";
        return tinfoil_read_release(r->claims, root, r->error);
    }
    if (json_object_get(root, "payload")) {
        *kind = "RVPS message";
        return take_envelope(r, root);
    }
    if (json_object_get(root, "_type")) {
        *kind = "in-toto statement";
        return walk_statement(r->claims, root, r->error) &&
               take_predicate(r, json_object_get(root, "predicate"));
    }
    *kind = "reference values in JSON";
    if (json_object_get(root, "attributes")) {
        return take_predicate(r, root);
    }
    return json_object_get(root, "name") ? take_stored(r, root, root)
                                         : take_map(r, root);
}

bool claims_read_guest_json(struct claims *claims, const char *text,
                            size_t size, struct failure *error)
{
    const struct reader r = {claims, error};
    const char *kind = NULL;
    json_t *root = parse(&r, text, size);
    if (!root) {
        return false;
    }
    const bool good = take_document(&r, root, &kind);
    json_decref(root);
    if (!good) {
        return false;
    }
    snprintf(claims->kind, sizeof claims->kind, "%s", kind);
    return claims->count > 0 ||
           claims_fail(error, "against-json", MRTD_NO_OFFSET,
                       "JSON without a %s", claims_guest_digest(claims));
}
