/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "printable.h"
#include "reference/guest_names.h"
#include "report/markup.h"
#include "report/page_parts.h"
#include "report/picture.h"
#include "report/style.h"
#include "report/words.h"

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
#define TITLE_ENDS       ": MRTD and layout</title>"
#define GUEST_TITLE_ENDS ": launch digest and layout</title>"

static const struct file_start starts[] = {
    FILE_START_WITH(PAGE_BEGINS, TITLE_ENDS, NULL),
    FILE_START_WITH(PAGE_BEGINS, GUEST_TITLE_ENDS, NULL), FILE_START_NONE};
const struct file_kind kind_page = {"a page (HTML) about an image", 0, starts};

/* What a page of each platform says at its beginning. */
struct head {
    const char *title_ends;
    const char *kind;
    const char *about;
};

static const struct head *head_of(const struct portrait *p)
{
#define SEV_ABOUT                                                              \
    "The launch digest is what the processor recorded of the firmware"         \
    " and of what the guest began with. "
    static const struct head heads[] = {
        [MRTD_PLATFORM_TDX] = {TITLE_ENDS, "Intel TDX firmware",
                               "MRTD is the launch measurement of a TD: what "
                               "the hardware recorded of its firmware and "
                               "initial memory. A TD that was launched with "
                               "this firmware carries in its quote the value "
                               "below that belongs to its VMM."},
        [MRTD_PLATFORM_SNP] = {GUEST_TITLE_ENDS, "AMD SEV-SNP firmware",
                               SEV_ABOUT
                               "A guest that was launched with this firmware "
                               "carries in its attestation report the value "
                               "below that belongs to its VMM and, where these "
                               "are named, its virtual CPUs and features."},
        [MRTD_PLATFORM_SEV_ES] = {GUEST_TITLE_ENDS, "AMD SEV-ES firmware",
                                  SEV_ABOUT},
        [MRTD_PLATFORM_SEV] = {GUEST_TITLE_ENDS, "AMD SEV firmware", SEV_ABOUT},
    };
    return &heads[p->e->options->platform];
}

static bool is_guest(const struct portrait *p)
{
    return p->other == MRTD_PLATFORM_TDX;
}

/* Who launches it: an IGVM file may have another default than the platform. */
static const char *vmm_of(const struct portrait *p)
{
    return is_guest(p) ? mrtd_plan_info(p->e->plan)->vmm->name
                       : p->e->options->vmm->name;
}

static void write_header(FILE *to, const struct portrait *p)
{
    const struct head *head = head_of(p);
    fputs(PAGE_BEGINS
          "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
          to);
    markup_text(to, markup_name(p->file));
    fprintf(to, "%s\n<style>%s</style>\n", head->title_ends, page_style);
    fprintf(to,
            "</head>\n<body>\n<main>\n<header>\n"
            "<p class=\"kind\">%s</p>\n<h1>",
            head->kind);
    write_name(to, p->file);
    fprintf(to, "</h1>\n<p>%s</p>\n</header>\n", head->about);
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

static void write_hashed(FILE *to, const char *what, const char *sha256)
{
    fprintf(to,
            "<dt>SHA-256 of %s</dt><dd><code class=\"hex\">%s</code></dd>\n",
            what, sha256);
}

/* What a guest is launched with beside the file. */
static void write_guest_files(FILE *to, const struct portrait *p)
{
    const struct guest_facts *facts = &p->guest;
    const char *append = p->e->options->guest.append;
    write_link(to, "SVSM", p->svsm);
    if (p->svsm) {
        write_hashed(to, "the SVSM", facts->svsm);
    }
    if (!p->kernel) {
        return;
    }
    write_link(to, "Kernel", p->kernel);
    write_hashed(to, "the kernel", facts->kernel);
    write_link(to, "Initrd", p->initrd);
    write_hashed(to, p->initrd ? "the initrd" : "no initrd", facts->initrd);
    fputs("<dt>Command line</dt><dd><code>", to);
    markup_text(to, append ? printable(append) : "");
    fputs("</code></dd>\n", to);
    write_hashed(to, "it and a zero", facts->append);
}

static void write_sev(FILE *to, const struct portrait *p)
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(p->e->image);
    if (mrtd_image_igvm(p->e->image)) {
        fprintf(to,
                "<dt>IGVM</dt><dd>%" PRIu32 " sections in its structures</dd>"
                "\n",
                p->facts.section_count);
        return;
    }
    if (sev && sev->metadata_offset != MRTD_NO_OFFSET) {
        fprintf(to,
                "<dt>SEV metadata</dt><dd>%" PRIu32 " sections; at 0x%" PRIx64
                "</dd>\n",
                sev->section_count, sev->metadata_offset);
    } else {
        fputs("<dt>SEV metadata</dt><dd>none</dd>\n", to);
    }
    if (sev && sev->reset_offset != MRTD_NO_OFFSET) {
        fprintf(to,
                "<dt>Reset block</dt><dd>virtual CPUs but the first start at "
                "0x%" PRIx32 "</dd>\n",
                sev->reset_address);
    }
}

static void write_tdx(FILE *to, const struct portrait *p)
{
    const struct mrtd_image_info *info = mrtd_image_info(p->e->image);
    fprintf(to,
            "<dt>TDX metadata</dt><dd>%" PRIu32 " sections; %s at 0x%" PRIx64
            ", found by the %s at 0x%" PRIx64 "</dd>\n",
            p->facts.section_count,
            info->locator == MRTD_LOCATOR_IGVM ? "structures" : "descriptor",
            info->descriptor_offset, word_locator(info->locator),
            info->pointer_offset);
}

static void write_file(FILE *to, const struct portrait *p)
{
    const uint64_t bytes = mrtd_image_info(p->e->image)->size;
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
            "</code><br>of the bytes of the file; this is not the %s</dd>\n",
            bytes, word_size(size, bytes), p->facts.sha256, p->facts.sha384,
            is_guest(p) ? "launch digest" : "MRTD");
    if (is_guest(p)) {
        write_guest_files(to, p);
        write_sev(to, p);
    } else {
        write_tdx(to, p);
    }
    fputs("</dl>\n</section>\n", to);
}

static void write_picture(FILE *to, const struct portrait *p)
{
    fprintf(to,
            "<section id=\"layout\">\n<h2>Layout</h2>\n<p>Which part of the "
            "file goes where in the memory of the %s, and what of it is "
            "measured, as the VMM %s launches it.</p>\n"
            "<div class=\"picture\">\n",
            is_guest(p) ? "guest" : "TD", vmm_of(p));
    picture_write_inline(to, p);
    fputs("</div>\n</section>\n", to);
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
    evaluation_value_findings(p->e, &p->facts.value, write_finding, &findings);
    fputs(findings.count > 0 ? "</ul>\n" : "<p>None.</p>\n", to);
    fputs("</section>\n", to);
}

/* --- Reference value and footer ---------------------------------------- */

static void begin_reference(FILE *to, const char *of, const char *key)
{
    fprintf(to,
            "<section id=\"reference\">\n<h2>Reference value</h2>\n"
            "<p>%s, as a sample of RVPS, the Reference Value Provider Service "
            "of Confidential Containers; one click selects all of it.</p>\n"
            "<pre class=\"copy\"><code>{&quot;%s&quot;: [",
            of, key);
}

static void end_reference(FILE *to)
{
    fputs("]}</code></pre>\n</section>\n", to);
}

static void write_mrtd_reference(FILE *to, const struct portrait *p)
{
    char of[100];
    snprintf(of, sizeof of, "For the VMM %s", p->e->options->vmm->name);
    begin_reference(to, of, "mr_td");
    fprintf(to, "&quot;%s&quot;", p->facts.mrtd);
    end_reference(to);
}

/* Was the value of the index-th launch that of an earlier one? */
static bool is_met(const struct launches *launches, size_t index)
{
    const struct launch *x = &launches->items[index];
    size_t i = 0;
    while (i < index &&
           (launches->items[i].error.code ||
            !mrtd_value_equal(&launches->items[i].value, &x->value))) {
        i++;
    }
    return i < index;
}

/* Of all launches; RVPS has no value of SEV-ES or SEV. */
static void write_snp_reference(FILE *to, const struct portrait *p)
{
    const char *comma = "";
    if (p->facts.value.id != MRTD_REGISTER_SNP) {
        return;
    }
    begin_reference(to,
                    p->launches.count > 1 ? "For the launches above"
                                          : "For the launch above",
                    guest_names_of(MRTD_REGISTER_SNP)->member);
    for (size_t i = 0; i < p->launches.count; i++) {
        const struct launch *x = &p->launches.items[i];
        char hex[MRTD_HEX_SIZE];
        if (x->error.code || is_met(&p->launches, i)) {
            continue;
        }
        mrtd_hex_encode(hex, x->value.digest.bytes, x->value.digest.size);
        fprintf(to, "%s&quot;%s&quot;", comma, hex);
        comma = ", ";
    }
    end_reference(to);
}

void page_write(FILE *to, const struct portrait *p)
{
    write_header(to, p);
    page_write_values(to, p);
    page_write_boot(to, p);
    page_write_inputs(to, p);
    write_file(to, p);
    write_picture(to, p);
    if (is_guest(p)) {
        page_write_guest(to, p);
    } else {
        page_write_sections(to, p);
    }
    write_findings(to, p);
    page_write_verify(to, p);
    if (is_guest(p)) {
        write_snp_reference(to, p);
    } else {
        write_mrtd_reference(to, p);
    }
    fprintf(to,
            "</main>\n<footer><p>Made by mrtd-calc %s. A matching %s says "
            "which firmware was launched, not what it did later.</p></footer>\n"
            "</body>\n</html>\n",
            mrtd_version(), is_guest(p) ? "launch digest" : "MRTD");
}
