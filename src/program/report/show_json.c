/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of JSON for an image. docs/json.md and
 * docs/schemas/measurement.schema.json describe it.
 */
#include <inttypes.h>

#include "model/facts.h"
#include "reference/values_json.h"
#include "report/boot_json.h"
#include "report/igvm.h"
#include "report/image_json.h"
#include "report/json.h"
#include "report/show_forms.h"
#include "report/show_parts.h"
#include "schemas.h"

static json_t *locator(const struct mrtd_image_info *info)
{
    return json_pack("{s:s, s:o, s:o}", "kind",
                     json_locator_name(info->locator), "pointer_offset",
                     json_hex64(info->pointer_offset), "descriptor_offset",
                     json_hex64(info->descriptor_offset));
}

/* The members have the names of a TDVF_SECTION's fields; what an IGVM file's
 * structures have beside them follows. */
static void print_section(FILE *to, const struct facts *facts, uint32_t i)
{
    const struct section_facts *sum = &facts->sections[i];
    const struct mrtd_region *s = facts_region(facts, i);
    char hex[MRTD_HEX_SIZE];
    fprintf(to,
            "%s{\"index\":%" PRIu32 ",\"type\":%" PRIu32
            ",\"type_name\":\"%s\",\"data_offset\":\"0x%" PRIx32
            "\",\"raw_data_size\":\"0x%" PRIx32
            "\",\"memory_address\":\"0x%" PRIx64
            "\",\"memory_data_size\":\"0x%" PRIx64
            "\",\"attributes\":\"0x%" PRIx32 "\"",
            i > 0 ? "," : "", i, s->type, mrtd_region_name(s), s->offset,
            s->data_size, s->gpa, s->size, s->attributes);
    if (s->view == MRTD_VIEW_IGVM) {
        fprintf(to, ",\"mask\":\"0x%" PRIx32 "\",\"data_type\":%" PRIu32,
                s->mask, s->kind == MRTD_REGION_DATA ? s->detail : 0);
    }
    fprintf(to,
            ",\"added_pages\":%" PRIu64 ",\"extended_pages\":%" PRIu64
            ",\"hashed_bytes\":%" PRIu64 ",\"running_sha384\":\"%s\"}",
            sum->added_pages, sum->extended_pages, facts_hashed_bytes(sum),
            facts_running(hex, sum));
}

static void print_sections(FILE *to, const void *context)
{
    const struct facts *facts = context;
    for (uint32_t i = 0; i < facts->section_count; i++) {
        print_section(to, facts, i);
    }
}

static json_t *build(const struct evaluation *e, const struct facts *facts)
{
    const struct mrtd_image_info *image = mrtd_image_info(e->image);
    const struct mrtd_plan_info *plan = mrtd_plan_info(e->plan);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, "
        "s:b, s:o, s:{s:o, s:o, s:o}, s:o, s:o, s:s}",
        "schema", SCHEMA_MEASUREMENT, "version", mrtd_version(), "platform",
        VALUES_PLATFORM, "vmm", plan->vmm->name, "file",
        json_file_name(e->name), "vars", json_file_name(e->options->vars),
        "payload", json_file_name(e->options->payload), "size",
        json_count(image->size), "sha256", facts->sha256, "sha384",
        facts->sha384, "locator", locator(image), "guids",
        show_json_guids(e->image), "igvm", igvm_json(e->image, MRTD_IGVM_TDX),
        "permissive", e->options->permissive, "sections", json_slot(), "totals",
        "added_pages", json_count(plan->added_pages), "extended_pages",
        json_count(plan->extended_pages), "hashed_bytes",
        json_count(plan->hashed_bytes), "notes",
        show_json_notes(e, &facts->value), "values",
        values_of_mrtd(facts->mrtd), "mrtd", facts->mrtd);
}

/* boot may be NULL. */
static bool print(FILE *to, const struct evaluation *e,
                  const struct facts *facts, const struct boot *boot)
{
    const struct json_list list = {print_sections, facts};
    json_t *root = build(e, facts);
    if (root && boot) {
        boot_json_add(boot, json_object_get(root, "values"),
                      json_object_get(root, "notes"));
        json_t *made = boot_json(boot);
        json_object_set_new(made, "rtmr0", boot_rtmr0_json(boot));
        json_object_set_new(root, "boot", made);
    }
    return json_output_lists(to, image_json_add(e, root), &list, 1);
}

static enum exit_status show(FILE *to, const struct evaluation *e,
                             const struct boot *boot, struct failure *failure)
{
    struct facts facts;
    if (facts_make(&facts, e, failure)) {
        return failure->status;
    }
    const bool good = print(to, e, &facts, boot);
    facts_free(&facts);
    return good ? EXIT_DONE : failure_memory(failure, e->name);
}

enum exit_status tdx_show_json(FILE *to, const struct evaluation *e,
                               struct failure *failure)
{
    struct boot boot;
    if (!(e->options->boot.registers & LAUNCH_BOOT)) {
        return show(to, e, NULL, failure);
    }
    enum exit_status status = boot_make(&boot, e, failure);
    if (!status) {
        status = show(to, e, &boot, failure);
    }
    boot_free(&boot);
    return status;
}
