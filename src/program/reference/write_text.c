/* SPDX-License-Identifier: Apache-2.0 */
/* Reference values as text: protocol buffers and Rego. */
#include <string.h>

#include "reference/formats.h"

/* --- go-tdx-guest, proto/checkconfig.proto: checkconfig.Config ------------ */

/* Where the values go: mr_td holds one, and every version has it; any_mr_td
 * (commit 2ebda87) any number. */
struct text_field {
    FILE *to;
    const char *name;
};

static void text_bytes(FILE *to, const char *name, const uint8_t *bytes,
                       size_t size)
{
    fprintf(to, "    %s: \"", name);
    for (size_t i = 0; i < size; i++) {
        fprintf(to, "\\x%02x", bytes[i]);
    }
    fprintf(to, "\"\n");
}

static bool text_mrtd(void *context, const struct reference_firmware *firmware,
                      const struct reference_value *value)
{
    const struct text_field *field = context;
    (void)firmware;
    text_bytes(field->to, field->name, value->value.digest.bytes,
               value->value.digest.size);
    return true;
}

static bool keep_value(void *context, const struct boot_value *value)
{
    *(const struct boot_value **)context = value;
    return true;
}

/* Four, of which an empty one is not checked; none, where none was asked for.
 * The document has one of each. */
static void text_rtmrs(FILE *to, const struct reference_set *set)
{
    const struct boot_value *rtmrs[BOOT_VALUE_RTMR3 + 1] = {NULL};
    bool any = false;
    for (enum boot_value_id id = 0; id <= BOOT_VALUE_RTMR3; id++) {
        reference_each_boot(set, id, keep_value, &rtmrs[id]);
        any |= rtmrs[id] != NULL;
    }
    for (enum boot_value_id id = 0; any && id <= BOOT_VALUE_RTMR3; id++) {
        text_bytes(to, "rtmrs", rtmrs[id] ? rtmrs[id]->digest : NULL,
                   rtmrs[id] ? sizeof rtmrs[id]->digest : 0);
    }
}

bool write_go_tdx_guest(FILE *to, const struct reference_set *set,
                        const struct reference_settings *settings)
{
    const bool is_one = reference_count(set) == 1;
    struct text_field field = {to, is_one ? "mr_td" : "any_mr_td"};
    /* Such a program refuses a file with fields that it does not know. */
    if (!is_one || settings->debug_check) {
        fprintf(to,
                "# For go-tdx-guest newer than v0.3.1, which has no %s%s%s"
                ".\n",
                is_one ? "" : "any_mr_td",
                !is_one && settings->debug_check ? " and no " : "",
                settings->debug_check ? "enable_td_debug_check" : "");
    }
    /* Its program needs header_policy, even an empty one. */
    fprintf(to, "policy {\n"
                "  header_policy {\n"
                "  }\n"
                "  td_quote_body_policy {\n");
    reference_each(set, text_mrtd, &field);
    text_rtmrs(to, set);
    fprintf(to,
            "%s"
            "  }\n"
            "}\n",
            settings->debug_check ? "    enable_td_debug_check: true\n" : "");
    return true;
}

/* --- Intel Trust Authority, attestation policy version 2 --------------- */

/* A rule for each MRTD of a firmware, with what else was asked for of it. */
static void rego_rule(FILE *to, const struct reference_firmware *firmware,
                      const struct reference_value *value)
{
    fprintf(to, "\nmatch if {\n\tinput.tdx.tdx_mrtd == \"%s\"\n", value->hex);
    for (size_t i = 0; i < firmware->boot_count; i++) {
        const struct boot_value *v = &firmware->boot[i];
        if (!boot_value_names(v->id)->is_event) {
            fprintf(to, "\tinput.tdx.tdx_%s == \"%s\"\n",
                    boot_value_names(v->id)->member, v->hex);
        }
    }
    fprintf(to, "}\n");
}

/* Are the registers of two firmware files the same? */
static bool is_alike(const struct reference_firmware *a,
                     const struct reference_firmware *b)
{
    bool same = true;
    for (enum boot_value_id id = 0; same && id <= BOOT_VALUE_RTMR3; id++) {
        const struct boot_value *v =
            boot_value_find(a->boot, a->boot_count, id);
        const struct boot_value *w =
            boot_value_find(b->boot, b->boot_count, id);
        same = !v == !w && (!v || strcmp(v->hex, w->hex) == 0);
    }
    return same;
}

/* Is there a rule for it before the f-th firmware's? */
static bool has_rule(const struct reference_set *set, size_t f,
                     const struct reference_value *value)
{
    for (size_t i = 0; i < f; i++) {
        const struct reference_firmware *other = &set->firmware[i];
        for (size_t k = 0; k < other->value_count; k++) {
            if (mrtd_value_equal(&other->values[k].value, &value->value) &&
                is_alike(other, &set->firmware[f])) {
                return true;
            }
        }
    }
    return false;
}

bool write_ita(FILE *to, const struct reference_set *set,
               const struct reference_settings *settings)
{
    (void)settings;
    fprintf(to, "import rego.v1\n\ndefault match := false\n");
    for (size_t f = 0; f < set->count; f++) {
        const struct reference_firmware *firmware = &set->firmware[f];
        for (size_t v = 0; v < firmware->value_count; v++) {
            if (!has_rule(set, f, &firmware->values[v])) {
                rego_rule(to, firmware, &firmware->values[v]);
            }
        }
    }
    return true;
}
