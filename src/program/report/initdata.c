/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/initdata.schema.json describe the JSON. */
#include "report/initdata.h"

#include "model/evidence.h"
#include "printable.h"
#include "report/check_evidence.h"
#include "report/json.h"
#include "schemas.h"

/* --- For people ----------------------------------------------------------- */

static void print_field(FILE *to, const char *field, const char *name,
                        const uint8_t *bytes, size_t size)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, bytes, size);
    fprintf(to, "%s (%s) = %s\n", field, printable(name), hex);
}

enum against_verdict initdata_verdict(const struct initdata_answer *answer,
                                      const struct against_evidence *evidence)
{
    return against_evidence_verdict(evidence, answer->same);
}

static void print_text(FILE *to, const struct initdata *i,
                       const struct initdata_answer *answer,
                       const struct against_evidence *evidence)
{
    print_field(to, "MRCONFIGID", i->name, i->mrconfigid, MRTD_DIGEST_SIZE);
    print_field(to, "HOST_DATA", i->name, i->host_data, INITDATA_HOST_DATA);
    if (!answer) {
        return;
    }
    print_field(to, answer->field, answer->against, answer->reported,
                answer->size);
    check_evidence_print(to, evidence ? evidence->deciding : NULL);
    check_evidence_verdict(to, initdata_verdict(answer, evidence), answer->same,
                           "this initdata");
    fputc('\n', to);
    if (!evidence && evidence_is_debug(answer->evidence)) {
        fputs("warning: a debug guest: its host can read and change it\n", to);
    }
}

void initdata_check_line(FILE *to, const struct initdata_answer *answer)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, answer->made, answer->size);
    fprintf(to, "  %-14s%s: %s %s  %s\n", "initdata",
            printable(answer->initdata->name), answer->field, hex,
            answer->same ? "same" : "DIFFERS");
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *hex_string(const uint8_t *bytes, size_t size)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, bytes, size);
    return json_string(hex);
}

json_t *initdata_json_answer(const struct initdata_answer *a)
{
    return !a ? json_null()
              : json_pack("{s:o, s:s, s:o, s:o, s:b}", "file",
                          json_file_name(a->initdata->name), "field", a->field,
                          "expected", hex_string(a->made, a->size), "reported",
                          hex_string(a->reported, a->size), "same", a->same);
}

static json_t *against_json(const struct initdata_answer *a,
                            const struct against_evidence *evidence)
{
    if (!a) {
        return json_null();
    }
    json_t *made = json_pack(
        "{s:o, s:s, s:b, s:s, s:o, s:b}", "file", json_file_name(a->against),
        "kind", mrtd_evidence_kind_name(a->evidence->kind), "debug",
        evidence_is_debug(a->evidence), "field", a->field, "reported",
        hex_string(a->reported, a->size), "same", a->same);
    check_evidence_json(made, evidence ? evidence->deciding : NULL);
    return made;
}

static bool print_json(FILE *to, const struct initdata *i,
                       const struct initdata_answer *answer,
                       const struct against_evidence *evidence)
{
    return json_output(
        to, json_pack(
                "{s:s, s:s, s:s?, s:o, s:s, s:o, s:o, s:o, s:o}", "schema",
                SCHEMA_INITDATA, "version", mrtd_version(), "verdict",
                answer ? check_evidence_word(initdata_verdict(answer, evidence))
                       : NULL,
                "file", json_file_name(i->name), "algorithm",
                mrtd_algorithm_name(i->digest.algorithm), "digest",
                hex_string(i->digest.bytes, i->digest.size), "mrconfigid",
                hex_string(i->mrconfigid, sizeof i->mrconfigid), "host_data",
                hex_string(i->host_data, sizeof i->host_data), "against",
                against_json(answer, evidence)));
}

bool initdata_print(FILE *to, const struct initdata *initdata,
                    const struct initdata_answer *answer,
                    const struct against_evidence *evidence, bool as_json)
{
    if (as_json) {
        return print_json(to, initdata, answer, evidence);
    }
    print_text(to, initdata, answer, evidence);
    return true;
}
