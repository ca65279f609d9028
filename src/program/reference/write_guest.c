/* SPDX-License-Identifier: Apache-2.0 */
/* Launch digests of AMD's platforms, where a document has another body than
 * with MRTDs. */
#include "reference/formats.h"
#include "reference/guest_names.h"
#include "reference/write_json.h"

/* --- In-toto ------------------------------------------------------------- */

/* As that of MRTDs (SCAI v0.3): each launch is an attribute. */
static json_t *attribute_report(const struct reference_firmware *firmware)
{
    json_t *attributes = json_array();
    for (size_t i = 0; i < firmware->value_count; i++) {
        const struct reference_value *v = &firmware->values[i];
        const struct guest_names *names = guest_names_of(v->value.id);
        json_t *conditions = json_pack("{s:s, s:s*}", names->member, v->hex,
                                       "image_format", firmware->image_format);
        guest_add_members(conditions, &v->guest);
        json_array_append_new(attributes, json_pack("{s:s, s:o}", "attribute",
                                                    names->attribute,
                                                    "conditions", conditions));
    }
    return json_pack("{s:o}", "attributes", attributes);
}

bool write_in_toto_predicate_guest(FILE *to, const struct reference_set *set,
                                   const struct reference_settings *settings)
{
    (void)settings;
    return write_json_root(to, attribute_report(&set->firmware[0]));
}

bool write_in_toto_guest(FILE *to, const struct reference_set *set,
                         const struct reference_settings *settings)
{
    const struct reference_firmware *f = &set->firmware[0];
    (void)settings;
    return write_json_statement(to, f, attribute_report(f));
}

/* --- go-sev-guest, proto/check.proto: check.Config ----------------------- */

/*
 * It refuses a policy whose bit 17 is not set, and lets nothing be on in the
 * guest's that is off here: these are QEMU's bits, and that of debugging is
 * off. measurement holds one value, in every version.
 */
bool write_go_sev_guest(FILE *to, const struct reference_set *set,
                        const struct reference_settings *settings)
{
    const struct mrtd_digest *digest = &set->only->value.digest;
    char text[GUEST_TEXT_SIZE];
    (void)settings;
    fprintf(to,
            "# For %s.\n"
            "policy {\n"
            "  policy: 0x30000\n"
            "  measurement: \"",
            guest_text(&set->only->guest, text));
    for (unsigned i = 0; i < digest->size; i++) {
        fprintf(to, "\\x%02x", digest->bytes[i]);
    }
    fputs("\"\n"
          "}\n",
          to);
    return true;
}
