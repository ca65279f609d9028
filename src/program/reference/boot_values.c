/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/boot_values.h"

#include <stdio.h>
#include <string.h>

#include "reference/json.h"

/* Trustee 0.21, attestation-service, ear_default_policy_cpu.rego; and the last
 * parts of paths in confidential-containers/reference-values (1d39a0b), which
 * has tdx/kernel and tdx/mr_td. */
static const struct boot_value_names names[BOOT_VALUES] = {
    [BOOT_VALUE_RTMR0] = {"RTMR0", NULL, "rtmr_0", "rtmr_0", "rtmr0", false},
    [BOOT_VALUE_RTMR1] = {"RTMR1", "rtmr1", "rtmr_1", "rtmr_1", "rtmr1", false},
    [BOOT_VALUE_RTMR2] = {"RTMR2", "rtmr2", "rtmr_2", "rtmr_2", "rtmr2", false},
    [BOOT_VALUE_RTMR3] = {"RTMR3", NULL, "rtmr_3", "rtmr_3", "rtmr3", false},
    [BOOT_VALUE_KERNEL] = {"kernel", "kernel", "tdvfkernel", "kernel",
                           "kernel_digest", true},
    [BOOT_VALUE_CMDLINE] = {"cmdline", "cmdline", "tdvfkernelparams", "cmdline",
                            "cmdline_digest", true},
    /* A claim of Trustee's verifiers, deps/verifier/src/tdx/claims.rs and
     * snp/mod.rs, for which its default policy does not ask. */
    [BOOT_VALUE_INITDATA] = {"initdata", NULL, "init_data", "init_data",
                             "init_data", false},
};

const struct boot_value_names *boot_value_names(enum boot_value_id id)
{
    return &names[id];
}

const struct boot_value *boot_value_find(const struct boot_value *list,
                                         size_t count, enum boot_value_id id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id) {
            return &list[i];
        }
    }
    return NULL;
}

/* --- Where they come from ------------------------------------------------ */

static json_t *rules_json(const struct boot_origin *o)
{
    if (o->is_shim) {
        return json_null();
    }
    /* What no value depends on is null. */
    return json_pack(
        "{s:o, s:s?, s:s?, s:o}", "kernel_is_patched",
        o->of_kernel ? json_boolean(o->rules & MRTD_BOOT_PATCHED_KERNEL)
                     : json_null(),
        "initrd_argument",
        !o->of_cmdline || !o->initrd         ? NULL
        : o->rules & MRTD_BOOT_FINAL_CMDLINE ? "in-cmdline"
        : o->rules & MRTD_BOOT_INITRD_LAST   ? "last"
                                             : "first",
        "separator_register",
        !o->of_kernel                          ? NULL
        : o->rules & MRTD_BOOT_SEPARATOR_RTMR0 ? "RTMR0"
                                               : "RTMR1",
        "kernel_measures",
        o->of_cmdline ? json_boolean(!(o->rules & MRTD_BOOT_SILENT_KERNEL))
                      : json_null());
}

/* Each byte as the UTF-16 unit that the firmware makes of it. */
static json_t *cmdline_json(const struct boot_origin *o)
{
    char text[2 * BOOT_CMDLINE_MOST + 1];
    size_t used = 0;
    if (!o->cmdline) {
        return json_null();
    }
    for (size_t i = 0; i < o->cmdline_size && used + 2 < sizeof text; i++) {
        const unsigned char c = (unsigned char)o->cmdline[i];
        if (c < 0x80) {
            text[used++] = (char)c;
        } else {
            text[used++] = (char)(0xc0 | c >> 6);
            text[used++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return json_stringn(text, used);
}

json_t *boot_origin_json(const struct boot_origin *o)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "firmware",
                     o->is_shim ? "td-shim" : "ovmf", "kernel",
                     json_file_name(o->kernel), "kernel_version",
                     *o->version ? json_string(o->version) : json_null(),
                     "initrd", json_file_name(o->initrd), "cmdline",
                     cmdline_json(o), "rules", rules_json(o));
}

/* --- Keys of RVPS -------------------------------------------------------- */

const char *boot_value_beside(enum mrtd_platform platform)
{
    return platform == MRTD_PLATFORM_SNP ? "snp_launch_measurement" : "mr_td";
}

/* Where that name is in a key; NULL: it ends in another way. */
static const char *find_name(enum mrtd_platform platform, const char *key)
{
    const char *name = boot_value_beside(platform);
    const char *slash = strrchr(key, '/');
    const char *last = slash ? slash + 1 : key;
    const size_t len = strlen(name);
    return strncmp(last, name, len) == 0 &&
                   (!last[len] || (slash && last[len] == ':'))
               ? last
               : NULL;
}

bool boot_value_has_keys(enum mrtd_platform platform, const char *key)
{
    return find_name(platform, key) != NULL;
}

char *boot_value_key(enum boot_value_id id, enum mrtd_platform platform,
                     const char *key)
{
    const char *at = find_name(platform, key);
    const char *name = at == key ? names[id].rvps : names[id].path;
    char *made = NULL;
    return asprintf(&made, "%.*s%s%s", (int)(at - key), key, name,
                    at + strlen(boot_value_beside(platform))) < 0
               ? NULL
               : made;
}
