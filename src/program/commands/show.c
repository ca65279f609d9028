/* SPDX-License-Identifier: Apache-2.0 */
/* show: what is in an image and what a VMM does with it, for people. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/launching.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "model/portrait.h"
#include "model/summary.h"
#include "printable.h"
#include "report/igvm.h"
#include "report/page.h"
#include "report/picture.h"
#include "report/words.h"

struct show_options {
    struct files files;
    struct launching launching;
    bool json;
    bool plan;
    bool trace;
    const char *svg;             /* or NULL */
    const char *html;            /* or NULL */
    const char *corim;           /* or NULL */
    const char *corim_signature; /* or NULL */
};

/* Formats of table rows: all columns are strings. */
#define SECTION_ROW "%3s %-12s %-22s %-24s %-18s %-15s %10s %12s\n"
#define RUN_ROW     "%4s %-16s %-24s %10s %-11s %12s %s\n"

#define CHUNKS_PER_PAGE (MRTD_PAGE_SIZE / MRTD_CHUNK_SIZE)

struct palette {
    const char *bold;
    const char *warning;
    const char *note;
    const char *off;
};

static struct palette palette(void)
{
    static const struct palette colour = {"\033[1m", "\033[33m", "\033[36m",
                                          "\033[0m"};
    static const struct palette plain = {"", "", "", ""};
    return output_colour() ? colour : plain;
}

static void show_head(const struct evaluation *e, const struct summary *sum,
                      const struct palette *p)
{
    const struct mrtd_image_info *info = mrtd_image_info(e->image);
    const struct mrtd_guid_entry *g;
    output("%s%s%s\n", p->bold, printable(e->name), p->off);
    if (e->options->vars) {
        output("  VARS in front  %s\n", printable(e->options->vars));
    }
    output("  size           %" PRIu64 " bytes\n", info->size);
    output("  SHA-256        %s\n", sum->sha256);
    output("  locator        %s at 0x%" PRIx64 "\n",
           word_locator(info->locator), info->pointer_offset);
    output("  metadata       %s at 0x%" PRIx64 ", %" PRIu32 " sections\n",
           info->locator == MRTD_LOCATOR_IGVM ? "structures"
                                              : "TDVF_DESCRIPTOR",
           info->descriptor_offset, info->section_count);
    igvm_show(e->image);
    for (uint32_t i = 0; (g = mrtd_image_guid_entry(e->image, i)); i++) {
        output("  %-14s %s  %s, %u bytes at 0x%" PRIx64 "\n",
               i == 0 ? "GUIDed table" : "", g->guid,
               g->name ? g->name : "unknown", g->size, g->offset);
    }
    output("  VMM profile    %s (%s)\n", e->options->profile->name,
           word_software(e->options->profile, e->image));
}

static void show_sections(const struct evaluation *e, const struct summary *sum,
                          const struct palette *p)
{
    const struct mrtd_section *s;
    char file[WORD_SIZE];
    char gpa[WORD_SIZE];
    char attr[WORD_SIZE];
    char index[16];
    char pages[24];
    char bytes[24];
    output("\n%s", p->bold);
    output(SECTION_ROW, "#", "type", "file range", "GPA range", "attributes",
           "treatment", "pages", "bytes hashed");
    output("%s", p->off);
    for (uint32_t i = 0; (s = mrtd_image_section(e->image, i)); i++) {
        const struct section_summary *x = &sum->sections[i];
        snprintf(index, sizeof index, "%" PRIu32, i);
        snprintf(pages, sizeof pages, "%" PRIu64,
                 s->memory_data_size / MRTD_PAGE_SIZE);
        snprintf(bytes, sizeof bytes, "%" PRIu64, summary_hashed_bytes(x));
        output(SECTION_ROW, index, mrtd_section_type_name(s->type),
               word_range(file, s->data_offset, s->raw_data_size),
               word_range(gpa, s->memory_address, s->memory_data_size),
               word_attributes(attr, s), word_treatment(x), pages, bytes);
    }
    output("\n%sSHA-384 of the stream after each section%s\n", p->bold, p->off);
    for (uint32_t i = 0; mrtd_image_section(e->image, i); i++) {
        char hex[MRTD_HEX_SIZE];
        output("%3" PRIu32 "  %s\n", i,
               summary_running(hex, &sum->sections[i]));
    }
}

static void show_finding(void *context, const struct mrtd_finding *f)
{
    const struct palette *p = context;
    bool warning = f->severity == MRTD_WARNING;
    output("%s%s%s: ", warning ? p->warning : p->note,
           warning ? "warning" : "note", p->off);
    if (f->offset != MRTD_NO_OFFSET) {
        output("offset 0x%" PRIx64 ": ", f->offset);
    }
    output("%s [%s]\n", f->message, mrtd_code_name(f->code));
}

static void show_totals(const struct evaluation *e)
{
    const struct mrtd_plan_info *info = mrtd_plan_info(e->plan);
    output("%s: %" PRIu64 " TDH.MEM.PAGE.ADD, %" PRIu64
           " TDH.MR.EXTEND, %" PRIu64 " bytes hashed\n",
           info->profile->name, info->added_pages,
           info->extended_pages * CHUNKS_PER_PAGE, info->hashed_bytes);
}

static enum exit_status show_text(struct evaluation *e)
{
    struct palette p = palette();
    struct summary sum;
    enum exit_status status = summary_make(e, &sum);
    if (status) {
        return status;
    }
    show_head(e, &sum, &p);
    show_sections(e, &sum, &p);
    output("\n");
    show_totals(e);
    evaluation_findings(e, show_finding, &p);
    output("%sMRTD%s %s\n", p.bold, p.off, sum.mrtd);
    summary_free(&sum);
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

static void show_plan(const struct evaluation *e)
{
    const struct mrtd_run *run;
    char index[16];
    char section[32];
    char gpa[WORD_SIZE];
    char pages[24];
    char bytes[24];
    char from[80];
    output(RUN_ROW, "run", "section", "GPA range", "pages", "operations",
           "bytes hashed", "content");
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        const struct mrtd_section *s =
            mrtd_image_section(e->image, run->section);
        uint64_t count = run->size / MRTD_PAGE_SIZE;
        snprintf(index, sizeof index, "%" PRIu32, i);
        snprintf(section, sizeof section, "%" PRIu32 " %s", run->section,
                 mrtd_section_type_name(s->type));
        snprintf(pages, sizeof pages, "%" PRIu64, count);
        snprintf(bytes, sizeof bytes, "%" PRIu64,
                 count * (128U * (unsigned)run->add +
                          6144U * (unsigned)run->extend));
        output(RUN_ROW, index, section, word_range(gpa, run->gpa, run->size),
               pages,
               !run->extend ? "ADD"
               : run->add   ? "ADD, EXTEND"
                            : "EXTEND",
               bytes, content(from, run));
    }
    show_totals(e);
}

/* One TDH.MR.EXTEND: its GPA, where its bytes are, how many (then zeros). */
static void trace_extend(const struct mrtd_run *run, uint64_t offset)
{
    uint64_t left = offset < run->data_size ? run->data_size - offset : 0;
    if (run->content == MRTD_CONTENT_ZERO || left == 0) {
        output("MR.EXTEND 0x%" PRIx64 " zeros\n", run->gpa + offset);
        return;
    }
    output("MR.EXTEND 0x%" PRIx64 " %s 0x%" PRIx64 " %" PRIu64 "\n",
           run->gpa + offset, content_name(run->content),
           run->data_offset + offset,
           left < MRTD_CHUNK_SIZE ? left : MRTD_CHUNK_SIZE);
}

static void show_trace(const struct evaluation *e)
{
    const struct mrtd_run *run;
    for (uint32_t i = 0; (run = mrtd_plan_run(e->plan, i)); i++) {
        for (uint64_t page = 0; page < run->size; page += MRTD_PAGE_SIZE) {
            if (run->add) {
                output("MEM.PAGE.ADD 0x%" PRIx64 "\n", run->gpa + page);
            }
            for (unsigned c = 0; run->extend && c < CHUNKS_PER_PAGE; c++) {
                trace_extend(run, page + c * MRTD_CHUNK_SIZE);
            }
        }
    }
}

/* --- Pictures and pages -----------------------------------------------------
 */

typedef void write_fn(FILE *to, const struct portrait *p);

/* A stream's way to standard output, where write errors are noticed. */
static ssize_t write_output(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    output("%.*s", (int)size, text);
    return (ssize_t)size;
}

static enum exit_status write_drawing(const struct portrait *p,
                                      const char *name, write_fn *write)
{
    struct outfile file;
    if (strcmp(name, "-") == 0) {
        FILE *to = fopencookie(NULL, "w",
                               (cookie_io_functions_t){.write = write_output});
        if (!to) {
            diagnostic("out of memory");
            return EXIT_IO;
        }
        write(to, p);
        fclose(to);
        return EXIT_DONE;
    }
    enum exit_status status = outfile_open(&file, name);
    if (!status) {
        write(file.stream, p);
        status = outfile_close(&file);
    }
    return status;
}

static enum exit_status show_drawings(struct evaluation *e,
                                      const struct show_options *o)
{
    struct portrait p;
    enum exit_status status = portrait_make(&p, e);
    if (status) {
        return status;
    }
    evaluation_report(e);
    if (o->svg) {
        status = write_drawing(&p, o->svg, picture_write_file);
    }
    if (!status && o->html) {
        status = write_drawing(&p, o->html, page_write);
    }
    portrait_free(&p);
    return status ? status : outfile_place();
}

static enum exit_status show(const struct show_options *o, const char *name,
                             bool *printed)
{
    struct evaluation e;
    enum exit_status status = evaluation_open(&e, &o->launching.launch, name);
    if (status) {
        return status;
    }
    output("%s", *printed && !o->json ? "\n" : "");
    *printed = true;
    if (o->json) {
        status = json_print(&e);
    } else if (o->corim || o->corim_signature) {
        evaluation_report(&e);
        status = igvm_save(&e, o->corim, o->corim_signature);
    } else if (o->svg || o->html) {
        status = show_drawings(&e, o);
    } else if (o->plan) {
        evaluation_report(&e);
        show_plan(&e);
    } else if (o->trace) {
        evaluation_report(&e);
        show_trace(&e);
    } else {
        status = show_text(&e);
    }
    evaluation_close(&e);
    return status;
}

static enum exit_status run(void *options)
{
    const struct show_options *o = options;
    enum exit_status status = EXIT_DONE;
    bool printed = false;
    for (int i = 0; i < o->files.operand_count; i++) {
        status = worst(status, show(o, o->files.operands[i], &printed));
    }
    return status;
}

static bool check(void *options)
{
    struct show_options *o = options;
    const bool draws = o->svg || o->html;
    const bool saves = o->corim || o->corim_signature;
    const bool lists = o->plan || o->trace || o->json;
    const int count = o->files.operand_count;
    return OPTIONS_EXCLUDE({"--plan", o->plan}, {"--trace", o->trace},
                           {"--json", o->json}) &&
           options_must(!draws || count <= 1,
                        "--svg and --html are for a single file") &&
           options_must(!draws || !lists,
                        "--svg and --html are written in place of --plan, "
                        "--trace, --json") &&
           options_must(!saves || (!draws && !lists && count <= 1),
                        "--corim and --corim-signature only save, from a "
                        "single file") &&
           options_must(!draws || count > 0,
                        "no file is given ('-' is standard input); --svg and "
                        "--html name the file that is written") &&
           launching_check(&o->launching, &o->files, command_show.title,
                           LAUNCHING_ONE);
}

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct show_options, member, argument, text)

static const struct option_row rows[] = {
    {OWN("json", JSON, json, OPTION_ALONE,
         "print one JSON object for each image")},
    {OWN("plan", FLAG, plan, OPTION_ALONE,
         "list what the VMM does, run by run")},
    {OWN("trace", FLAG, trace, OPTION_ALONE,
         "list what the VMM does, one operation a line")},
    {OWN("svg", OUTPUT, svg, OPTION_IS_FILE, "write a picture of the image"),
     .type = "svg"},
    {OWN("html", OUTPUT, html, OPTION_IS_FILE,
         "write a page about the image, with the picture"),
     .type = "html"},
    {OWN("corim", OUTPUT, corim, OPTION_IS_FILE,
         "save the CoRIM that an IGVM file carries"),
     .type = "corim"},
    {OWN("corim-signature", OUTPUT, corim_signature, OPTION_IS_FILE,
         "save that CoRIM's signature"),
     .type = "signature"},
};
static const struct option_table table = OPTION_TABLE(rows);

#define AT(member) offsetof(struct show_options, member)
const struct command command_show = {
    .word = "show",
    .title = "show",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .is_long = true,
    .size = sizeof(struct show_options),
    .uses = {{&table, 0},
             {&options_force, AT(files)},
             {&launching_vmm, AT(launching)},
             {&launching_vars, AT(launching)},
             {&launching_format, AT(launching)},
             {&launching_how, AT(launching)},
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say what is in an image, and what of it is hashed",
    .usage = {"show [OPTION]... IMAGE..."},
    .text = "Lists the sections of an image, what a VMM does with each, and "
            "each VMM's MRTD. It can also draw a picture and write a page.",
    .examples = {"mrtd-calc show OVMF.fd",
                 "mrtd-calc show --html OVMF.html OVMF.fd"},
};
