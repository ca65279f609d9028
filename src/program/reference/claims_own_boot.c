/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel leads to, and initdata makes, in JSON of this program. */
#include <string.h>

#include "reference/claims_boot.h"
#include "reference/claims_own.h"
#include "reference/claims_walk.h"
#include "reference/initdata_value.h"

/* --- Values -------------------------------------------------------------- */

enum boot_value_id own_register(const char *name)
{
    enum boot_value_id id = BOOT_VALUE_RTMR0;
    while (id <= BOOT_VALUE_RTMR2 &&
           !(name && strcmp(name, boot_value_names(id)->name) == 0)) {
        id++;
    }
    return id <= BOOT_VALUE_RTMR2 ? id : BOOT_VALUES;
}

/* The digits of one. */
static bool take_boot_digest(struct own *w, enum boot_value_id id,
                             const json_t *value)
{
    claims_boot_said(w->claims, id);
    return claims_boot_take(w->claims, id, value, w->error) &&
           (!claims_boot_is_unread(w->claims, id) ||
            own_malformed(w, "a register, digest of an event or \"initdata\" "
                             "in it is not in lower-case hexadecimal digits, "
                             "or not of its length"));
}

/* A register, as all documents have it. */
static bool take_register(struct own *w, enum boot_value_id id, json_t *value)
{
    static const struct form members[] = {
        {"register", FORM_TEXT, 0, 0},
        {"algorithm", FORM_TEXT, 0, 0},
        {"value", FORM_TEXT, 0, 0},
        {NULL, FORM_ANY, 0, 0},
    };
    const char *algorithm = walk_member(value, "algorithm");
    return own_has_only(w, value, members) &&
           ((algorithm && strcmp(algorithm, "sha-384") == 0) ||
            own_malformed(w, "the \"algorithm\" of a register in it is not "
                             "\"sha-384\"")) &&
           take_boot_digest(w, id, json_object_get(value, "value"));
}

/* Registers among the values. */
bool own_take_registers(struct own *w, json_t *values)
{
    size_t i;
    json_t *value;
    bool good = true;
    json_array_foreach(values, i, value)
    {
        const enum boot_value_id id =
            own_register(walk_member(value, "register"));
        good = good && (id == BOOT_VALUES || take_register(w, id, value));
    }
    return good;
}

/* --- How they were made -------------------------------------------------- */

/* Is a member of the rules one of these words, or null? */
static bool is_word(const json_t *rules, const char *key,
                    const char *const *words)
{
    const json_t *value = json_object_get(rules, key);
    const char *text = json_string_value(value);
    return json_is_null(value) || (text && names_is_one_of(text, words));
}

static bool is_flag(const json_t *rules, const char *key)
{
    const json_t *value = json_object_get(rules, key);
    return json_is_null(value) || json_is_boolean(value);
}

/* What boot_origin_json() writes: all of it, and nothing else. */
static bool check_origin(struct own *w, json_t *boot)
{
    static const char *const members[] = {"kernel",  "kernel_version", "initrd",
                                          "cmdline", "rules",          "values",
                                          NULL};
    static const char *const firmware[] = {"ovmf", "td-shim", NULL};
    static const char *const places[] = {"first", "last", "in-cmdline", NULL};
    static const char *const registers[] = {"RTMR0", "RTMR1", NULL};
    const char *starter = walk_member(boot, "firmware");
    const json_t *rules = json_object_get(boot, "rules");
    bool good = starter && names_is_one_of(starter, firmware);
    for (size_t i = 0; members[i]; i++) {
        good = good && json_object_get(boot, members[i]);
    }
    good = good && (json_is_null(rules) ||
                    (json_object_size(rules) == 4 &&
                     is_flag(rules, "kernel_is_patched") &&
                     is_word(rules, "initrd_argument", places) &&
                     is_word(rules, "separator_register", registers) &&
                     is_flag(rules, "kernel_measures")));
    return good || own_malformed(w, "a \"boot\" in it lacks a member of its "
                                    "schema, or has one of another form");
}

bool own_take_made(struct own *w, json_t *boot)
{
    w->claims->is_of_uki |= json_is_object(json_object_get(boot, "uki"));
    return !boot || claims_boot_made(w->claims, boot, w->error);
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
    json_t *values = json_object_get(boot, "values");
    size_t i;
    json_t *value;
    if (!own_has_only(w, boot, members) || !check_origin(w, boot)) {
        return false;
    }
    json_array_foreach(values, i, value)
    {
        const enum boot_value_id id =
            own_register(walk_member(value, "register"));
        if (id != BOOT_VALUE_RTMR1 && id != BOOT_VALUE_RTMR2) {
            return own_malformed(w, "a value of its \"boot\" is of another "
                                    "register than RTMR1 and RTMR2");
        }
        if (!take_register(w, id, value)) {
            return false;
        }
    }
    json_t *kernel = json_object_get(boot, "kernel_digest");
    json_t *cmdline = json_object_get(boot, "cmdline_digest");
    w->claims->has_events = true;
    return (!kernel || take_boot_digest(w, BOOT_VALUE_KERNEL, kernel)) &&
           (!cmdline || take_boot_digest(w, BOOT_VALUE_CMDLINE, cmdline)) &&
           claims_boot_made(w->claims, boot, w->error);
}

/* --- Initdata ------------------------------------------------------------ */

bool own_take_initdata(struct own *w, json_t *initdata)
{
    static const struct form members[] = {
        {"file", FORM_TEXT, 0, 0},   {"algorithm", FORM_TEXT, 0, 0},
        {"digest", FORM_TEXT, 0, 0}, {"field", FORM_TEXT, 0, 0},
        {"value", FORM_TEXT, 0, 0},  {NULL, FORM_ANY, 0, 0},
    };
    const enum mrtd_platform platform = w->claims->platform;
    const char *field = walk_member(initdata, "field");
    json_t *value = json_object_get(initdata, "value");
    if (!own_has_only(w, initdata, members)) {
        return false;
    }
    if (!field || strcmp(field, initdata_field_name(platform)) != 0 ||
        json_string_length(value) != 2 * initdata_field_size(platform)) {
        return own_malformed(w, "its \"initdata\" is not of the field that "
                                "guests of its platform have");
    }
    return take_boot_digest(w, BOOT_VALUE_INITDATA, value);
}
