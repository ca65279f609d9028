/* SPDX-License-Identifier: Apache-2.0 */
/* What a JSON object says by its other members of the MRTDs in it. */
#include <stdlib.h>
#include <string.h>

#include "reference/claims_members.h"
#include "reference/claims_walk.h"

/* Values of that many characters may be MRTDs, and are no switches. */
#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)

/* The last second of the year 9999, with which RFC 3339 ends; a larger number
 * is one of milliseconds. */
#define LAST_SECOND INT64_C(253402300799)

/* Of a value in base64, as RVPS stores it: more than an MRTD has, and than
 * values and names have. */
#define STORED_LEAST 130
#define STORED_MOST  4096

/* Is a member one of those by which an object is switched on, and says no? */
static bool is_not_on(const char *key, json_t *value)
{
    static const char *const on[] = {
        "enabled", "enable",   "active",   "valid",   "allowed", "allow",
        "trusted", "approved", "enforced", "current", NULL,
    };
    return names_is_one_of(key, on) && members_is_false(value);
}

/* Does a member say that its object forbids, or holds no more? */
static bool is_no(const char *key, json_t *value)
{
    static const char *const states[] = {
        "status", "state", "type",     "kind",    "result", "mode", "use",
        "role",   "name",  "category", "purpose", "list",   NULL,
    };
    static const char *const actions[] = {"action", "effect", "decision",
                                          "verdict", NULL};
    static const char *const allowing[] = {"allow", "permit", "accept",
                                           "Allow", "ALLOW",  NULL};
    const char *text = json_string_value(value);
    if (text && names_is_one_of(key, actions)) {
        return !names_is_one_of(text, allowing);
    }
    if (text && names_is_one_of(key, states)) {
        return names_negate(text);
    }
    return names_switch_off(key) && !members_is_false(value) &&
           json_string_length(value) < HEX_DIGITS;
}

const char *walk_member(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

void walk_turn(json_t *object, struct walk_frame *f)
{
    const bool is_patch = walk_is_operation(object);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const char *text = json_string_value(value);
        const bool is_container = json_is_object(value) || json_is_array(value);
        if (names_operator(key) && !(is_patch && strcmp(key, "op") == 0) &&
            !json_is_true(value) && !(text && names_equality(text))) {
            f->sense = SENSE_NOT;
            f->why = "the operator beside it is not \"equal\" or \"in\"";
        } else if (!is_container && is_no(key, value)) {
            f->sense = SENSE_NOT;
            f->why = "another member of its object says no";
        } else if (!is_container && is_not_on(key, value)) {
            f->sense = SENSE_OFF;
            f->why = "another member of its object switches it off";
        }
    }
}

const char *walk_turned(json_t *object)
{
    struct walk_frame f = {.node = object};
    walk_turn(object, &f);
    return f.why;
}

/* --- Stores of RVPS ---------------------------------------------------- */

json_t *walk_stored(struct walk *w, const char *key, json_t *node)
{
    const size_t len = json_string_length(node);
    size_t size = 0;
    if (len < STORED_LEAST || len > STORED_MOST) {
        return node;
    }
    unsigned char *bytes =
        claims_decode_text(json_string_value(node), len, &size);
    json_t *root = bytes && size > 0 && bytes[0] == '{'
                       ? json_loadb((const char *)bytes, size,
                                    JSON_REJECT_DUPLICATES, NULL)
                       : NULL;
    const char *name = walk_member(root, "name");
    free(bytes);
    if (!bytes && size == SIZE_MAX) {
        return NULL;
    }
    if (!name || strcmp(name, key) != 0 || !walk_member(root, "expiration")) {
        json_decref(root);
        return node;
    }
    w->stored = w->stored ? w->stored : json_array();
    return json_array_append_new(w->stored, root) == 0 ? root : NULL;
}

/* --- What binds the values in an object -------------------------------- */

bool walk_is_conditions(const struct walk_frame *f)
{
    return strcmp(f->key, "conditions") == 0;
}

/* When what an object says holds, by one of its members. */
static bool take_time(struct walk *w, const struct walk_frame *f,
                      const char *key, json_t *value)
{
    const enum members_time kind = members_time(key);
    int64_t seconds = json_integer_value(value);
    if (kind == MEMBERS_NO_TIME) {
        return true;
    }
    if (!(json_is_integer(value) && seconds <= LAST_SECOND) &&
        !(json_is_string(value) &&
          claims_time(json_string_value(value), json_string_length(value),
                      &seconds))) {
        char shown[40];
        walk_printable(shown, sizeof shown, key);
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the \"%s\" of a value is neither a time as "
                           "RFC 3339 has it nor seconds since 1970",
                           shown);
    }
    if (kind == MEMBERS_FIRST) {
        claims_validity(w->claims, f->from, seconds, INT64_MAX);
    } else {
        /* A JWT is valid before its "exp" (RFC 7519, section 4.1.4). */
        seconds -= kind == MEMBERS_END && seconds > INT64_MIN;
        claims_validity(w->claims, f->from, INT64_MIN, seconds);
    }
    return true;
}

/* The VMMs whose MRTD it is, as this program writes for in-toto. */
static bool take_vmms(struct walk *w, json_t *vmms)
{
    bool good = json_array_size(vmms) > 0 ||
                claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                            "the \"vmm\" of a value is not a list of names");
    for (size_t i = 0; good && i < json_array_size(vmms); i++) {
        json_t *name = json_array_get(vmms, i);
        good = json_is_string(name)
                   ? claims_label(w->claims, json_string_value(name),
                                  json_string_length(name), w->error)
                   : claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                                 "a member of \"vmm\" is not text");
    }
    return good;
}

/* What an object says of the MRTDs in it. */
bool walk_terms(struct walk *w, const struct walk_frame *f)
{
    json_t *vmms = json_object_get(f->node, "vmm");
    json_t *format = json_object_get(f->node, "image_format");
    const char *key;
    json_t *value;
    bool good = true;
    if (w->said == f->said) {
        return true;
    }
    json_object_foreach(f->node, key, value)
    {
        good = good && take_time(w, f, key, value);
    }
    if (good && vmms && walk_is_conditions(f) &&
        w->claims->count - f->from > 1) {
        return claims_fail(w->error, "against-json", MRTD_NO_OFFSET,
                           "the \"vmm\" of several values");
    }
    if (!good || !walk_is_conditions(f)) {
        return good;
    }
    return (!vmms || take_vmms(w, vmms)) &&
           (!format ||
            claims_image_format(w->claims, f->from, json_string_value(format),
                                w->error));
}
