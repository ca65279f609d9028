/* SPDX-License-Identifier: Apache-2.0 */
/* show: what is in an image and what a VMM does with it, for people. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "model/corim.h"
#include "model/portrait.h"
#include "reference/kinds.h"
#include "report/page.h"
#include "report/picture.h"
#include "report/show.h"

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

/* --- CoRIM --------------------------------------------------------------- */

static enum exit_status write_blob(struct evaluation *e,
                                   const struct mrtd_igvm_blob *b,
                                   const char *name)
{
    char *bytes = NULL;
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    if (corim_read(e, b, &bytes, &failure)) {
        return diagnostic_failure(&failure);
    }
    if (strcmp(name, "-") == 0) {
        fwrite(bytes, 1, b->size, output_stream());
    } else {
        status = outfile_write(name, bytes, b->size);
    }
    free(bytes);
    return status;
}

/* Writes the CoRIM document for TDX and its signature to the files that the
 * options name; where one is missing says so, and writes neither. */
static enum exit_status save_corim(struct evaluation *e,
                                   const struct show_options *o)
{
    const struct {
        const char *name;
        enum mrtd_igvm_blob_kind kind;
    } wanted[] = {
        {o->corim, MRTD_IGVM_CORIM},
        {o->corim_signature, MRTD_IGVM_CORIM_SIGNATURE},
    };
    const struct mrtd_igvm_blob *found[2] = {NULL, NULL};
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < 2; i++) {
        if (wanted[i].name &&
            corim_find(e, wanted[i].kind, &found[i], &failure)) {
            return diagnostic_failure(&failure);
        }
    }
    for (size_t i = 0; i < 2 && !status; i++) {
        if (wanted[i].name && found[i]) {
            status = write_blob(e, found[i], wanted[i].name);
        }
    }
    return status ? status : outfile_place();
}

/* --- Pictures and pages ------------------------------------------------ */

typedef void write_fn(FILE *to, const struct portrait *p);

static enum exit_status write_drawing(const struct portrait *p,
                                      const char *name, write_fn *write)
{
    struct outfile file;
    if (strcmp(name, "-") == 0) {
        write(output_stream(), p);
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
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    if (portrait_make(&p, e, &failure)) {
        return diagnostic_failure(&failure);
    }
    p.is_command = command_is_word;
    open_report(e);
    open_report_value(e, &p.facts.value);
    if (o->svg) {
        status = write_drawing(&p, o->svg, picture_write_file);
    }
    if (!status && o->html) {
        status = write_drawing(&p, o->html, page_write);
    }
    portrait_free(&p);
    return status ? status : outfile_place();
}

/* What is printed of it. */
static enum exit_status show_printed(const struct evaluation *e,
                                     const struct show_options *o)
{
    FILE *to = output_stream();
    struct failure failure;
    enum exit_status status;
    if (o->plan || o->trace) {
        open_report(e);
    }
    if (o->plan) {
        status = show_plan(to, e, &failure);
    } else if (o->trace) {
        status = show_trace(to, e, &failure);
    } else if (o->json) {
        status = show_json(to, e, &failure);
    } else {
        status = show_text(to, e, output_colour(), &failure);
    }
    return diagnostic_outcome(status, &failure);
}

static enum exit_status show(const struct show_options *o, const char *name,
                             bool *printed)
{
    struct open_files files;
    struct evaluation e;
    enum exit_status status =
        open_evaluation(&files, &e, &o->launching.launch, name);
    if (status) {
        return status;
    }
    if (*printed && !o->json) {
        output("\n");
    }
    *printed = true;
    if (o->corim || o->corim_signature) {
        open_report(&e);
        status = save_corim(&e, o);
    } else if (o->svg || o->html) {
        status = show_drawings(&e, o);
    } else {
        status = show_printed(&e, o);
    }
    open_close(&files, &e);
    return status;
}

static enum exit_status run(void *options)
{
    struct show_options *o = options;
    enum exit_status status = EXIT_DONE;
    bool printed = false;
    /* A page has all launches. */
    const size_t count = o->html ? 1 : launch_count(&o->launching.launch);
    if (count > 1) {
        diagnostic_once();
    }
    for (size_t l = 0; l < count; l++) {
        launch_select(&o->launching.launch, l);
        for (int i = 0; i < o->files.operand_count; i++) {
            status = worst(status, show(o, o->files.operands[i], &printed));
        }
    }
    return status;
}

/* What depends on the platform, and on how many launches there are. */
static bool check_launches(const struct show_options *o)
{
    const struct launch_options *launch = &o->launching.launch;
    const bool saves = o->corim || o->corim_signature;
    const size_t count = launch_count(launch);
    return options_must(!o->svg || count == 1,
                        "--svg is for a single launch") &&
           options_must(!o->html || count <= PORTRAIT_LAUNCHES,
                        "--html is for 1024 launches at most") &&
           options_must(!saves || launch->platform == MRTD_PLATFORM_TDX,
                        "--corim and --corim-signature save what is for TDX");
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
                        "--svg and --html are written instead of --plan, "
                        "--trace, --json") &&
           options_must(!saves || (!draws && !lists && count <= 1),
                        "--corim and --corim-signature only save, from a "
                        "single file") &&
           options_must(!draws || count > 0,
                        "no file is given ('-' is standard input); --svg and "
                        "--html name the file that is written") &&
           launching_check(&o->launching, &o->files, command_show.title,
                           LAUNCHING_ONE) &&
           check_launches(o);
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
     .writes = &kind_picture},
    {OWN("html", OUTPUT, html, OPTION_IS_FILE,
         "write a page about the image, with the picture"),
     .writes = &kind_page},
    {OWN("corim", OUTPUT, corim, OPTION_IS_FILE,
         "save the CoRIM that an IGVM file carries"),
     .writes = &kind_corim},
    {OWN("corim-signature", OUTPUT, corim_signature, OPTION_IS_FILE,
         "save that CoRIM's signature"),
     .writes = &kind_corim_signature},
};

#define AT(member) offsetof(struct show_options, member)
const struct command command_show = {
    .word = "show",
    .title = "show",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .is_long = true,
    .size = sizeof(struct show_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&options_force, AT(files)},
             {&launching_vmm, AT(launching)},
             {&guest_launch, AT(launching)},
             {&guest_firmware, AT(launching)},
             {&launching_images, AT(launching)},
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
