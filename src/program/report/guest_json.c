/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of JSON for an image that is launched on SEV-SNP, SEV-ES or SEV.
 * docs/json.md and docs/schemas/measurement.schema.json describe it.
 */
#include <inttypes.h>

#include "model/guest_facts.h"
#include "model/regions.h"
#include "reference/values_json.h"
#include "report/guest_words.h"
#include "report/igvm.h"
#include "report/image_json.h"
#include "report/json.h"
#include "report/show_forms.h"
#include "report/show_parts.h"
#include "schemas.h"

/* --- What is in the image ------------------------------------------------ */

static json_t *reset_block(const struct mrtd_sev_info *sev)
{
    return sev->reset_offset == MRTD_NO_OFFSET
               ? json_null()
               : json_pack("{s:o, s:o}", "offset",
                           json_hex64(sev->reset_offset), "address",
                           json_hex64(sev->reset_address));
}

static json_t *hash_table(const struct mrtd_sev_info *sev)
{
    return sev->hash_table_offset == MRTD_NO_OFFSET
               ? json_null()
               : json_pack("{s:o, s:o, s:o}", "offset",
                           json_hex64(sev->hash_table_offset), "gpa",
                           json_hex64(sev->hash_table_gpa), "size",
                           json_hex64(sev->hash_table_size));
}

static json_t *svsm_entry(const struct mrtd_sev_info *sev)
{
    return sev->svsm_offset == MRTD_NO_OFFSET
               ? json_null()
               : json_pack("{s:o, s:o}", "offset", json_hex64(sev->svsm_offset),
                           "entry", json_hex64(sev->svsm_entry));
}

/* Null for an image that says nothing for SEV, or in another way. */
static json_t *sev(const struct mrtd_image *image)
{
    const struct mrtd_sev_info *info = mrtd_image_sev(image);
    return info ? json_pack("{s:o, s:o, s:o, s:o}", "metadata_offset",
                            json_offset(info->metadata_offset), "reset_block",
                            reset_block(info), "hash_table", hash_table(info),
                            "svsm", svsm_entry(info))
                : json_null();
}

/* --- What it is launched with -------------------------------------------- */

static json_t *features(uint64_t features)
{
    return json_pack("{s:o, s:o}", "value", json_hex64(features), "bits",
                     guest_json_bits(features, mrtd_guest_feature_name));
}

/* A file or a text and its hash; null where there is no kernel. */
static json_t *hashed(const char *member, const char *name, const char *sha256)
{
    return *sha256 ? json_pack("{s:o, s:s}", member, json_file_name(name),
                               "sha256", sha256)
                   : json_null();
}

/* Of IGVM files and of SEV, virtual CPUs are not given. */
static json_t *vcpus(const struct evaluation *e, const struct guest_facts *f)
{
    const struct launch_guest *guest = &e->options->guest;
    const bool has_vcpu =
        mrtd_plan_info(e->plan)->vmm->takes_signature && guest->has_vcpu;
    return guest->vcpus > 0
               ? json_pack(
                     "{s:o, s:s?, s:o, s:o}", "count", json_count(guest->vcpus),
                     "type", has_vcpu ? guest->vcpu.type : NULL, "signature",
                     has_vcpu ? json_hex64(guest->vcpu.signature) : json_null(),
                     "features", features(f->features))
               : json_null();
}

static json_t *launch(const struct evaluation *e, const struct guest_facts *f)
{
    const struct launch_guest *guest = &e->options->guest;
    const struct mrtd_digest *digest = &guest->firmware_digest;
    const uint64_t vars =
        e->svsm_vars.name ? e->svsm_vars.source.size : guest->vars_size;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o}", "vcpus", vcpus(e, f), "kernel",
        hashed("file", e->kernel.name, f->kernel), "initrd",
        hashed("file", e->initrd.name, f->initrd), "append",
        hashed("text", guest->append, f->append), "svsm",
        e->svsm.name
            ? json_pack("{s:o, s:s, s:o}", "file", json_file_name(e->svsm.name),
                        "sha256", f->svsm, "vars_size", json_count(vars))
            : json_null(),
        "firmware_digest",
        digest->size > 0 ? json_digest(digest->bytes) : json_null());
}

/* --- Lists --------------------------------------------------------------- */

struct shown {
    const struct evaluation *e;
    const struct guest_facts *facts;
    struct regions regions;
};

static void print_sections(FILE *to, const void *context)
{
    const struct shown *s = context;
    const struct mrtd_region *r;
    for (uint32_t i = 0; (r = regions_at(&s->regions, i)); i++) {
        fprintf(to, "%s{\"index\":%" PRIu32 ",\"type\":", i > 0 ? "," : "", i);
        if (r->view == MRTD_VIEW_FILE) {
            fprintf(to, "null");
        } else {
            fprintf(to, "%" PRIu32, r->type);
        }
        fprintf(to,
                ",\"type_name\":\"%s\",\"data_offset\":\"0x%" PRIx32
                "\",\"data_size\":\"0x%" PRIx32 "\",\"gpa\":\"0x%" PRIx64
                "\",\"size\":\"0x%" PRIx64 "\"}",
                guest_section(r), r->offset, r->data_size, r->gpa, r->size);
    }
}

/* A member that is a number, or null. */
static void print_number(FILE *to, const char *name, bool is, uint32_t number)
{
    if (is) {
        fprintf(to, ",\"%s\":%" PRIu32, name, number);
    } else {
        fprintf(to, ",\"%s\":null", name);
    }
}

/* A member that is a text, or null. */
static void print_text(FILE *to, const char *name, bool is, const char *text)
{
    const char *quote = is ? "\"" : "";
    fprintf(to, ",\"%s\":%s%s%s", name, quote, is ? text : "null", quote);
}

static void print_run(FILE *to, const struct shown *s, uint32_t index,
                      uint32_t vcpu)
{
    const struct mrtd_run *run = mrtd_plan_run(s->e->plan, index);
    const bool is_made = run->content == MRTD_CONTENT_PLAN;
    char text[MRTD_HEX_SIZE];
    fprintf(to, "%s{\"index\":%" PRIu32, index > 0 ? "," : "", index);
    print_number(to, "section", run->region != MRTD_NO_REGION,
                 run->region - s->regions.first);
    print_number(to, "vcpu", guest_is_vmsa(run), vcpu);
    print_text(to, "page_type", run->page_type != 0, guest_page_type(run));
    snprintf(text, sizeof text, "0x%" PRIx64, run->gpa);
    print_text(to, "gpa", guest_has_gpa(run), text);
    fprintf(to,
            ",\"size\":\"0x%" PRIx64 "\",\"content\":\"%s\","
            "\"data_offset\":\"0x%" PRIx64 "\",\"data_size\":\"0x%" PRIx64
            "\",\"hashed_bytes\":%" PRIu64,
            run->size,
            guest_counts_contents(run) ? guest_content(run) : "not-hashed",
            is_made ? 0 : run->data_offset, run->data_size,
            guest_hashed_bytes(run));
    if (s->facts->running) {
        mrtd_hex_encode(text, s->facts->running[index], MRTD_DIGEST_SIZE);
    }
    print_text(to, "running", s->facts->running != NULL, text);
    fputc('}', to);
}

static void print_runs(FILE *to, const void *context)
{
    const struct shown *s = context;
    const struct mrtd_run *run;
    uint32_t vcpu = 0;
    for (uint32_t i = 0; (run = mrtd_plan_run(s->e->plan, i)); i++) {
        print_run(to, s, i, vcpu);
        vcpu += guest_is_vmsa(run) ? 1 : 0;
    }
}

/* --- The document -------------------------------------------------------- */

static json_t *build(const struct evaluation *e, const struct guest_facts *f)
{
    const struct mrtd_plan_info *plan = mrtd_plan_info(e->plan);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:b, s:o, "
        "s:o, s:o, s:{s:o, s:o}, s:o, s:o}",
        "schema", SCHEMA_MEASUREMENT, "version", mrtd_version(), "platform",
        mrtd_platform_name(e->options->platform), "vmm", plan->vmm->name,
        "file", json_file_name(e->name), "size",
        json_count(mrtd_image_info(e->image)->size), "sha256", f->sha256,
        "sha384", f->sha384, "guids", show_json_guids(e->image), "igvm",
        igvm_json(e->image, MRTD_IGVM_SEV_SNP), "sev", sev(e->image),
        "permissive", e->options->permissive, "launch", launch(e, f),
        "sections", json_slot(), "runs", json_slot(), "totals", "updated_pages",
        json_count(plan->updated_pages), "hashed_bytes",
        json_count(plan->hashed_bytes), "notes", show_json_notes(e, &f->value),
        "values", values_of(&f->value));
}

enum exit_status guest_show_json(FILE *to, const struct evaluation *e,
                                 struct failure *failure)
{
    struct guest_facts facts;
    if (guest_facts_make(&facts, e, failure)) {
        return failure->status;
    }
    const struct shown s = {e, &facts,
                            regions_of(e->image, e->options->platform)};
    const struct json_list lists[] = {{print_sections, &s}, {print_runs, &s}};
    const bool good =
        json_output_lists(to, image_json_add(e, build(e, &facts)), lists, 2);
    guest_facts_free(&facts);
    return good ? EXIT_DONE : failure_memory(failure, e->name);
}
