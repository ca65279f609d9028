/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/values_json.h"

#include <string.h>

#define ALGORITHM "sha-384"

json_t *values_new(const char *name, const char *hex)
{
    return json_pack("{s:s, s:s, s:s}", "register", name, "algorithm",
                     ALGORITHM, "value", hex);
}

void values_add(json_t *list, const char *hex, const char *vmm)
{
    size_t i = 0;
    json_t *value = NULL;
    json_array_foreach(list, i, value)
    {
        const char *known = values_mrtd(value);
        if (known && strcmp(known, hex) == 0) {
            break;
        }
    }
    if (i == json_array_size(list)) {
        value = values_new(VALUES_MRTD, hex);
        json_object_set_new(value, "vmm", json_array());
        json_array_append_new(list, value);
    }
    json_array_append_new(json_object_get(value, "vmm"), json_string(vmm));
}

json_t *values_item(const struct mrtd_value *value)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, value->digest.bytes, value->digest.size);
    return json_pack("{s:s, s:s, s:s}", "register",
                     mrtd_register_info(value->id)->name, "algorithm",
                     mrtd_algorithm_name(value->digest.algorithm), "value",
                     hex);
}

json_t *values_of(const struct mrtd_value *value)
{
    json_t *list = json_array();
    json_array_append_new(list, values_item(value));
    return list;
}

json_t *values_of_mrtd(const char *hex)
{
    json_t *list = json_array();
    json_array_append_new(list, values_new(VALUES_MRTD, hex));
    return list;
}

/* A digest, and beside it how the guest is launched. */
static json_t *guest_item(const struct reference_value *value)
{
    json_t *item = values_item(&value->value);
    guest_add_members(item, &value->guest);
    return item;
}

json_t *values_of_firmware(const struct reference_firmware *firmware)
{
    json_t *list = json_array();
    for (size_t i = 0; i < firmware->value_count; i++) {
        const struct reference_value *v = &firmware->values[i];
        if (v->guest.vmm) {
            json_array_append_new(list, guest_item(v));
        }
        for (size_t k = 0; !v->guest.vmm && v->vmms[k]; k++) {
            values_add(list, v->hex, v->vmms[k]);
        }
    }
    return list;
}

/* Registers are values as others; the digest of an event has a member of its
 * own. */
json_t *values_of_boot(const struct reference_firmware *firmware)
{
    json_t *made =
        firmware->boot_count > 0 ? boot_origin_json(&firmware->origin) : NULL;
    json_t *values = json_array();
    for (size_t i = 0; made && i < firmware->boot_count; i++) {
        const struct boot_value *v = &firmware->boot[i];
        if (v->id == BOOT_VALUE_KERNEL) {
            json_object_set_new(made, "kernel_digest", json_string(v->hex));
        } else if (v->id == BOOT_VALUE_CMDLINE) {
            json_object_set_new(made, "cmdline_digest", json_string(v->hex));
        } else {
            json_array_append_new(
                values, values_new(boot_value_names(v->id)->name, v->hex));
        }
    }
    if (made) {
        json_object_set(made, "values", values);
    }
    json_decref(values);
    return made;
}

const char *values_mrtd(const json_t *value)
{
    const char *name = json_string_value(json_object_get(value, "register"));
    const char *algorithm =
        json_string_value(json_object_get(value, "algorithm"));
    return name && strcmp(name, VALUES_MRTD) == 0 && algorithm &&
                   strcmp(algorithm, ALGORITHM) == 0
               ? json_string_value(json_object_get(value, "value"))
               : NULL;
}

bool values_is_mrtd(const json_t *list, const char *hex)
{
    const json_t *only = json_array_get(list, 0);
    const char *value = values_mrtd(only);
    return json_array_size(list) == 1 && json_object_size(only) == 3 && value &&
           strcmp(value, hex) == 0;
}
