/* SPDX-License-Identifier: Apache-2.0 */
/* reference: reference values of firmware files, for attestation services. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "commands/publish.h"
#include "groups/boot_options.h"
#include "groups/contents.h"
#include "groups/initdata_options.h"
#include "groups/launching.h"
#include "groups/publish_options.h"
#include "io/diagnostic.h"
#include "io/warden.h"
#include "model/documents.h"
#include "model/firmware.h"
#include "reference/settings.h"

struct reference_options {
    struct files files;
    struct launching launching;
    struct contents_options contents;
    struct publish_options publishing;
    struct initdata_options initdata;
    const char *output; /* or NULL */
};

/* --- The command --------------------------------------------------------- */

static enum exit_status write_documents(const struct reference_options *o,
                                        const struct documents_order *order)
{
    struct documents documents;
    enum exit_status status =
        publish_make(&documents, order, o->files.signing.keys[0].file != NULL);
    if (status) {
        return status;
    }
    documents_warn(order, diagnostic_file);
    status = o->publishing.out_dir
                 ? publish_in_folder(&documents, o->publishing.out_dir)
                 : publish_one(&documents, o->output);
    documents_free(&documents);
    return status;
}

static enum exit_status measure(struct reference_firmware *firmware,
                                const struct reference_options *o,
                                const char *name)
{
    struct firmware_order order = {
        .each = open_report_finding, .context = &name, .say = diagnostic_file};
    order.initdata = initdata_options_made(&o->initdata);
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    enum exit_status status =
        open_evaluation(&files, &e, &o->launching.launch, name);
    memset(firmware, 0, sizeof *firmware);
    if (status) {
        return status;
    }
    status = diagnostic_outcome(
        firmware_measure(firmware, &e, &order, &failure), &failure);
    open_close(&files, &e);
    return status;
}

/* Measures all files; nothing is written if one is refused. */
static enum exit_status measure_and_write(const struct reference_options *o,
                                          struct documents_order *order)
{
    struct reference_firmware *firmware =
        calloc((size_t)o->files.operand_count, sizeof *firmware);
    enum exit_status status = EXIT_DONE;
    if (!firmware) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (int i = 0; i < o->files.operand_count; i++) {
        status = worst(status, measure(&firmware[i], o, o->files.operands[i]));
    }
    order->firmware = firmware;
    order->firmware_count = (size_t)o->files.operand_count;
    if (!status) {
        status = write_documents(o, order);
    }
    for (int i = 0; i < o->files.operand_count; i++) {
        firmware_free(&firmware[i]);
    }
    free(firmware);
    return status;
}

static enum exit_status run(void *options)
{
    struct reference_options *o = options;
    const bool signs = o->files.signing.keys[0].file != NULL;
    struct reference_settings settings =
        settings_default(o->launching.launch.platform);
    struct documents_order order = {.settings = &settings};
    enum exit_status status =
        contents_take(&o->contents, &o->files, &o->launching.launch,
                      o->initdata.file != NULL, &order, &settings);
    status = status ? status : initdata_options_take(&o->initdata);
    if (!status && signs) {
        status = warden_keys();
    }
    if (!status) {
        status = measure_and_write(o, &order);
    }
    return status;
}

/* --- The command line ---------------------------------------------------- */

/* What -o writes is of the one format. */
static void tell_kind(struct reference_options *o)
{
    const struct reference_format *format =
        reference_format_find(contents_formats(&o->contents));
    for (size_t i = 0; format && i < o->files.output_count; i++) {
        o->files.outputs[i].kind = format->kind;
    }
}

static bool check(void *options)
{
    struct reference_options *o = options;
    tell_kind(o);
    return OPTIONS_EXCLUDE({"-o", o->output},
                           {"--out-dir", o->publishing.out_dir}) &&
           publish_options_check(&o->publishing, &o->files) &&
           options_read_stdin_once(&o->files) &&
           launching_check(&o->launching, &o->files, command_reference.title,
                           LAUNCHING_SEVERAL) &&
           boot_options_with_mrtd(&o->launching) &&
           initdata_options_check(&o->initdata, o->launching.launch.platform);
}

static const struct option_row rows[] = {
    {OPTION("output", OUTPUT, struct reference_options, output, OPTION_IS_FILE,
            "write the one document there"),
     .letter = 'o'},
};

#define AT(member) offsetof(struct reference_options, member)
const struct command command_reference = {
    .word = "reference",
    .title = "reference",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct reference_options),
    .uses = {{&contents_format, AT(contents)},
             {OPTION_ROWS(rows), 0},
             {&publish_options_folder, AT(publishing)},
             {&contents_options, AT(contents)},
             {&environment_options_table, AT(contents.environment)},
             {&publish_options_signing, AT(files)},
             {&options_force, AT(files)},
             {&launching_vmms, AT(launching)},
             {&guest_launch, AT(launching)},
             {&launching_images, AT(launching)},
             {&boot_documents, AT(launching)},
             {&initdata_options, AT(initdata)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "write reference values for attestation services, or verify them",
    .usage = {"reference [OPTION]... IMAGE..."},
    .text = "Writes documents that attestation services read. With --verify, "
            "says whether such a document is right for the images.",
    .examples = {"mrtd-calc reference --format rvps,corim --out-dir values "
                 "OVMF.fd",
                 "mrtd-calc reference --verify values/rvps.json OVMF.fd"},
};
