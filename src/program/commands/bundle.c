/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference --release: all that is published of a release, as one folder.
 * Everything is made in memory first; a failure leaves no file.
 */
#include <stdlib.h>

#include "commands/bundle.h"
#include "commands/commands.h"
#include "commands/publish.h"
#include "groups/initdata_options.h"
#include "groups/launching.h"
#include "groups/publish_options.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "model/boot_line.h"
#include "model/bundle.h"
#include "printable.h"
#include "report/bundle_lists.h"
#include "report/lines.h"

struct bundle_options {
    struct files files;
    struct launching launching; /* --limit alone */
    struct publish_options publishing;
    struct verify_request request; /* --verify */
    const char *release;
};

/* --- Components ---------------------------------------------------------- */

static enum exit_status add_documents(struct bundle *b, size_t component,
                                      const struct documents_order *order)
{
    struct documents documents;
    struct failure failure;
    enum exit_status status = publish_make(&documents, order, b->sign);
    if (!status && bundle_add_documents(b, component, &documents, &failure)) {
        status = diagnostic_failure(&failure);
    }
    return status;
}

static enum exit_status measure(struct bundle *b, size_t index,
                                const struct evaluation *e)
{
    const char *name = e->name;
    struct firmware_order asked = {
        .each = open_report_finding, .context = &name, .say = diagnostic_file};
    asked.initdata = bundle_initdata(b, index);
    struct failure failure;
    if (bundle_measure(b, index, e, &asked, &failure)) {
        return diagnostic_failure(&failure);
    }
    const struct documents_order order = bundle_order(b, index);
    enum exit_status status = add_documents(b, index, &order);
    if (!status && bundle_add_page(b, index, e, command_is_word, &failure)) {
        status = diagnostic_failure(&failure);
    }
    return status;
}

/* A guest of AMD's platforms is measured with the text of its command line,
 * which the component has from then on. */
static enum exit_status take_line(struct manifest_component *c,
                                  struct launch_options *options,
                                  struct evaluation *e)
{
    struct boot_line line = {.source = BOOT_LINE_NONE};
    struct failure failure = {.status = EXIT_DONE};
    if (options->platform == MRTD_PLATFORM_TDX || !options->boot.cmdline) {
        return EXIT_DONE;
    }
    const enum exit_status status =
        diagnostic_outcome(boot_line_take(&line, e, false, &failure), &failure);
    if (status) {
        boot_line_free(&line);
        return status;
    }
    c->line = line.text;
    options->guest.append = c->launch.guest.append = c->line;
    return EXIT_DONE;
}

void bundle_say_failed(const struct bundle *b, size_t index, const char *what)
{
    diagnostic_file(b->manifest.name, "components[%zu], %s, failed%s", index,
                    printable(b->manifest.components[index].name), what);
}

enum exit_status bundle_open(struct bundle *b, size_t index,
                             struct launch_options *options,
                             struct open_files *files, struct evaluation *e)
{
    struct manifest_component *c = &b->manifest.components[index];
    struct initdata_options initdata = {.file = c->initdata};
    enum exit_status status = initdata_options_take(&initdata);
    b->guests[index].initdata = initdata.made;
    status = status ? status : open_sources(files, e, options, c->file);
    if (status) {
        return status;
    }
    status = take_line(c, options, e);
    if (status) {
        open_close(files, e);
        return status;
    }
    return open_make(files, e);
}

static enum exit_status add_component(struct bundle *b, size_t index)
{
    struct launch_options options = bundle_launch(b, index);
    struct open_files files;
    struct evaluation e;
    enum exit_status status = bundle_open(b, index, &options, &files, &e);
    if (!status) {
        status = measure(b, index, &e);
        open_close(&files, &e);
    }
    if (status) {
        bundle_say_failed(b, index, "; nothing is written");
    }
    return status;
}

/* --- The command --------------------------------------------------------- */

/* Of the whole release: those of each platform. */
static enum exit_status add_release(struct bundle *b)
{
    struct documents_order order;
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    for (enum mrtd_platform p = 1; !status && mrtd_platform_name(p); p++) {
        status = diagnostic_outcome(
            bundle_release_order(b, p, &order, &failure), &failure);
        if (!status) {
            status = add_documents(b, BUNDLE_RELEASE, &order);
        }
    }
    return status;
}

/* Every component is tried, so that one run tells all that is wrong. */
static enum exit_status fill(struct bundle *b)
{
    const size_t count = b->manifest.count;
    enum exit_status status = EXIT_DONE;
    struct failure failure;
    for (size_t i = 0; i < count; i++) {
        status = worst(status, add_component(b, i));
    }
    if (!status) {
        status = add_release(b);
    }
    if (!status && bundle_add_lists(b, &failure)) {
        status = diagnostic_failure(&failure);
    }
    return status;
}

static enum exit_status write_all(const struct bundle *b)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < b->file_count; i++) {
        const struct bundle_file *f = &b->files[i];
        if (f->bytes) {
            status = publish_member(b->folder, f->name, f->bytes, f->size);
        }
    }
    if (!status) {
        status = outfile_place();
    }
    for (size_t i = 0; !status && i < b->file_count; i++) {
        if (b->files[i].bytes) {
            lines_path(output_stream(), b->folder, b->files[i].name);
        }
    }
    return status;
}

/* Opens what the manifest names, and nothing else after. */
static enum exit_status keep_inputs(const struct bundle *b)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_component *c = &b->manifest.components[i];
        for (unsigned k = 0; !status && k < c->path_count; k++) {
            status = input_keep(c->paths[k]);
        }
    }
    warden_close_names();
    return status;
}

static enum exit_status make(struct bundle *b)
{
    if (b->sign && !bundle_can_sign(b)) {
        return diagnostic_usage("--sign is for format corim, which the "
                                "manifest does not ask for");
    }
    enum exit_status status = warden_folder(true);
    if (!status && b->sign) {
        status = warden_keys();
    }
    status = status ? status : keep_inputs(b);
    if (!status) {
        status = fill(b);
    }
    if (!status) {
        bundle_warn(b, diagnostic_file);
        status = write_all(b);
    }
    return status;
}

static enum exit_status run(void *options)
{
    struct bundle_options *o = options;
    struct bundle b = {.folder = o->publishing.out_dir,
                       .sign = o->files.signing.keys[0].file != NULL,
                       .limit = o->launching.launch.limit};
    struct failure failure;
    char *text = NULL;
    size_t size = 0;
    enum exit_status status = open_manifest(o->release, &text, &size);
    if (!status &&
        manifest_read(&b.manifest, o->release, text, size, &failure)) {
        status = diagnostic_failure(&failure);
    }
    free(text);
    if (status) {
        return status;
    }
    if (bundle_begin(&b, &failure)) {
        status = diagnostic_failure(&failure);
    } else if (o->request.document) {
        status = keep_inputs(&b);
        status = status ? status
                        : bundle_verify(&b, &o->request,
                                        o->launching.guest.platform);
    } else {
        status = make(&b);
    }
    bundle_free(&b);
    return status;
}

static bool check(void *options)
{
    struct bundle_options *o = options;
    const struct verify_request *r = &o->request;
    return options_must(!o->publishing.out_dir == !!r->document,
                        "--release needs --out-dir FOLDER, which it makes, or "
                        "--verify DOCUMENT") &&
           options_must(r->document ||
                            !(r->key || r->strict || r->when.text ||
                              r->environment.vendor || r->environment.model ||
                              r->environment.class_id ||
                              o->launching.guest.platform),
                        "--key, --strict, --time, --vendor, --model, "
                        "--class-id and --platform are for --verify; of a "
                        "release they are in the manifest") &&
           options_must(!r->document || !o->files.signing.keys[0].file,
                        "--sign is for --out-dir") &&
           publish_options_check(&o->publishing, &o->files) &&
           options_read_stdin_once(&o->files);
}

static const struct option_row rows[] = {
    {OPTION("release", INPUT, struct bundle_options, release, OPTION_IS_FILE,
            "all of a release that is described there, as a folder; with "
            "--verify, what the document is compared with")},
};

#define AT(member) offsetof(struct bundle_options, member)
const struct command command_bundle = {
    .word = "reference",
    .option = "release",
    .title = "reference --release",
    .inputs = INPUTS_BY_COMMAND,
    .size = sizeof(struct bundle_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&publish_options_folder, AT(publishing)},
             {&publish_options_signing, AT(files)},
             {&verify_options_table, AT(request)},
             {&time_options_table, AT(request.when)},
             {&environment_options_table, AT(request.environment)},
             {&guest_platform_release, AT(launching)},
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"reference --release FILE --out-dir DIR [OPTION]...",
              "reference --verify DOCUMENT --release FILE [OPTION]..."},
};
