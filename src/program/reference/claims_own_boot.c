/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel leads to, in JSON of this program. */
#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_own.h"
#include "reference/claims_walk.h"

/* The digits of one. */
static bool take_boot_digest(struct own *w, enum boot_value_id id,
                             const json_t *value)
{
    claims_boot_said(w->claims, id);
    return claims_boot_take(w->claims, id, value, w->error) &&
           (!claims_boot_is_unread(w->claims, id) ||
            own_malformed(w, "a register or digest of an event in it is not 96 "
                             "lower-case hexadecimal digits"));
}

/* Registers among the values. */
bool own_take_registers(struct own *w, json_t *values)
{
    size_t i;
    json_t *value;
    bool good = true;
    json_array_foreach(values, i, value)
    {
        const char *name = walk_member(value, "register");
        if (good && name && strncmp(name, "RTMR", 4) == 0) {
            good =
                take_boot_digest(w,
                                 strcmp(name, "RTMR1") == 0 ? BOOT_VALUE_RTMR1
                                                            : BOOT_VALUE_RTMR2,
                                 json_object_get(value, "value"));
        }
    }
    return good;
}

/* What a kernel leads to: registers as values, and digests of two events. */
bool own_take_boot(struct own *w, json_t *boot)
{
    static const struct form members[] = {
        {"firmware", FORM_TEXT, 0, 0},
        {"kernel", FORM_MAY_TEXT, 0, 0},
        {"kernel_version", FORM_MAY_TEXT, 0, 0},
        {"initrd", FORM_MAY_TEXT, 0, 0},
        {"cmdline", FORM_MAY_TEXT, 0, 0},
        {"rules", FORM_MAY_OBJECT, 0, 0},
        {"values", FORM_LIST, 0, 0},
        {"kernel_digest", FORM_TEXT, 0, 0},
        {"cmdline_digest", FORM_TEXT, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    static const struct form of_value[] = {
        {"register", FORM_TEXT, 0, 0},
        {"algorithm", FORM_TEXT, 0, 0},
        {"value", FORM_TEXT, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    json_t *values = json_object_get(boot, "values");
    size_t i;
    json_t *value;
    if (!own_has_only(w, boot, members)) {
        return false;
    }
    json_array_foreach(values, i, value)
    {
        const char *name = walk_member(value, "register");
        const char *algorithm = walk_member(value, "algorithm");
        const bool is_1 = name && strcmp(name, "RTMR1") == 0;
        if (!own_has_only(w, value, of_value)) {
            return false;
        }
        if (!(is_1 || (name && strcmp(name, "RTMR2") == 0)) || !algorithm ||
            strcmp(algorithm, "sha-384") != 0) {
            return own_malformed(w, "a value of its \"boot\" is of another "
                                    "register than RTMR1 and RTMR2");
        }
        if (!take_boot_digest(w, is_1 ? BOOT_VALUE_RTMR1 : BOOT_VALUE_RTMR2,
                              json_object_get(value, "value"))) {
            return false;
        }
    }
    json_t *kernel = json_object_get(boot, "kernel_digest");
    json_t *cmdline = json_object_get(boot, "cmdline_digest");
    return (!kernel || take_boot_digest(w, BOOT_VALUE_KERNEL, kernel)) &&
           (!cmdline || take_boot_digest(w, BOOT_VALUE_CMDLINE, cmdline));
}
