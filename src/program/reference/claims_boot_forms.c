/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers in policies and statements in JSON. Only where the document is
 * wholly of the form that this program writes: another item of a list, an
 * operation or a condition besides could allow what a register does not.
 */
#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_walk.h"

/* The register of a member "PREFIXrtmrN", or BOOT_VALUES. */
static enum boot_value_id register_of(const char *key, const char *prefix)
{
    const size_t len = strlen(prefix);
    enum boot_value_id id = BOOT_VALUE_RTMR0;
    if (strncmp(key, prefix, len) != 0) {
        return BOOT_VALUES;
    }
    while (id <= BOOT_VALUE_RTMR3 &&
           strcmp(key + len, boot_value_names(id)->member) != 0) {
        id++;
    }
    return id <= BOOT_VALUE_RTMR3 ? id : BOOT_VALUES;
}

/* --- Intel DCAP ---------------------------------------------------------- */

/* {"policy_array": [{"environment", "reference": {"tdx_rtmr1", ...}}]} */
static bool take_policy(struct claims *claims, json_t *policies,
                        struct failure *error)
{
    json_t *reference =
        json_object_get(json_array_get(policies, 0), "reference");
    const char *key;
    json_t *value;
    bool good = true;
    if (json_array_size(policies) != 1) {
        return true;
    }
    json_object_foreach(reference, key, value)
    {
        const enum boot_value_id id = register_of(key, "tdx_");
        if (good && id < BOOT_VALUES) {
            good = claims_boot_take(claims, id, value, error);
        }
    }
    return good;
}

/* --- Contrast ------------------------------------------------------------ */

/* [[{"op": "replace", "path": "/Rtmrs/1", "value"}, ...]]; claims_patch.c has
 * looked at all operations. */
static bool take_patch(struct claims *claims, json_t *root,
                       struct failure *error)
{
    static const char list[] = "/Rtmrs/";
    json_t *operations = json_array_get(root, 0);
    size_t i;
    json_t *operation;
    bool good = true;
    if (json_array_size(root) != 1) {
        return true;
    }
    json_array_foreach(operations, i, operation)
    {
        const char *op = walk_member(operation, "op");
        const char *path = walk_member(operation, "path");
        if (!good || !op || strcmp(op, "replace") != 0 || !path ||
            strncmp(path, list, strlen(list)) != 0) {
            continue;
        }
        path += strlen(list);
        if (*path >= '0' && *path <= '3' && !path[1]) {
            good = claims_boot_take(claims, (enum boot_value_id)(*path - '0'),
                                    json_object_get(operation, "value"), error);
        }
    }
    return good;
}

/* --- in-toto ------------------------------------------------------------- */

/* The conditions of the one attribute TDX_BOOT; NULL: there is none, or not
 * exactly that. */
static json_t *boot_conditions(json_t *attributes)
{
    json_t *found = NULL;
    size_t count = 0;
    size_t i;
    json_t *attribute;
    json_array_foreach(attributes, i, attribute)
    {
        const char *name = walk_member(attribute, "attribute");
        if (name && strcmp(name, "TDX_BOOT") == 0) {
            found = json_object_size(attribute) == 2
                        ? json_object_get(attribute, "conditions")
                        : NULL;
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

/* Are all members of the conditions ones that this program writes? */
static bool is_plain(json_t *conditions)
{
    static const char *const origin[] = {
        "firmware", "kernel",        "kernel_version", "initrd", "cmdline",
        "rules",    "kernel_digest", "cmdline_digest", "rtmr1",  "rtmr2",
        NULL};
    const char *key;
    json_t *value;
    bool plain = json_is_object(conditions);
    json_object_foreach(conditions, key, value)
    {
        plain = plain && names_is_one_of(key, origin);
    }
    return plain;
}

static bool take_report(struct claims *claims, json_t *attributes,
                        struct failure *error)
{
    json_t *conditions = boot_conditions(attributes);
    bool good = true;
    claims->has_events = true;
    for (enum boot_value_id id = 0;
         is_plain(conditions) && good && id < BOOT_VALUES; id++) {
        const struct boot_value_names *names = boot_value_names(id);
        json_t *value = json_object_get(conditions, names->member);
        if (value && names->is_event) {
            claims_boot_said(claims, id); /* its name is nobody else's */
        }
        good = !value || claims_boot_take(claims, id, value, error);
    }
    return good;
}

/* --- The whole ----------------------------------------------------------- */

bool claims_boot_forms(struct claims *claims, json_t *root,
                       struct failure *error)
{
    json_t *predicate = json_object_get(root, "predicate");
    json_t *policies = json_object_get(root, "policy_array");
    json_t *attributes =
        json_object_get(predicate ? predicate : root, "attributes");
    return json_is_array(root)         ? take_patch(claims, root, error)
           : json_is_array(policies)   ? take_policy(claims, policies, error)
           : json_is_array(attributes) ? take_report(claims, attributes, error)
                                       : true;
}
