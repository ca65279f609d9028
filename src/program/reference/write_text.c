/* SPDX-License-Identifier: Apache-2.0 */
/* Reference values as text: protocol buffers and Rego. */
#include "reference/formats.h"

/* --- go-tdx-guest, proto/checkconfig.proto: checkconfig.Config ------------ */

/* Where the values go: mr_td holds one, and every version has it; any_mr_td
 * (commit 2ebda87) any number. */
struct text_field {
    FILE *to;
    const char *name;
};

static bool text_mrtd(void *context, const struct reference_firmware *firmware,
                      const struct reference_value *value)
{
    const struct text_field *field = context;
    (void)firmware;
    fprintf(field->to, "    %s: \"", field->name);
    for (unsigned i = 0; i < value->value.digest.size; i++) {
        fprintf(field->to, "\\x%02x", value->value.digest.bytes[i]);
    }
    fprintf(field->to, "\"\n");
    return true;
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
    fprintf(to,
            "%s"
            "  }\n"
            "}\n",
            settings->debug_check ? "    enable_td_debug_check: true\n" : "");
    return true;
}

/* --- Intel Trust Authority, attestation policy version 2 --------------- */

static bool rego_mrtd(void *context, const struct reference_firmware *firmware,
                      const struct reference_value *value)
{
    FILE *to = context;
    (void)firmware;
    fprintf(to, "\nmatch if {\n\tinput.tdx.tdx_mrtd == \"%s\"\n}\n",
            value->hex);
    return true;
}

bool write_ita(FILE *to, const struct reference_set *set,
               const struct reference_settings *settings)
{
    (void)settings;
    fprintf(to, "import rego.v1\n\ndefault match := false\n");
    reference_each(set, rego_mrtd, to);
    return true;
}
