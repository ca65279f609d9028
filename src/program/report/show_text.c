/* SPDX-License-Identifier: Apache-2.0 */
/* What is in an image and what a VMM does with it, for people. */
#include <inttypes.h>

#include "model/facts.h"
#include "model/regions.h"
#include "printable.h"
#include "report/igvm.h"
#include "report/show_forms.h"
#include "report/show_parts.h"
#include "report/words.h"

/* Formats of table rows: all columns are strings. */
#define SECTION_ROW "%3s %-12s %-22s %-24s %-18s %-15s %10s %12s\n"
#define RUN_ROW     "%4s %-16s %-24s %10s %-11s %12s %s\n"

#define CHUNKS_PER_PAGE (MRTD_PAGE_SIZE / MRTD_CHUNK_SIZE)

static void show_head(FILE *to, const struct evaluation *e,
                      const struct facts *sum, const struct palette *p)
{
    const struct mrtd_image_info *info = mrtd_image_info(e->image);
    fprintf(to, "%s%s%s\n", p->bold, printable(e->name), p->off);
    if (e->options->vars) {
        fprintf(to, "  VARS in front  %s\n", printable(e->options->vars));
    }
    fprintf(to, "  size           %" PRIu64 " bytes\n", info->size);
    fprintf(to, "  SHA-256        %s\n", sum->sha256);
    fprintf(to, "  locator        %s at 0x%" PRIx64 "\n",
            word_locator(info->locator), info->pointer_offset);
    fprintf(to, "  metadata       %s at 0x%" PRIx64 ", %" PRIu32 " sections\n",
            info->locator == MRTD_LOCATOR_IGVM ? "structures"
                                               : "TDVF_DESCRIPTOR",
            info->descriptor_offset, sum->section_count);
    igvm_show(to, e->image, MRTD_IGVM_TDX);
    show_guids(to, e->image);
    show_vmm(to, e);
}

static void show_sections(FILE *to, const struct facts *sum,
                          const struct palette *p)
{
    const struct mrtd_region *s;
    char file[WORD_SIZE];
    char gpa[WORD_SIZE];
    char attr[WORD_SIZE];
    char index[16];
    char pages[24];
    char bytes[24];
    fprintf(to, "\n%s", p->bold);
    fprintf(to, SECTION_ROW, "#", "type", "file range", "GPA range",
            "attributes", "treatment", "pages", "bytes hashed");
    fprintf(to, "%s", p->off);
    for (uint32_t i = 0; (s = regions_at(&sum->regions, i)); i++) {
        const struct section_facts *x = &sum->sections[i];
        snprintf(index, sizeof index, "%" PRIu32, i);
        snprintf(pages, sizeof pages, "%" PRIu64, s->size / MRTD_PAGE_SIZE);
        snprintf(bytes, sizeof bytes, "%" PRIu64, facts_hashed_bytes(x));
        fprintf(to, SECTION_ROW, index, mrtd_region_name(s),
                word_range(file, s->offset, s->data_size),
                word_range(gpa, s->gpa, s->size), word_attributes(attr, s),
                word_treatment(x), pages, bytes);
    }
    fprintf(to, "\n%sSHA-384 of the stream after each section%s\n", p->bold,
            p->off);
    for (uint32_t i = 0; regions_at(&sum->regions, i); i++) {
        char hex[MRTD_HEX_SIZE];
        fprintf(to, "%3" PRIu32 "  %s\n", i,
                facts_running(hex, &sum->sections[i]));
    }
}

static void show_totals(FILE *to, const struct evaluation *e)
{
    const struct mrtd_plan_info *info = mrtd_plan_info(e->plan);
    fprintf(to,
            "%s: %" PRIu64 " TDH.MEM.PAGE.ADD, %" PRIu64
            " TDH.MR.EXTEND, %" PRIu64 " bytes hashed\n",
            info->vmm->name, info->added_pages,
            info->extended_pages * CHUNKS_PER_PAGE, info->hashed_bytes);
}

enum exit_status tdx_show_text(FILE *to, const struct evaluation *e,
                               bool colour, struct failure *failure)
{
    const struct palette *p = show_palette(colour);
    struct facts facts;
    if (facts_make(&facts, e, failure)) {
        return failure->status;
    }
    show_head(to, e, &facts, p);
    show_sections(to, &facts, p);
    fprintf(to, "\n");
    show_totals(to, e);
    show_findings(to, e, &facts.value, p);
    fprintf(to, "%sMRTD%s %s\n", p->bold, p->off, facts.mrtd);
    facts_free(&facts);
    return EXIT_DONE;
}

static const char *content_name(enum mrtd_content content)
{
    switch (content) {
    case MRTD_CONTENT_IMAGE:
        return "image";
    case MRTD_CONTENT_PAYLOAD:
        return "payload";
    default:
        return "zeros";
    }
}

static const char *content(char text[80], const struct mrtd_run *run)
{
    char data[WORD_SIZE];
    if (run->content == MRTD_CONTENT_ZERO) {
        return content_name(run->content);
    }
    snprintf(text, 80, "%s %s%s", content_name(run->content),
             word_range(data, run->data_offset, run->data_size),
             run->data_size < run->size ? ", zeros" : "");
    return text;
}

enum exit_status tdx_show_plan(FILE *to, const struct evaluation *e,
                               struct failure *failure)
{
    const struct mrtd_run *run;
    (void)failure;
    char index[16];
    char section[32];
    char gpa[WORD_SIZE];
    char pages[24];
    char bytes[24];
    char from[80];
    const struct regions regions =
        regions_of(e->image, e->options->vmm->platform);
    fprintf(to, RUN_ROW, "run", "section", "GPA range", "pages", "operations",
            "bytes hashed", "content");
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        const uint32_t number = run->region - regions.first;
        const struct mrtd_region *s = regions_at(&regions, number);
        uint64_t count = run->size / MRTD_PAGE_SIZE;
        snprintf(index, sizeof index, "%" PRIu32, i);
        snprintf(section, sizeof section, "%" PRIu32 " %s", number,
                 mrtd_region_name(s));
        snprintf(pages, sizeof pages, "%" PRIu64, count);
        snprintf(bytes, sizeof bytes, "%" PRIu64,
                 count * (((run->ops & MRTD_OP_TDX_ADD) != 0 ? 128U : 0) +
                          ((run->ops & MRTD_OP_TDX_EXTEND) != 0 ? 6144U : 0)));
        fprintf(to, RUN_ROW, index, section,
                word_range(gpa, run->gpa, run->size), pages,
                !(run->ops & MRTD_OP_TDX_EXTEND) ? "ADD"
                : (run->ops & MRTD_OP_TDX_ADD)   ? "ADD, EXTEND"
                                                 : "EXTEND",
                bytes, content(from, run));
    }
    show_totals(to, e);
    return EXIT_DONE;
}

/* One TDH.MR.EXTEND: its GPA, where its bytes are, how many (then zeros). */
static void trace_extend(FILE *to, const struct mrtd_run *run, uint64_t offset)
{
    uint64_t left = offset < run->data_size ? run->data_size - offset : 0;
    if (run->content == MRTD_CONTENT_ZERO || left == 0) {
        fprintf(to, "MR.EXTEND 0x%" PRIx64 " zeros\n", run->gpa + offset);
        return;
    }
    fprintf(to, "MR.EXTEND 0x%" PRIx64 " %s 0x%" PRIx64 " %" PRIu64 "\n",
            run->gpa + offset, content_name(run->content),
            run->data_offset + offset,
            left < MRTD_CHUNK_SIZE ? left : MRTD_CHUNK_SIZE);
}

enum exit_status tdx_show_trace(FILE *to, const struct evaluation *e,
                                struct failure *failure)
{
    (void)failure;
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        for (uint64_t page = 0; page < run->size; page += MRTD_PAGE_SIZE) {
            if (run->ops & MRTD_OP_TDX_ADD) {
                fprintf(to, "MEM.PAGE.ADD 0x%" PRIx64 "\n", run->gpa + page);
            }
            for (unsigned c = 0;
                 (run->ops & MRTD_OP_TDX_EXTEND) && c < CHUNKS_PER_PAGE; c++) {
                trace_extend(to, run, page + c * MRTD_CHUNK_SIZE);
            }
        }
    }
    return EXIT_DONE;
}
