/* SPDX-License-Identifier: Apache-2.0 */
/* Reference values as text: protocol buffers and Rego. */
#include "reference/formats.h"

/* --- go-tdx-guest, proto/check.proto: checkconfig.Config ----------------- */

static bool text_mrtd(void *context, const struct reference_firmware *firmware,
                      const struct reference_value *value)
{
    FILE *to = context;
    (void)firmware;
    fprintf(to, "    any_mr_td: \"");
    for (unsigned i = 0; i < MRTD_DIGEST_SIZE; i++) {
        fprintf(to, "\\x%02x", value->mrtd[i]);
    }
    fprintf(to, "\"\n");
    return true;
}

bool write_go_tdx_guest(FILE *to, const struct reference_set *set,
                        const struct reference_settings *settings)
{
    (void)settings;
    /* Its program needs header_policy, even an empty one. */
    fprintf(to, "policy {\n"
                "  header_policy {\n"
                "  }\n"
                "  td_quote_body_policy {\n");
    reference_each(set, text_mrtd, to);
    fprintf(to, "    enable_td_debug_check: true\n"
                "  }\n"
                "}\n");
    return true;
}

/* --- Intel Trust Authority, attestation policy version 2 ----------------- */

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
