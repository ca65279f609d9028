/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of JSON for what VMMs make of an image. docs/json.md and
 * docs/schemas/lint.schema.json describe it.
 */
#include "report/lint.h"

#include "reference/values_json.h"
#include "report/json.h"
#include "report/words.h"
#include "schemas.h"

static json_t *findings(const struct mrtd_accept *accept)
{
    json_t *list = json_array();
    const struct mrtd_accept_finding *f;
    for (uint32_t i = 0; (f = mrtd_accept_finding(accept, i)); i++) {
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:o, s:o, s:s, s:s?}", "effect",
                      word_effect(f->effect), "code", mrtd_code_name(f->code),
                      "section", json_section(f->region), "offset",
                      json_offset(f->offset), "message", f->message, "says",
                      f->says[0] ? f->says : NULL));
    }
    return list;
}

static json_t *plan(const struct acceptance *report,
                    const struct acceptance_of *result)
{
    if (!result->plan) {
        return json_null();
    }
    const struct mrtd_plan_info *info = mrtd_plan_info(result->plan);
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:s, s:o}", "vmm", info->vmm->launches_as->name,
        "added_pages", json_count(info->added_pages), "extended_pages",
        json_count(info->extended_pages), "hashed_bytes",
        json_count(info->hashed_bytes), "mrtd", result->mrtd, "specified",
        report->error.code
            ? json_null()
            : json_boolean(acceptance_is_specified(report, result)));
}

/* Why there is no MRTD; null where there is one. */
static json_t *reason(const struct mrtd_error *error)
{
    return error->code ? json_pack("{s:s, s:o, s:s}", "code",
                                   mrtd_code_name(error->code), "offset",
                                   json_offset(error->offset), "message",
                                   error->message)
                       : json_null();
}

/* The specification's MRTD, and those of the VMMs. */
static json_t *values(const struct acceptance *report)
{
    json_t *list = json_array();
    if (report->mrtd[0]) {
        values_add(list, report->mrtd,
                   mrtd_vmm_default(MRTD_PLATFORM_TDX)->name);
    }
    for (size_t i = 0; i < report->count; i++) {
        const struct acceptance_of *x = &report->results[i];
        if (x->plan) {
            values_add(list, x->mrtd, x->vmm->name);
        }
    }
    return list;
}

static json_t *vmms(const struct acceptance *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->count; i++) {
        const struct acceptance_of *x = &report->results[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "vmm",
                      x->vmm->name, "software", x->vmm->software, "source",
                      x->vmm->acceptance, "verdict",
                      word_verdict(mrtd_accept_info(x->accept)->verdict),
                      "findings", findings(x->accept), "plan", plan(report, x),
                      "unpredictable", reason(&x->error)));
    }
    return list;
}

bool lint_print_json(FILE *to, const struct acceptance *report)
{
    const struct evaluation *e = &report->files;
    return json_output(
        to,
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:o, s:o}",
                  "schema", SCHEMA_LINT, "version", mrtd_version(), "platform",
                  mrtd_platform_name(e->options->platform), "verdict",
                  report->loads ? "loads" : "fails", "file",
                  json_file_name(e->name), "vars",
                  json_file_name(e->options->vars), "size",
                  json_count(e->source.size), "values", values(report), "mrtd",
                  report->mrtd[0] ? report->mrtd : NULL, "refused",
                  reason(&report->error), "vmms", vmms(report)));
}
