/* SPDX-License-Identifier: Apache-2.0 */
/* What a JSON object says by its other members of the MRTDs in it. */
#include <string.h>
#include <strings.h>

#include "reference/claims_walk.h"

/* Values of that many characters may be MRTDs, and are no switches. */
#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)

static bool is_false(json_t *node)
{
    static const char *const words[] = {"", "false", "no", "never", "0", NULL};
    const char *text = json_string_value(node);
    return text ? names_is_one_of(text, words)
                : !json_is_true(node) && json_number_value(node) == 0;
}

/* Is a member one of those by which an object is switched on, and says no? */
static bool is_not_on(const char *key, json_t *value)
{
    static const char *const on[] = {
        "enabled", "enable",   "active",   "valid",   "allowed", "allow",
        "trusted", "approved", "enforced", "current", NULL,
    };
    return names_is_one_of(key, on) && is_false(value);
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
    return names_switch_off(key) && !is_false(value) &&
           json_string_length(value) < HEX_DIGITS;
}

bool walk_is_operation(json_t *object)
{
    static const char *const all[] = {"add",  "remove", "replace", "move",
                                      "copy", "test",   NULL};
    const char *op = json_string_value(json_object_get(object, "op"));
    return op && names_is_one_of(op, all) &&
           json_is_string(json_object_get(object, "path"));
}

const char *walk_member(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Is it the schema of what this program prints that is not a reference value:
 * an answer of check, lint, diff? */
static bool is_our_answer(const char *schema)
{
    return strncmp(schema, "mrtd-calc/", 10) == 0 &&
           strncmp(schema, "mrtd-calc/reference/", 20) != 0 &&
           strncmp(schema, "mrtd-calc/measurement/", 22) != 0 &&
           strncmp(schema, "mrtd-calc/release-index/", 24) != 0;
}

/* Is the object about something else than the MRTD of a TD? */
static bool is_of_another(json_t *object)
{
    static const char *const predicates[] = {
        "https://in-toto.io/attestation/scai/", NULL};
    /* Intel DCAP, quote appraisal: classes of enclaves, of platforms, and of
     * the quoting enclave of TDs. */
    static const char *const classes[] = {
        "3123ec35-8d38-4ea5-87a5-d6c48b567570",
        "bef7cb8c-31aa-42c1-854c-10db005d5c41",
        "9eec018b-7481-4b1c-8e1a-9f7c0c8c777f",
        "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3",
        "3769258c-75e6-4bc7-8d72-d2b0e224cad2",
        NULL,
    };
    const char *id =
        walk_member(json_object_get(object, "environment"), "class_id");
    const char *type = walk_member(object, "predicateType");
    const char *attribute = walk_member(object, "attribute");
    const char *platform = walk_member(object, "platform");
    const char *schema = walk_member(object, "schema");
    bool is_class = false;
    for (size_t i = 0; id && classes[i]; i++) {
        is_class |= strcasecmp(id, classes[i]) == 0;
    }
    return is_class || (schema && is_our_answer(schema)) ||
           (type && strncmp(type, predicates[0], strlen(predicates[0])) != 0) ||
           (attribute && strcmp(attribute, "TDX_MRTD") != 0) ||
           (platform && names_another(platform));
}

void walk_turn(json_t *object, struct walk_frame *f)
{
    const bool is_patch = walk_is_operation(object);
    const char *key;
    json_t *value;
    if (is_of_another(object)) {
        f->sense = SENSE_OFF;
        f->why = "the object that it is in is of something else";
    }
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
