/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/tdinfo.schema.json describe it. */
#include "report/tdinfo.h"

#include "reference/values_json.h"
#include "report/json.h"
#include "schemas.h"

static json_t *hex_string(const uint8_t *bytes, size_t size)
{
    char text[2 * MRTD_TDINFO_SIZE + 1];
    mrtd_hex_encode(text, bytes, size);
    return json_string(text);
}

/* The registers that are measured. */
static json_t *values(const struct mrtd_tdinfo *t)
{
    static const char *const names[] = {"RTMR0", "RTMR1", "RTMR2", "RTMR3"};
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, t->mrtd, MRTD_DIGEST_SIZE);
    json_t *list = values_of_mrtd(hex);
    for (size_t i = 0; i < 4; i++) {
        mrtd_hex_encode(hex, t->rtmr[i], MRTD_DIGEST_SIZE);
        json_array_append_new(list, values_new(names[i], hex));
    }
    return list;
}

bool tdinfo_json(FILE *to, const struct tdinfo *r)
{
    const struct mrtd_tdinfo *t = &r->info;
    json_t *rtmrs = json_array();
    for (size_t i = 0; i < 4; i++) {
        json_array_append_new(rtmrs, json_digest(t->rtmr[i]));
    }
    return json_output(
        to,
        json_pack(
            "{s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
            "s:o, s:o, s:o, s:o, s:o, s:o}",
            "schema", SCHEMA_TDINFO, "version", mrtd_version(), "platform",
            VALUES_PLATFORM, "vmm", r->file ? r->vmm->name : NULL, "file",
            json_file_name(r->file), "attributes", json_hex64(t->attributes),
            "xfam", json_hex64(t->xfam), "values", values(t), "mrtd",
            json_digest(t->mrtd), "mrconfigid", json_digest(t->mrconfigid),
            "mrowner", json_digest(t->mrowner), "mrownerconfig",
            json_digest(t->mrownerconfig), "rtmrs", rtmrs, "servtd_hash",
            json_digest(t->servtd_hash), "tdinfo",
            hex_string(r->bytes, sizeof r->bytes), "tee_info_hash",
            json_digest(r->hash), "servtd_attributes",
            r->has_servtd ? json_hex64(r->servtd_attributes) : json_null(),
            "servtd_info_hash",
            r->has_servtd ? json_digest(r->servtd_info_hash) : json_null()));
}
