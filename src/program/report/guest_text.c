/* SPDX-License-Identifier: Apache-2.0 */
/* What is in an image for SEV-SNP, SEV-ES or SEV, and what a VMM does with it,
 * for people. */
#include <inttypes.h>

#include "model/guest_facts.h"
#include "model/regions.h"
#include "printable.h"
#include "report/guest_words.h"
#include "report/igvm.h"
#include "report/show_forms.h"
#include "report/show_parts.h"
#include "report/words.h"

/* Formats of table rows: all columns are strings. */
#define SECTION_ROW "%3s %-17s %-22s %-24s %10s\n"
#define LAUNCH_ROW  "%4s %-21s %-29s %-10s %-8s %10s %12s\n"

struct shown {
    FILE *to;
    const struct evaluation *e;
    const struct guest_facts *facts;
    const struct palette *palette;
    struct regions regions;
};

/* --- What is in the image ------------------------------------------------ */

static void show_reset(FILE *to, const struct mrtd_sev_info *sev)
{
    fprintf(to, "  %-14s ", "reset block");
    if (sev && sev->reset_offset != MRTD_NO_OFFSET) {
        fprintf(to,
                "at 0x%" PRIx64 ": virtual CPUs but the first start at "
                "0x%" PRIx32 "\n",
                sev->reset_offset, sev->reset_address);
    } else {
        fprintf(to, "none\n");
    }
}

static void show_hash_table(FILE *to, const struct mrtd_sev_info *sev)
{
    fprintf(to, "  %-14s ", "hash table");
    if (!sev || sev->hash_table_offset == MRTD_NO_OFFSET) {
        fprintf(to, "none: the firmware does not check a kernel\n");
    } else if (sev->hash_table_gpa == 0) {
        fprintf(to,
                "at 0x%" PRIx64 ": GPA 0, the firmware does not check a "
                "kernel\n",
                sev->hash_table_offset);
    } else {
        fprintf(to, "at 0x%" PRIx64 ": GPA 0x%" PRIx32 ", %" PRIu32 " bytes\n",
                sev->hash_table_offset, sev->hash_table_gpa,
                sev->hash_table_size);
    }
}

static void show_metadata(const struct shown *s)
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(s->e->image);
    FILE *to = s->to;
    if (mrtd_image_igvm(s->e->image)) {
        igvm_show(to, s->e->image, MRTD_IGVM_SEV_SNP);
        return;
    }
    fprintf(to, "  %-14s ", "SEV metadata");
    if (sev && sev->metadata_offset != MRTD_NO_OFFSET) {
        fprintf(to, "at 0x%" PRIx64 ", %" PRIu32 " sections\n",
                sev->metadata_offset, sev->section_count);
    } else {
        fprintf(to, "none\n");
    }
    show_reset(to, sev);
    show_hash_table(to, sev);
    if (sev && sev->svsm_offset != MRTD_NO_OFFSET) {
        fprintf(to,
                "  %-14s at 0x%" PRIx64 ": starts 0x%" PRIx32
                " bytes after its first\n",
                "SVSM", sev->svsm_offset, sev->svsm_entry);
    }
    show_guids(to, s->e->image);
}

/* --- What it is launched with -------------------------------------------- */

static void show_vcpus(const struct shown *s)
{
    const struct launch_guest *guest = &s->e->options->guest;
    const bool has_vcpu =
        mrtd_plan_info(s->e->plan)->vmm->takes_signature && guest->has_vcpu;
    char features[GUEST_WORD_SIZE];
    FILE *to = s->to;
    if (guest->vcpus == 0) {
        return;
    }
    fprintf(to, "  %-14s %" PRIu32, "virtual CPUs", guest->vcpus);
    if (has_vcpu && guest->vcpu.type) {
        fprintf(to, " of type %s", guest->vcpu.type);
    }
    if (has_vcpu) {
        fprintf(to, ", signature 0x%" PRIx32, guest->vcpu.signature);
    }
    fprintf(to, "\n  %-14s 0x%" PRIx64 " (%s)\n", "features",
            s->facts->features, guest_features(features, s->facts->features));
}

static void show_launch(const struct shown *s)
{
    const struct evaluation *e = s->e;
    const struct guest_facts *f = s->facts;
    const struct launch_guest *guest = &e->options->guest;
    FILE *to = s->to;
    show_vmm(to, e);
    show_vcpus(s);
    if (guest->firmware_digest.size > 0) {
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, guest->firmware_digest.bytes,
                        guest->firmware_digest.size);
        fprintf(to, "  %-14s %s, instead of the firmware's pages\n",
                "goes on from", hex);
    }
    if (e->svsm.name) {
        fprintf(to, "  %-14s %s, SHA-256 %s\n", "SVSM's file",
                printable(e->svsm.name), f->svsm);
    }
    if (e->kernel.name) {
        fprintf(to, "  %-14s %s, SHA-256 %s\n", "kernel",
                printable(e->kernel.name), f->kernel);
        fprintf(to, "  %-14s %s, SHA-256 %s\n", "initrd",
                e->initrd.name ? printable(e->initrd.name) : "none", f->initrd);
        fprintf(to, "  %-14s SHA-256 %s%s%s\n", "command line", f->append,
                guest->append ? ": " : "",
                guest->append ? printable(guest->append) : "");
    }
}

/* --- Tables -------------------------------------------------------------- */

static void show_sections(const struct shown *s)
{
    const struct mrtd_region *r;
    char file[WORD_SIZE];
    char gpa[WORD_SIZE];
    char index[16];
    char pages[24];
    fprintf(s->to, "\n%s", s->palette->bold);
    fprintf(s->to, SECTION_ROW, "#", "type", "file range", "GPA range",
            "pages");
    fprintf(s->to, "%s", s->palette->off);
    for (uint32_t i = 0; (r = regions_at(&s->regions, i)); i++) {
        snprintf(index, sizeof index, "%" PRIu32, i);
        snprintf(pages, sizeof pages, "%" PRIu64, r->size / MRTD_PAGE_SIZE);
        fprintf(s->to, SECTION_ROW, index, guest_section(r),
                word_range(file, r->offset, r->data_size),
                word_range(gpa, r->gpa, r->size), pages);
    }
}

/* Runs that are alike have one row. */
static void show_runs(const struct shown *s)
{
    const struct mrtd_plan *plan = s->e->plan;
    const struct mrtd_run *run;
    uint32_t vcpu = 0;
    uint32_t count = 0;
    char index[16];
    char subject[GUEST_WORD_SIZE];
    char gpa[WORD_SIZE];
    char pages[WORD_SIZE];
    char bytes[24];
    fprintf(s->to, "\n%s", s->palette->bold);
    fprintf(s->to, LAUNCH_ROW, "run", "section", "GPA range", "page type",
            "contents", "pages", "bytes hashed");
    fprintf(s->to, "%s", s->palette->off);
    for (uint32_t i = 0; (run = mrtd_plan_run(plan, i)); i += count) {
        count = guest_alike(plan, i);
        snprintf(index, sizeof index, "%" PRIu32, i);
        guest_pages(pages, run, count);
        snprintf(bytes, sizeof bytes, "%" PRIu64,
                 count * guest_hashed_bytes(run));
        fprintf(s->to, LAUNCH_ROW, index,
                guest_subject(subject, &s->regions, run, vcpu, count),
                guest_range(gpa, run), guest_page_type(run),
                guest_counts_contents(run) ? "hashed" : "not", pages, bytes);
        vcpu += guest_is_vmsa(run) ? count : 0;
    }
}

static void show_running(const struct shown *s)
{
    const struct mrtd_plan *plan = s->e->plan;
    uint32_t count = 0;
    if (!s->facts->running) {
        return;
    }
    fprintf(s->to, "\n%sLaunch digest after each run%s\n", s->palette->bold,
            s->palette->off);
    for (uint32_t i = 0; mrtd_plan_run(plan, i); i += count) {
        char hex[MRTD_HEX_SIZE];
        count = guest_alike(plan, i);
        mrtd_hex_encode(hex, s->facts->running[i + count - 1],
                        MRTD_DIGEST_SIZE);
        fprintf(s->to, "%4" PRIu32 "  %s\n", i + count - 1, hex);
    }
}

static void show_totals(const struct shown *s)
{
    const struct mrtd_plan_info *info = mrtd_plan_info(s->e->plan);
    fprintf(s->to, "\n%s: ", info->vmm->name);
    if (info->updated_pages > 0) {
        fprintf(s->to, "%" PRIu64 " pages, ", info->updated_pages);
    }
    fprintf(s->to, "%" PRIu64 " bytes hashed\n", info->hashed_bytes);
}

static void show(const struct shown *s)
{
    const struct palette *p = s->palette;
    char hex[MRTD_HEX_SIZE];
    fprintf(s->to, "%s%s%s\n", p->bold, printable(s->e->name), p->off);
    fprintf(s->to, "  size           %" PRIu64 " bytes\n",
            mrtd_image_info(s->e->image)->size);
    fprintf(s->to, "  SHA-256        %s\n", s->facts->sha256);
    show_metadata(s);
    show_launch(s);
    show_sections(s);
    show_runs(s);
    show_running(s);
    show_totals(s);
    show_findings(s->to, s->e, &s->facts->value, p);
    mrtd_hex_encode(hex, s->facts->value.digest.bytes,
                    s->facts->value.digest.size);
    fprintf(s->to, "%s%s%s %s\n", p->bold,
            mrtd_register_info(s->facts->value.id)->name, p->off, hex);
}

enum exit_status guest_show_text(FILE *to, const struct evaluation *e,
                                 bool colour, struct failure *failure)
{
    struct guest_facts facts;
    if (guest_facts_make(&facts, e, failure)) {
        return failure->status;
    }
    const struct shown s = {.to = to,
                            .e = e,
                            .facts = &facts,
                            .palette = show_palette(colour),
                            .regions =
                                regions_of(e->image, e->options->platform)};
    show(&s);
    guest_facts_free(&facts);
    return EXIT_DONE;
}
