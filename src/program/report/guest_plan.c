/* SPDX-License-Identifier: Apache-2.0 */
/* The launch of a guest of SEV-SNP, SEV-ES or SEV, run by run or page by page.
 */
#include <inttypes.h>

#include "model/guest_facts.h"
#include "model/regions.h"
#include "report/guest_words.h"
#include "report/show_forms.h"
#include "report/words.h"

/* Format of table rows: all columns are strings. */
#define RUN_ROW "%4s %-21s %-29s %10s %-10s %12s %s\n"

#define CONTENT_SIZE 80

/* --- Runs ---------------------------------------------------------------- */

/* Of bytes that are not in a file, only what they are. */
static const char *content(char text[CONTENT_SIZE], const struct mrtd_run *run)
{
    char data[WORD_SIZE];
    const char *name = guest_content(run);
    if (!guest_counts_contents(run)) {
        return "-";
    }
    if (run->content != MRTD_CONTENT_IMAGE &&
        run->content != MRTD_CONTENT_SVSM) {
        return name;
    }
    snprintf(text, CONTENT_SIZE, "%s %s%s", name,
             word_range(data, run->data_offset, run->data_size),
             run->data_size < run->size ? ", zeros" : "");
    return text;
}

enum exit_status guest_show_plan(FILE *to, const struct evaluation *e,
                                 struct failure *failure)
{
    const struct mrtd_plan_info *info = mrtd_plan_info(e->plan);
    const struct regions regions = regions_of(e->image, e->options->platform);
    const struct mrtd_run *run;
    uint32_t vcpu = 0;
    char index[16];
    char subject[GUEST_WORD_SIZE];
    char gpa[WORD_SIZE];
    char pages[WORD_SIZE];
    char bytes[24];
    char from[CONTENT_SIZE];
    (void)failure;
    fprintf(to, RUN_ROW, "run", "section", "GPA range", "pages", "page type",
            "bytes hashed", "content");
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        snprintf(index, sizeof index, "%" PRIu32, i);
        guest_pages(pages, run, 1);
        snprintf(bytes, sizeof bytes, "%" PRIu64, guest_hashed_bytes(run));
        fprintf(to, RUN_ROW, index,
                guest_subject(subject, &regions, run, vcpu, 1),
                guest_range(gpa, run), pages, guest_page_type(run), bytes,
                content(from, run));
        vcpu += guest_is_vmsa(run) ? 1 : 0;
    }
    fprintf(to, "%s: ", info->vmm->name);
    if (info->updated_pages > 0) {
        fprintf(to, "%" PRIu64 " pages, ", info->updated_pages);
    }
    fprintf(to, "%" PRIu64 " bytes hashed\n", info->hashed_bytes);
    return EXIT_DONE;
}

/* --- Operations ---------------------------------------------------------- */

/* Where the bytes from an offset of a run on are, at most size of them; zeros
 * follow where there are fewer. */
static void trace_content(FILE *to, const struct mrtd_run *run, uint64_t offset,
                          uint64_t size, uint32_t vcpu)
{
    const uint64_t left = offset < run->data_size ? run->data_size - offset : 0;
    if (run->content == MRTD_CONTENT_ZERO || left == 0) {
        fprintf(to, " zeros\n");
    } else if (guest_is_vmsa(run) && run->content == MRTD_CONTENT_PLAN) {
        fprintf(to, " vmsa %" PRIu32 "\n", vcpu);
    } else if (run->content == MRTD_CONTENT_PLAN) {
        fprintf(to, " hashes\n");
    } else {
        fprintf(to, " %s 0x%" PRIx64 " %" PRIu64 "\n", guest_content(run),
                run->data_offset + offset, left < size ? left : size);
    }
}

/* Of SEV-SNP, each page: its type, its GPA, and what is hashed of it. */
static void trace_pages(FILE *to, const struct mrtd_run *run, uint32_t vcpu)
{
    for (uint64_t at = 0; at < run->size; at += MRTD_PAGE_SIZE) {
        fprintf(to, "%s 0x%" PRIx64, guest_page_type(run), run->gpa + at);
        if (guest_counts_contents(run)) {
            trace_content(to, run, at, MRTD_PAGE_SIZE, vcpu);
        } else {
            fprintf(to, "\n");
        }
    }
}

/* Of SEV and SEV-ES, all bytes of the run. */
static void trace_bytes(FILE *to, const struct mrtd_run *run, uint32_t vcpu)
{
    if (guest_is_vmsa(run)) {
        fprintf(to, "LAUNCH_UPDATE_VMSA");
    } else {
        fprintf(to, "LAUNCH_UPDATE_DATA 0x%" PRIx64, run->gpa);
    }
    trace_content(to, run, 0, run->size, vcpu);
}

enum exit_status guest_show_trace(FILE *to, const struct evaluation *e,
                                  struct failure *failure)
{
    const struct mrtd_run *run;
    struct guest_facts facts;
    uint32_t vcpu = 0;
    if (guest_facts_make(&facts, e, failure)) {
        return failure->status;
    }
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        if (run->ops & MRTD_OP_SNP_UPDATE) {
            char hex[MRTD_HEX_SIZE];
            trace_pages(to, run, vcpu);
            mrtd_hex_encode(hex, facts.running[i], MRTD_DIGEST_SIZE);
            fprintf(to, "digest %s\n", hex);
        } else {
            trace_bytes(to, run, vcpu);
        }
        vcpu += guest_is_vmsa(run) ? 1 : 0;
    }
    guest_facts_free(&facts);
    return EXIT_DONE;
}
