/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats. Each is written in a file of its kind. */
#include "reference/formats.h"

#include <string.h>

#include "reference/kinds.h"

static enum reference_scope all(const struct reference_settings *settings)
{
    (void)settings;
    return REFERENCE_ALL;
}

static enum reference_scope
all_unless_scalar(const struct reference_settings *settings)
{
    return settings->scalar ? REFERENCE_VALUE : REFERENCE_ALL;
}

static enum reference_scope
firmware_if_set(const struct reference_settings *settings)
{
    return settings->corim_form == CORIM_SET ? REFERENCE_FIRMWARE
                                             : REFERENCE_VALUE;
}

static enum reference_scope
each_value(const struct reference_settings *settings)
{
    (void)settings;
    return REFERENCE_VALUE;
}

static enum reference_scope
each_firmware(const struct reference_settings *settings)
{
    (void)settings;
    return REFERENCE_FIRMWARE;
}

#define MRTD REFERENCE_HOLDS(MRTD_REGISTER_MRTD)
#define SNP  REFERENCE_HOLDS(MRTD_REGISTER_SNP)
/* Those of SEV and SEV-ES, too, which no verifier of another project has. */
#define ALL                                                                    \
    (MRTD | SNP | REFERENCE_HOLDS(MRTD_REGISTER_SEV_ES) |                      \
     REFERENCE_HOLDS(MRTD_REGISTER_SEV))

/* What a quote has, and what an event log has besides. */
#define RTMRS                                                                  \
    (BOOT_VALUE_BIT(BOOT_VALUE_RTMR1) | BOOT_VALUE_BIT(BOOT_VALUE_RTMR2))
#define BOOT                                                                   \
    (RTMRS | BOOT_VALUE_BIT(BOOT_VALUE_KERNEL) |                               \
     BOOT_VALUE_BIT(BOOT_VALUE_CMDLINE))
#define BOOT_AND_INITDATA (BOOT | BOOT_VALUE_BIT(BOOT_VALUE_INITDATA))

static const struct reference_format formats[] = {
    {"rvps", "json", &kind_json, "Trustee's RVPS: rvps-tool register, KBS",
     false, MRTD | SNP, BOOT_AND_INITDATA, all, write_rvps, write_rvps},
    {"rvps-map", "json", &kind_json, "reference values as a bare JSON map",
     false, MRTD | SNP, BOOT_AND_INITDATA, all_unless_scalar, write_rvps_map,
     write_rvps_map},
    {"rvps-store", "json", &kind_json,
     "what RVPS keeps: with --expires, as Trustee's operator takes it", false,
     MRTD | SNP, BOOT_AND_INITDATA, all, write_rvps_store, write_rvps_store},
    {"corim", "corim", &kind_corim,
     "Trustee, veraison: CoRIM with Intel's or AMD's profile", true, MRTD | SNP,
     RTMRS, firmware_if_set, write_corim, write_corim_snp},
    {"coswid", "coswid", &kind_coswid,
     "inventories: CoSWID with the file's digest", true, MRTD, 0, each_value,
     write_coswid, NULL},
    {"dcap-policy", "json", &kind_json,
     "Intel DCAP appraisal: tenant TD policy", false, MRTD, RTMRS, each_value,
     write_dcap_policy, NULL},
    {"go-tdx-guest", "textproto", &kind_textproto,
     "go-tdx-guest: check -config", false, MRTD, RTMRS, all, write_go_tdx_guest,
     NULL},
    {"go-sev-guest", "textproto", &kind_textproto,
     "go-sev-guest: check -config", false, SNP, 0, each_value, NULL,
     write_go_sev_guest},
    {"ita", "rego", &kind_rego, "Intel Trust Authority: attestation policy",
     false, MRTD, RTMRS, all, write_ita, NULL},
    {"contrast-patch", "json", &kind_json,
     "Contrast: generate --reference-value-patches", false, MRTD, RTMRS,
     each_value, write_contrast_patch, NULL},
    {"in-toto", "json", &kind_json, "in-toto statement, SCAI v0.3", false, ALL,
     BOOT, each_firmware, write_in_toto, write_in_toto_guest},
    {"in-toto-predicate", "json", &kind_json,
     "its predicate alone, for actions/attest", false, ALL, BOOT, each_firmware,
     write_in_toto_predicate, write_in_toto_predicate_guest},
    {"json", "json", &kind_json, "programs: everything that is known", false,
     ALL, BOOT_AND_INITDATA, all, write_json, write_json},
};

bool reference_holds(const struct reference_format *format,
                     enum mrtd_register id)
{
    return format->registers & REFERENCE_HOLDS(id);
}

enum boot_value_id reference_homeless(const struct reference_format *format,
                                      unsigned asked, unsigned named)
{
    const unsigned wanted = (asked & format->boot) ? named : asked;
    enum boot_value_id id = 0;
    while (id < BOOT_VALUES && !(wanted & ~format->boot & BOOT_VALUE_BIT(id))) {
        id++;
    }
    return id;
}

const struct reference_format *reference_format_at(size_t index)
{
    return index < sizeof formats / sizeof *formats ? &formats[index] : NULL;
}

const struct reference_format *reference_format_find(const char *name)
{
    const struct reference_format *f;
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}

const struct file_kind *reference_kind_of(const char *extension)
{
    const struct reference_format *f;
    for (size_t i = 0; extension && (f = reference_format_at(i)); i++) {
        if (strcmp(f->extension, extension) == 0) {
            return f->kind;
        }
    }
    return NULL;
}

/* Was the value met before the v-th value of the f-th firmware? */
static bool met_before(const struct reference_set *set, size_t f, size_t v)
{
    const struct mrtd_value *value = &set->firmware[f].values[v].value;
    for (size_t i = 0; i <= f; i++) {
        const struct reference_firmware *fw = &set->firmware[i];
        const size_t count = i < f ? fw->value_count : v;
        for (size_t k = 0; k < count; k++) {
            if (mrtd_value_equal(&fw->values[k].value, value)) {
                return true;
            }
        }
    }
    return false;
}

bool reference_each(const struct reference_set *set,
                    bool (*each)(void *context,
                                 const struct reference_firmware *firmware,
                                 const struct reference_value *value),
                    void *context)
{
    if (set->only) {
        return each(context, &set->firmware[0], set->only);
    }
    for (size_t f = 0; f < set->count; f++) {
        const struct reference_firmware *fw = &set->firmware[f];
        for (size_t v = 0; v < fw->value_count; v++) {
            if (!met_before(set, f, v) && !each(context, fw, &fw->values[v])) {
                return false;
            }
        }
    }
    return true;
}

static bool count_one(void *context, const struct reference_firmware *firmware,
                      const struct reference_value *value)
{
    (void)firmware;
    (void)value;
    ++*(size_t *)context;
    return true;
}

/* intel/confidential-computing.tee.dcap 22e09a2, QuoteVerification/appraisal/
 * qal/opa_bin/qal_script.rego: guest_td15_id, guest_td10_id */
bool reference_is_td_class(const char *id)
{
    return strcmp(id, REFERENCE_CLASS_TD15) == 0 ||
           strcmp(id, REFERENCE_CLASS_TD10) == 0;
}

size_t reference_count(const struct reference_set *set)
{
    size_t count = 0;
    reference_each(set, count_one, &count);
    return count;
}

/* Has a firmware before the f-th the same? */
static bool boot_met_before(const struct reference_set *set, size_t f,
                            const struct boot_value *value)
{
    for (size_t i = 0; i < f; i++) {
        const struct reference_firmware *fw = &set->firmware[i];
        const struct boot_value *other =
            boot_value_find(fw->boot, fw->boot_count, value->id);
        if (other && strcmp(other->hex, value->hex) == 0) {
            return true;
        }
    }
    return false;
}

bool reference_each_boot(const struct reference_set *set, enum boot_value_id id,
                         bool (*each)(void *context,
                                      const struct boot_value *value),
                         void *context)
{
    for (size_t f = 0; f < set->count; f++) {
        const struct reference_firmware *fw = &set->firmware[f];
        const struct boot_value *value =
            boot_value_find(fw->boot, fw->boot_count, id);
        if (value && !boot_met_before(set, f, value) && !each(context, value)) {
            return false;
        }
    }
    return true;
}
