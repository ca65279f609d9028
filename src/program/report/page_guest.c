/* SPDX-License-Identifier: Apache-2.0 */
/* The page's tables of an image for SEV-SNP, SEV-ES or SEV: its sections, and
 * what a VMM gives to the guest. */
#include <inttypes.h>

#include "report/guest_words.h"
#include "report/page_parts.h"
#include "report/words.h"

/* --- Sections ---------------------------------------------------------- */

static const struct {
    const char *class;
    const char *word;
} treatments[] = {[TREATED_NOT] = {"not", "nothing"},
                  [TREATED_ADDED] = {"added", "given"},
                  [TREATED_MEASURED] = {"measured", "given, measured"}};

static void write_section(FILE *to, uint32_t index, const struct mrtd_region *s,
                          const struct section_facts *sum)
{
    const enum treatment treatment = treatment_of(sum);
    char file[WORD_SIZE];
    char gpa[WORD_SIZE];
    char size[WORD_SIZE];
    fprintf(to,
            "<tr><td>%" PRIu32 "</td><td>%s</td><td class=\"%s\">%s</td>"
            "<td><code>%s</code></td><td><code>%s</code></td><td>%s</td>"
            "<td>%" PRIu64 "</td><td>%" PRIu64 "</td></tr>\n",
            index, guest_section(s), treatments[treatment].class,
            treatments[treatment].word,
            word_range(file, s->offset, s->data_size),
            word_range(gpa, s->gpa, s->size), word_size(size, s->size),
            sum->added_pages, sum->extended_pages);
}

static void write_sections(FILE *to, const struct portrait *p)
{
    const struct mrtd_region *s;
    fputs("<section id=\"sections\">\n<h2>Sections</h2>\n"
          "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
          "aria-label=\"Table of sections\">\n<table>\n<thead><tr><th>#</th>"
          "<th>type</th><th>treatment</th><th>file range</th>"
          "<th>GPA range</th><th>memory</th><th>pages given</th>"
          "<th>pages measured</th></tr></thead>\n<tbody>\n",
          to);
    for (uint32_t i = 0;
         i < PAGE_MAX_ROWS && (s = regions_at(&p->facts.regions, i)); i++) {
        write_section(to, i, s, &p->facts.sections[i]);
    }
    page_write_rest(to, p->facts.section_count, "sections",
                    "<tr><td colspan=\"8\">", "</td></tr>");
    fputs("</tbody>\n</table>\n</div>\n</section>\n", to);
}

/* --- The launch -------------------------------------------------------- */

/* Called for each row: so many runs that are alike, from an index on; vcpu is
 * the number of the first of their virtual CPUs. */
typedef void row_fn(FILE *to, const struct portrait *p, uint32_t index,
                    uint32_t count, uint32_t vcpu);

/* Returns how many rows there are, also those that are too many for a page. */
static uint32_t each_row(FILE *to, const struct portrait *p, row_fn *row)
{
    const struct mrtd_run *run;
    uint32_t rows = 0;
    uint32_t vcpu = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; (run = mrtd_plan_run(p->e->plan, i)); i += count) {
        count = guest_alike(p->e->plan, i);
        if (rows++ < PAGE_MAX_ROWS) {
            row(to, p, i, count, vcpu);
        }
        vcpu += guest_is_vmsa(run) ? count : 0;
    }
    return rows;
}

static void write_runs(FILE *to, const struct portrait *p, uint32_t index,
                       uint32_t count, uint32_t vcpu)
{
    const struct mrtd_run *run = mrtd_plan_run(p->e->plan, index);
    const bool counts = guest_counts_contents(run);
    char subject[GUEST_WORD_SIZE];
    char gpa[WORD_SIZE];
    char pages[WORD_SIZE];
    fprintf(to,
            "<tr><td>%" PRIu32 "</td><td>%s</td><td><code>%s</code></td>"
            "<td class=\"%s\">%s</td><td>%s</td><td>%s</td><td>%" PRIu64
            "</td></tr>\n",
            index, guest_subject(subject, &p->facts.regions, run, vcpu, count),
            guest_range(gpa, run), counts ? "measured" : "added",
            guest_page_type(run), counts ? "hashed" : "not",
            guest_pages(pages, run, count), count * guest_hashed_bytes(run));
}

static void write_digest(FILE *to, const struct portrait *p, uint32_t index,
                         uint32_t count, uint32_t vcpu)
{
    const uint32_t last = index + count - 1;
    char hex[MRTD_HEX_SIZE];
    (void)vcpu;
    mrtd_hex_encode(hex, p->guest.running[last], MRTD_DIGEST_SIZE);
    fprintf(to,
            "<li value=\"%" PRIu32 "\"><code class=\"hex\">%s</code></li>\n",
            last, hex);
}

static void write_running(FILE *to, const struct portrait *p)
{
    fputs("<details>\n<summary>Launch digest after each run</summary>\n"
          "<p>Where two launches differ first.</p>\n"
          "<ol class=\"running\">\n",
          to);
    const uint32_t rows = each_row(to, p, write_digest);
    fputs("</ol>\n", to);
    page_write_rest(to, rows, "runs", "<p>", "</p>");
    fputs("</details>\n", to);
}

static void write_launch(FILE *to, const struct portrait *p)
{
    const struct mrtd_plan_info *plan = mrtd_plan_info(p->e->plan);
    const bool is_snp = p->guest.running != NULL;
    char pages[WORD_SIZE] = "-";
    if (is_snp) {
        snprintf(pages, sizeof pages, "%" PRIu64, plan->updated_pages);
    }
    fprintf(to,
            "<section id=\"launch\">\n<h2>Launch</h2>\n<p>What the VMM %s "
            "gives to the guest, in its order. %s</p>\n"
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
            "aria-label=\"Table of the launch\">\n<table>\n<thead><tr>"
            "<th>run</th><th>section</th><th>GPA range</th><th>page type</th>"
            "<th>contents</th><th>pages</th><th>bytes hashed</th></tr></thead>"
            "\n<tbody>\n",
            plan->vmm->name,
            is_snp ? "Each page makes the digest another: by its type and its "
                     "GPA, and where its contents are hashed, by these."
                   : "The digest is of these bytes.");
    const uint32_t rows = each_row(to, p, write_runs);
    page_write_rest(to, rows, "runs", "<tr><td colspan=\"7\">", "</td></tr>");
    fprintf(to,
            "</tbody>\n<tfoot><tr><th colspan=\"5\">total</th><td>%s</td>"
            "<td>%" PRIu64 "</td></tr></tfoot>\n</table>\n</div>\n",
            pages, plan->hashed_bytes);
    if (is_snp) {
        write_running(to, p);
    }
    fputs("</section>\n", to);
}

void page_write_guest(FILE *to, const struct portrait *p)
{
    write_sections(to, p);
    write_launch(to, p);
}
