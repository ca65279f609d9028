/* SPDX-License-Identifier: Apache-2.0 */
/* The page's table of sections of an image for TDX. */
#include <inttypes.h>

#include "report/page_parts.h"
#include "report/words.h"

static const char *const row_classes[] = {[TREATED_NOT] = "not",
                                          [TREATED_ADDED] = "added",
                                          [TREATED_MEASURED] = "measured"};

static void write_section(FILE *to, uint32_t index, const struct mrtd_region *s,
                          const struct section_facts *sum)
{
    char file[WORD_SIZE];
    char gpa[WORD_SIZE];
    char size[WORD_SIZE];
    char attributes[WORD_SIZE];
    fprintf(to,
            "<tr><td>%" PRIu32 "</td><td>%s</td><td class=\"%s\">%s</td>"
            "<td><code>%s</code></td><td><code>%s</code></td><td>%s</td>"
            "<td>%s</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64
            "</td></tr>\n",
            index, mrtd_region_name(s), row_classes[treatment_of(sum)],
            word_treatment(sum), word_range(file, s->offset, s->data_size),
            word_range(gpa, s->gpa, s->size), word_size(size, s->size),
            word_attributes(attributes, s), sum->added_pages,
            sum->extended_pages, facts_hashed_bytes(sum));
}

void page_write_rest(FILE *to, uint32_t count, const char *things,
                     const char *before, const char *after)
{
    if (count > PAGE_MAX_ROWS) {
        fprintf(to,
                "%s%" PRIu32 " more %s are not on this page; <code>"
                "mrtd-calc show</code> lists them%s\n",
                before, count - PAGE_MAX_ROWS, things, after);
    }
}

static void write_running(FILE *to, const struct portrait *p)
{
    uint32_t count = p->facts.section_count;
    fputs("<details>\n<summary>SHA-384 of the stream after each "
          "section</summary>\n<p>Where two images differ first.</p>\n"
          "<ol start=\"0\" class=\"running\">\n",
          to);
    for (uint32_t i = 0; i < count && i < PAGE_MAX_ROWS; i++) {
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        fprintf(to, "<li><code class=\"hex\">%s</code></li>\n",
                facts_running(hex, &p->facts.sections[i]));
    }
    fputs("</ol>\n", to);
    page_write_rest(to, count, "sections", "<p>", "</p>");
    fputs("</details>\n", to);
}

void page_write_sections(FILE *to, const struct portrait *p)
{
    const struct mrtd_plan_info *plan = mrtd_plan_info(p->e->plan);
    const struct mrtd_region *s;
    fputs("<section id=\"sections\">\n<h2>Sections</h2>\n"
          "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
          "aria-label=\"Table of sections\">\n<table>\n<thead><tr><th>#</th>"
          "<th>type</th><th>treatment</th><th>file range</th>"
          "<th>GPA range</th><th>memory</th><th>attributes</th>"
          "<th>pages added</th><th>pages measured</th><th>bytes hashed</th>"
          "</tr></thead>\n<tbody>\n",
          to);
    for (uint32_t i = 0;
         i < PAGE_MAX_ROWS && (s = regions_at(&p->facts.regions, i)); i++) {
        write_section(to, i, s, &p->facts.sections[i]);
    }
    page_write_rest(to, p->facts.section_count, "sections",
                    "<tr><td colspan=\"10\">", "</td></tr>");
    fprintf(to,
            "</tbody>\n<tfoot><tr><th colspan=\"7\">total</th><td>%" PRIu64
            "</td><td>%" PRIu64 "</td><td>%" PRIu64
            "</td></tr></tfoot>\n</table>\n</div>\n",
            plan->added_pages, plan->extended_pages, plan->hashed_bytes);
    write_running(to, p);
    fputs("</section>\n", to);
}
