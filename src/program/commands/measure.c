/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/batch.h"
#include "commands/commands.h"
#include "commands/open.h"
#include "groups/boot_options.h"
#include "groups/image_options.h"
#include "groups/launching.h"
#include "groups/rtmr0_options.h"
#include "groups/uki_options.h"
#include "groups/vmsas.h"
#include "io/diagnostic.h"
#include "io/outfile.h"
#include "model/boot.h"
#include "model/guest_facts.h"
#include "report/lines.h"
#include "report/show.h"

struct measure_options {
    struct files files;
    struct launching launching;
    struct batch_options batch;
    struct vmsas_options vmsas;
    bool tag;
    bool no_newline;
    bool base64;
    bool json;
    bool verbose;
};

static enum exit_status print(const struct measure_options *o,
                              const struct evaluation *e,
                              const struct mrtd_value *value,
                              struct failure *failure)
{
    /* A label has the features that are measured. */
    struct launch_options launch = *e->options;
    const bool is_tdx = launch.platform == MRTD_PLATFORM_TDX;
    const char *title = guest_mode_title(&o->launching.guest);
    char text[MRTD_HEX_SIZE];
    FILE *to = output_stream();
    /* A list is made of a name's bytes as they are. */
    const bool shown = isatty(STDOUT_FILENO);
    if (!is_tdx && guest_first_features(e, &launch.guest.features, failure)) {
        return failure->status;
    }
    lines_value(text, value, o->base64);
    if (o->tag || (!is_tdx && o->files.operand_count > 1)) {
        lines_tagged(to, &launch, mrtd_plan_info(e->plan)->vmm, value->id, text,
                     e->name, shown);
    } else if (o->files.operand_count > 1) {
        lines_plain(to, text, e->name, shown);
    } else if (o->verbose && title) {
        fprintf(to, "Calculated %s guest measurement: %s", title, text);
    } else {
        fputs(text, to);
    }
    if (!o->no_newline) {
        fputc('\n', to);
    }
    return EXIT_DONE;
}

static enum exit_status measure(const struct measure_options *o,
                                const struct evaluation *e,
                                struct failure *failure)
{
    struct mrtd_value value;
    const enum exit_status status =
        evaluation_measure(e, NULL, NULL, &value, failure);
    if (status) {
        return status;
    }
    open_report_value(e, &value);
    return print(o, e, &value, failure);
}

/* --- Registers that are extended later ----------------------------------- */

static enum exit_status print_registers(const struct measure_options *o,
                                        const struct evaluation *e,
                                        const struct boot *boot,
                                        struct failure *failure)
{
    struct mrtd_value mrtd = {.id = MRTD_REGISTER_MRTD};
    if (e->options->boot.registers & LAUNCH_MRTD && !e->options->boot.lists) {
        const enum exit_status status =
            evaluation_measure(e, NULL, NULL, &mrtd, failure);
        if (status) {
            return status;
        }
        open_report_value(e, &mrtd);
    }
    for (size_t i = 0; i < boot->note_count; i++) {
        diagnostic_file(e->name, "note: %s [%s]", boot->notes[i].message,
                        boot->notes[i].code);
    }
    const struct lines_form form = {.tag = o->tag,
                                    .base64 = o->base64,
                                    .no_newline = o->no_newline,
                                    .shown = isatty(STDOUT_FILENO)};
    if (e->options->boot.lists) {
        lines_events(output_stream(), boot);
    } else {
        lines_registers(output_stream(), boot, &mrtd, &form);
    }
    return EXIT_DONE;
}

static enum exit_status measure_registers(const struct measure_options *o,
                                          const struct evaluation *e,
                                          struct failure *failure)
{
    struct boot boot;
    enum exit_status status = boot_make(&boot, e, failure);
    if (!status) {
        open_report(e);
        status = print_registers(o, e, &boot, failure);
    }
    boot_free(&boot);
    return status;
}

/* One file by itself: JSON, or the MRTD with progress shown. */
static enum exit_status measure_one(const struct measure_options *o,
                                    const char *name)
{
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    enum exit_status status =
        open_evaluation(&files, &e, &o->launching.launch, name);
    if (status) {
        return status;
    }
    const bool boots = e.options->boot.registers & LAUNCH_BOOT;
    if (!o->json && !boots) {
        open_report(&e);
    }
    status = vmsas_write(&o->vmsas, &e);
    if (!status) {
        status = o->json ? show_json(output_stream(), &e, &failure)
                 : boots ? measure_registers(o, &e, &failure)
                         : measure(o, &e, &failure);
        status = diagnostic_outcome(status, &failure);
    }
    if (!status) {
        status = outfile_place();
    }
    open_close(&files, &e);
    return status;
}

static enum exit_status print_each(void *context, size_t index,
                                   enum exit_status status,
                                   const struct evaluation *e,
                                   const struct mrtd_value *value)
{
    struct failure failure;
    (void)index;
    if (status) {
        return status;
    }
    open_report_value(e, value);
    return diagnostic_outcome(print(context, e, value, &failure), &failure);
}

static enum exit_status measure_batch(void *context, size_t first, size_t count)
{
    struct measure_options *o = context;
    char *const *names = o->files.operands + first;
    enum exit_status status = EXIT_DONE;
    if (!o->json && count > 1) {
        struct batch_image images[BATCH_SIZE];
        for (size_t i = 0; i < count; i++) {
            images[i] = (struct batch_image){names[i], &o->launching.launch};
        }
        return batch_measure(images, count, true, print_each, o);
    }
    for (size_t i = 0; i < count; i++) {
        status = worst(status, measure_one(o, names[i]));
    }
    return status;
}

/* For several launches a list that -c reads, one launch after the other. */
static enum exit_status run(void *options)
{
    struct measure_options *o = options;
    struct launch_options *launch = &o->launching.launch;
    enum exit_status status = EXIT_DONE;
    if (launch_count(launch) > 1) {
        o->tag |= !o->json;
        diagnostic_once();
    }
    for (size_t i = 0; launch_select(launch, i); i++) {
        status =
            worst(status, batch_run(measure_batch, o,
                                    (size_t)o->files.operand_count, &o->batch));
    }
    return status;
}

/* What depends on how many values there are, and on which. */
static bool check_values(const struct measure_options *o)
{
    const struct launch_options *launch = &o->launching.launch;
    const struct launch_guest *guest = &launch->guest;
    const unsigned boot = launch->boot.registers;
    const bool several = launch_count(launch) > 1;
    const bool lists =
        !o->json && (o->tag || o->files.operand_count > 1 || several);
    return options_must(!(boot & LAUNCH_BOOT) ||
                            (o->files.operand_count <= 1 && !several),
                        "--register is for a single file and VMM") &&
           options_must(!o->json || !guest->firmware_only,
                        "--ovmf-hash prints a digest on the way to the value, "
                        "and --json a measurement") &&
           options_must(!lists || !guest->firmware_only,
                        "--ovmf-hash is for a single file and VMM, and not for "
                        "--tag: no list has a digest on the way") &&
           options_must(!lists ||
                            (!guest->svsm && guest->firmware_digest.size == 0),
                        "--snp-ovmf-hash and --svsm are for a single file and "
                        "launch, and not for --tag: no list says them; --json "
                        "does") &&
           options_must(!o->no_newline || (boot & (boot - 1)) == 0,
                        "-n is for a single register") &&
           options_must(!o->no_newline ||
                            (o->files.operand_count <= 1 && !several),
                        "-n is for a single file and launch") &&
           options_must(!launch->boot.lists || boot & LAUNCH_BOOT,
                        "--list-events is for --register rtmr0, rtmr1, rtmr2, "
                        "kernel, cmdline, uki, sections and all") &&
           options_must(!launch->boot.lists ||
                            (!o->tag && !o->base64 && !o->no_newline),
                        "--list-events prints no values: without --tag, "
                        "--base64 and -n") &&
           options_must(!o->base64 || !several,
                        "--base64 is for a single launch: lists of several are "
                        "hexadecimal");
}

static bool check(void *options)
{
    struct measure_options *o = options;
    const char *format = o->launching.guest.output_format;
    if (!OPTIONS_EXCLUDE({"--output-format", format != NULL},
                         {"--base64", o->base64}, {"--json", o->json})) {
        return false;
    }
    o->base64 |= format && strcmp(format, "base64") == 0;
    return options_must(!o->verbose || o->launching.guest.mode,
                        "-v is for --version and --help") &&
           OPTIONS_EXCLUDE({"--json", o->json}, {"--base64", o->base64},
                           {"--tag", o->tag}) &&
           OPTIONS_EXCLUDE({"-n", o->no_newline}, {"--json", o->json}) &&
           launching_check(&o->launching, &o->files, command_measure.title,
                           LAUNCHING_SEVERAL) &&
           vmsas_check(&o->vmsas, &o->files, &o->launching.launch) &&
           check_values(o);
}

#define OWN(name, kind, member, text)                                          \
    OPTION(name, kind, struct measure_options, member, OPTION_ALONE, text)

static const struct option_row rows[] = {
    {OWN("tag", FLAG, tag, "print 'MRTD (FILE) = HEX'")},
    {OWN("base64", FLAG, base64, "print base64 instead of hexadecimal")},
    {OWN("json", JSON, json, "print one JSON object a line")},
    {OWN("no-newline", FLAG, no_newline, "print no newline after the MRTD"),
     .letter = 'n'},
};

static const struct option_row rows_program[] = {
    {.name = "version",
     .kind = OPTION_QUESTION,
     .text = "print the program's version; with -v also the SHA-384 engines, "
             "CBOR and the sandbox",
     .question = &help_of_version},
    {OWN("verbose", MORE, verbose, "with --version and --help: more"),
     .letter = 'v'},
};

#define AT(member) offsetof(struct measure_options, member)
const struct command command_measure = {
    .title = "printing MRTDs",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct measure_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&launching_vmms, AT(launching)},
             {&guest_launch, AT(launching)},
             {&guest_value, AT(launching)},
             {&guest_words, AT(launching)},
             {&vmsas_options, AT(vmsas)},
             {&options_force, AT(files)},
             {&launching_images, AT(launching)},
             {&boot_options, AT(launching)},
             {&rtmr0_options, AT(launching)},
             {&image_options, AT(launching)},
             {&uki_options, AT(launching)},
             {&batch_options_table, AT(batch)},
             {&options_of_all, 0},
             {OPTION_ROWS(rows_program), 0}},
    .check = check,
    .run = run,
    .usage = {"[OPTION]... FIRMWARE..."},
    .text = "Prints the MRTD of each image, 96 hexadecimal digits; of several, "
            "with their names, as sha256sum does. -c checks such lines later.",
    .examples = {"mrtd-calc OVMF.fd", "mrtd-calc --vmm cloud-hypervisor "
                                      "--payload bzImage td-shim.bin"},
};
