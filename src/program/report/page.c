/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "printable.h"
#include "report/markup.h"
#include "report/page_verify.h"
#include "report/picture.h"
#include "report/style.h"
#include "report/words.h"

/* Rows of the table of sections, more than any TDVF image has: an IGVM file of
 * a million would make a page that no browser opens. */
#define PAGE_MAX_SECTIONS 4096

static void write_name(FILE *to, const char *name)
{
    fputs("<bdi>", to);
    markup_text(to, markup_name(name));
    fputs("</bdi>", to);
}

#define PAGE_BEGINS                                                            \
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"                            \
    "<meta charset=\"utf-8\">\n"                                               \
    "<meta http-equiv=\"Content-Security-Policy\" content=\""
#define TITLE_ENDS ": MRTD and layout</title>"

static const struct file_start starts[] = {
    FILE_START_WITH(PAGE_BEGINS, TITLE_ENDS, NULL), FILE_START_NONE};
const struct file_kind kind_page = {"a page (HTML) about an image", 0, starts};

static void write_header(FILE *to, const struct portrait *p)
{
    fputs(PAGE_BEGINS
          "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
          to);
    markup_text(to, markup_name(p->file));
    fputs(TITLE_ENDS "\n<style>", to);
    fputs(page_style, to);
    fputs("</style>\n</head>\n<body>\n<main>\n<header>\n"
          "<p class=\"kind\">Intel TDX firmware</p>\n<h1>",
          to);
    write_name(to, p->file);
    fputs("</h1>\n<p>MRTD is the launch measurement of a TD: what the "
          "hardware recorded of its firmware and initial memory. A TD that "
          "was launched with this firmware carries in its quote the value "
          "below that belongs to its VMM.</p>\n</header>\n",
          to);
}

/* --- MRTD of each VMM -------------------------------------------------- */

static void write_value(FILE *to, const struct portrait *p,
                        const struct launch *value)
{
    bool chosen = value->vmm == p->e->options->vmm->launches_as;
    fprintf(to, "<div class=\"value%s\" data-vmm=\"%s\">\n<h3>%s%s</h3>\n<p>",
            chosen ? " chosen" : "", value->vmm->name, value->vmm->name,
            chosen ? " <span class=\"tag\">shown below</span>" : "");
    markup_text(to, word_software(value->vmm, p->e->image));
    if (value->error.code == MRTD_OK) {
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        mrtd_hex_encode(hex, value->value.digest.bytes,
                        value->value.digest.size);
        fprintf(to, "</p>\n<code class=\"hex\">%s</code>\n</div>\n", hex);
        return;
    }
    fputs("</p>\n<p class=\"none\">No value: ", to);
    markup_text(to, value->error.message);
    fprintf(to, " <code>[%s]</code></p>\n</div>\n",
            mrtd_code_name(value->error.code));
}

static void write_values(FILE *to, const struct portrait *p)
{
    fputs("<section id=\"mrtd\">\n<h2>MRTD</h2>\n<p>By the software that "
          "launches the TD:</p>\n",
          to);
    for (size_t i = 0; i < p->launches.count; i++) {
        write_value(to, p, &p->launches.items[i]);
    }
    fputs("</section>\n", to);
}

/* --- The file ---------------------------------------------------------- */

static void write_link(FILE *to, const char *title, const char *name)
{
    if (!name) {
        return;
    }
    fprintf(to, "<dt>%s</dt><dd>", title);
    if (printable_is_plain(name) && strcmp(name, "-") != 0) {
        fputs("<a href=\"", to);
        markup_link(to, name);
        fputs("\">", to);
        write_name(to, name);
        fputs("</a>", to);
    } else {
        write_name(to, name);
    }
    fputs("</dd>\n", to);
}

static void write_file(FILE *to, const struct portrait *p)
{
    const struct mrtd_image_info *info = mrtd_image_info(p->e->image);
    char size[WORD_SIZE];
    fputs("<section id=\"file\">\n<h2>File</h2>\n<dl>\n", to);
    write_link(to, "Name", p->file);
    write_link(to, "Variables in front", p->vars);
    write_link(to, "Payload", p->payload);
    fprintf(to,
            "<dt>Size</dt><dd><span id=\"size\">%" PRIu64
            "</span> bytes (%s)</dd>\n"
            "<dt>SHA-256</dt><dd><code class=\"hex\" id=\"sha256\">%s</code>"
            "</dd>\n<dt>SHA-384</dt><dd><code class=\"hex\" id=\"sha384\">%s"
            "</code><br>of the bytes of the file; this is not the MRTD</dd>\n",
            info->size, word_size(size, info->size), p->facts.sha256,
            p->facts.sha384);
    fprintf(to,
            "<dt>TDX metadata</dt><dd>%" PRIu32 " sections; %s at 0x%" PRIx64
            ", found by the %s at 0x%" PRIx64 "</dd>\n</dl>\n</section>\n",
            p->facts.section_count,
            info->locator == MRTD_LOCATOR_IGVM ? "structures" : "descriptor",
            info->descriptor_offset, word_locator(info->locator),
            info->pointer_offset);
}

static void write_picture(FILE *to, const struct portrait *p)
{
    fprintf(to,
            "<section id=\"layout\">\n<h2>Layout</h2>\n<p>Which part of the "
            "file goes where in the memory of the TD, and what of it is "
            "measured, as the VMM %s launches it.</p>\n"
            "<div class=\"picture\">\n",
            p->e->options->vmm->name);
    picture_write_inline(to, p);
    fputs("</div>\n</section>\n", to);
}

/* --- Sections ---------------------------------------------------------- */

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

/* What a list of the page leaves out; an item has the tag in front. */
static void write_rest(FILE *to, const struct portrait *p, const char *before,
                       const char *after)
{
    uint32_t count = p->facts.section_count;
    if (count > PAGE_MAX_SECTIONS) {
        fprintf(to,
                "%s%" PRIu32 " more sections are not on this page; <code>"
                "mrtd-calc show</code> lists them%s\n",
                before, count - PAGE_MAX_SECTIONS, after);
    }
}

static void write_running(FILE *to, const struct portrait *p)
{
    uint32_t count = p->facts.section_count;
    fputs("<details>\n<summary>SHA-384 of the stream after each "
          "section</summary>\n<p>Where two images differ first.</p>\n"
          "<ol start=\"0\" class=\"running\">\n",
          to);
    for (uint32_t i = 0; i < count && i < PAGE_MAX_SECTIONS; i++) {
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        fprintf(to, "<li><code class=\"hex\">%s</code></li>\n",
                facts_running(hex, &p->facts.sections[i]));
    }
    fputs("</ol>\n", to);
    write_rest(to, p, "<p>", "</p>");
    fputs("</details>\n", to);
}

static void write_sections(FILE *to, const struct portrait *p)
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
         i < PAGE_MAX_SECTIONS && (s = regions_at(&p->facts.regions, i)); i++) {
        write_section(to, i, s, &p->facts.sections[i]);
    }
    write_rest(to, p, "<tr><td colspan=\"10\">", "</td></tr>");
    fprintf(to,
            "</tbody>\n<tfoot><tr><th colspan=\"7\">total</th><td>%" PRIu64
            "</td><td>%" PRIu64 "</td><td>%" PRIu64
            "</td></tr></tfoot>\n</table>\n</div>\n",
            plan->added_pages, plan->extended_pages, plan->hashed_bytes);
    write_running(to, p);
    fputs("</section>\n", to);
}

/* --- Warnings and notes ------------------------------------------------ */

struct findings {
    FILE *to;
    unsigned count;
};

static void write_finding(void *context, const struct mrtd_finding *f)
{
    struct findings *findings = context;
    FILE *to = findings->to;
    const char *word = f->severity == MRTD_WARNING ? "warning" : "note";
    if (findings->count++ == 0) {
        fputs("<ul>\n", to);
    }
    fprintf(to, "<li class=\"%s\"><b>%s:</b> ", word, word);
    if (f->offset != MRTD_NO_OFFSET) {
        fprintf(to, "offset 0x%" PRIx64 ": ", f->offset);
    }
    markup_text(to, f->message);
    fprintf(to, " <code>[%s]</code></li>\n", mrtd_code_name(f->code));
}

static void write_findings(FILE *to, const struct portrait *p)
{
    struct findings findings = {to, 0};
    fputs("<section id=\"findings\">\n<h2>Warnings and notes</h2>\n", to);
    evaluation_findings(p->e, write_finding, &findings);
    fputs(findings.count > 0 ? "</ul>\n" : "<p>None.</p>\n", to);
    fputs("</section>\n", to);
}

/* --- Reference value and footer ---------------------------------------- */

static void write_reference(FILE *to, const struct portrait *p)
{
    fprintf(to,
            "<section id=\"reference\">\n<h2>Reference value</h2>\n"
            "<p>For the VMM %s, as a sample of RVPS, the Reference "
            "Value Provider Service of Confidential Containers; one click "
            "selects all of it.</p>\n<pre class=\"copy\"><code>"
            "{&quot;mr_td&quot;: [&quot;%s&quot;]}</code></pre>\n</section>\n",
            p->e->options->vmm->name, p->facts.mrtd);
}

void page_write(FILE *to, const struct portrait *p)
{
    write_header(to, p);
    write_values(to, p);
    write_file(to, p);
    write_picture(to, p);
    write_sections(to, p);
    write_findings(to, p);
    page_write_verify(to, p);
    write_reference(to, p);
    fprintf(to,
            "</main>\n<footer><p>Made by mrtd-calc %s. A matching MRTD says "
            "which firmware was launched, not what it did later.</p></footer>\n"
            "</body>\n</html>\n",
            mrtd_version());
}
