/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference --release: all that is published of a release, as one folder.
 * Everything is made in memory first; a failure leaves nothing behind.
 */
#include <stdlib.h>
#include <string.h>

#include "commands/bundle_lists.h"
#include "commands/commands.h"
#include "commands/launching.h"
#include "commands/manifest_file.h"
#include "commands/publishing.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "model/firmware.h"
#include "model/manifest.h"
#include "printable.h"
#include "reference/settings.h"
#include "report/page.h"

struct bundle_options {
    struct files files;
    struct launching launching; /* --limit alone */
    struct publishing publishing;
    const char *release;
};

static enum exit_status no_memory(void)
{
    diagnostic("out of memory");
    return EXIT_IO;
}

/* --- The files of the folder --------------------------------------------- */

/* Takes over name and bytes, also where it fails. */
static enum exit_status add_file(struct bundle *b, struct bundle_file file)
{
    struct bundle_file *files =
        realloc(b->files, (b->file_count + 1) * sizeof *files);
    if (!file.name || !files) {
        b->files = files ? files : b->files;
        free(file.name);
        free(file.bytes);
        return no_memory();
    }
    b->files = files;
    for (size_t i = 0; i < b->file_count; i++) {
        if (strcmp(files[i].name, file.name) == 0) {
            diagnostic_file(b->manifest.name,
                            "two files of the release would be named %s; give "
                            "one of the components an \"artifact\" "
                            "[document-name]",
                            printable(file.name));
            free(file.name);
            free(file.bytes);
            return EXIT_REFUSED;
        }
    }
    if (file.bytes) {
        digests_of_bytes(file.bytes, file.size, file.sha256);
    }
    files[b->file_count++] = file;
    return EXIT_DONE;
}

/* Makes documents and takes them over. */
static enum exit_status add_documents(struct bundle *b, size_t component,
                                      const struct documents_order *order)
{
    struct documents documents;
    enum exit_status status = documents_make(&documents, order);
    if (status) {
        return status;
    }
    for (size_t i = 0; i < documents.count; i++) {
        struct document *d = &documents.items[i];
        if (!status) {
            status = add_file(b, (struct bundle_file){
                                     .name = d->name,
                                     .bytes = d->bytes,
                                     .size = d->size,
                                     .component = component,
                                     .format = d->format->name,
                                 });
            d->name = NULL;
            d->bytes = NULL;
        }
    }
    documents_free(&documents);
    return status;
}

/* --- Components ---------------------------------------------------------- */

static struct documents_order order_of(const struct bundle *b,
                                       const struct manifest_order *from)
{
    struct documents_order order = {
        .format_count = from->format_count,
        .settings = &from->settings,
        .sign = b->sign,
    };
    memcpy(order.formats, from->formats, sizeof order.formats);
    return order;
}

/* The command line that would measure this component. */
static struct launch_options options_of(const struct bundle *b,
                                        const struct manifest_component *c)
{
    struct launch_options o = {
        .profile = c->profiles[0],
        .profile_count = c->profile_count,
        .profile_given = true,
        .vars = c->vars,
        .payload = c->payload,
        .image_format = c->image_format,
        .limit = b->limit,
    };
    memcpy(o.profiles, c->profiles, sizeof o.profiles);
    return o;
}

/* The firmware itself, which is not in the folder, but in its lists. */
static enum exit_status add_firmware(struct bundle *b, size_t index)
{
    const struct reference_firmware *f = &b->firmware[index];
    struct bundle_file file = {.name = strdup(f->artifact), .component = index};
    memcpy(file.sha256, f->sha256, sizeof file.sha256);
    return add_file(b, file);
}

static enum exit_status add_page(struct bundle *b, size_t index,
                                 struct evaluation *e)
{
    struct bundle_file file = {.component = index, .format = "html"};
    struct portrait p;
    enum exit_status status = portrait_make(&p, e);
    if (status) {
        return status;
    }
    p.file = b->firmware[index].artifact;
    FILE *to = open_memstream(&file.bytes, &file.size);
    if (to) {
        page_write(to, &p);
    }
    portrait_free(&p);
    /* glibc's fclose() says nothing if its last realloc() failed. */
    if (!to || fclose(to) != 0 || !file.bytes ||
        asprintf(&file.name, "%s.html", b->firmware[index].artifact) < 0) {
        free(file.bytes);
        return no_memory();
    }
    return add_file(b, file);
}

static enum exit_status measure(struct bundle *b, size_t index,
                                struct evaluation *e)
{
    const struct manifest_component *c = &b->manifest.components[index];
    struct reference_firmware *f = &b->firmware[index];
    enum exit_status status = firmware_measure(f, e, false, false);
    if (!status && c->artifact) {
        free(f->artifact);
        f->artifact = strdup(c->artifact);
        status = f->artifact ? EXIT_DONE : no_memory();
    }
    if (!status) {
        status = add_firmware(b, index);
    }
    if (!status) {
        struct documents_order order = order_of(b, &c->order);
        order.firmware = f;
        order.firmware_count = 1;
        status = add_documents(b, index, &order);
    }
    return status ? status : add_page(b, index, e);
}

static enum exit_status add_component(struct bundle *b, size_t index)
{
    const struct manifest_component *c = &b->manifest.components[index];
    const struct launch_options options = options_of(b, c);
    struct evaluation e;
    enum exit_status status = evaluation_open(&e, &options, c->file);
    if (!status) {
        status = measure(b, index, &e);
        evaluation_close(&e);
    }
    if (status) {
        diagnostic_file(b->manifest.name,
                        "components[%zu], %s, failed; nothing is written",
                        index, printable(c->name));
    }
    return status;
}

/* --- The command --------------------------------------------------------- */

/* Every component is tried, so that one run tells all that is wrong. */
static enum exit_status fill(struct bundle *b)
{
    const struct manifest *m = &b->manifest;
    struct documents_order whole = order_of(b, &m->release);
    enum exit_status status = EXIT_DONE;
    b->firmware = calloc(m->count, sizeof *b->firmware);
    if (!b->firmware) {
        return no_memory();
    }
    for (size_t i = 0; i < m->count; i++) {
        status = worst(status, add_component(b, i));
    }
    whole.firmware = b->firmware;
    whole.firmware_count = m->count;
    whole.whole = true;
    if (!status) {
        status = add_documents(b, BUNDLE_RELEASE, &whole);
    }
    return status;
}

/* The lists, the last of which has all others in it. */
static enum exit_status add_lists(struct bundle *b)
{
    const struct mrtd_profile *profile;
    struct bundle_file file;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && (profile = mrtd_profile_at(i)); i++) {
        status = bundle_mrtdsums(b, profile, &file);
        if (!status && file.name) {
            status = add_file(b, file);
        }
    }
    if (!status) {
        status = bundle_index(b, &file);
    }
    if (!status) {
        status = add_file(b, file);
    }
    if (!status) {
        status = bundle_sha256sums(b, &file);
    }
    return status ? status : add_file(b, file);
}

static enum exit_status write_file(const char *folder,
                                   const struct bundle_file *f)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, f->name) < 0) {
        return no_memory();
    }
    const enum exit_status status =
        outfile_write_member(path, f->name, f->bytes, f->size);
    free(path);
    return status;
}

static enum exit_status write_all(const struct bundle *b, const char *folder)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < b->file_count; i++) {
        if (b->files[i].bytes) {
            status = write_file(folder, &b->files[i]);
        }
    }
    if (!status) {
        status = outfile_place();
    }
    for (size_t i = 0; !status && i < b->file_count; i++) {
        if (b->files[i].bytes) {
            output("%s/%s\n", printable_path(folder),
                   printable_path(b->files[i].name));
        }
    }
    return status;
}

/* Once for each way in which components are published. */
static void warn(const struct bundle *b)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_order *order = &b->manifest.components[i].order;
        bool said = false;
        for (size_t k = 0; k < i; k++) {
            const struct manifest_order *other =
                &b->manifest.components[k].order;
            said |= order->format_count == other->format_count &&
                    memcmp(order->formats, other->formats,
                           sizeof order->formats) == 0 &&
                    settings_same_warnings(&order->settings, &other->settings);
        }
        if (!said) {
            const struct documents_order made = order_of(b, order);
            settings_warn(&made);
        }
    }
}

static enum exit_status check_signing(const struct bundle *b)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct documents_order order =
            order_of(b, &b->manifest.components[i].order);
        if (documents_have(&order, "corim")) {
            return EXIT_DONE;
        }
    }
    return diagnostic_usage("--sign is for format corim, which the manifest "
                            "does not ask for");
}

static void bundle_free(struct bundle *b)
{
    for (size_t i = 0; b->firmware && i < b->manifest.count; i++) {
        firmware_free(&b->firmware[i]);
    }
    free(b->firmware);
    for (size_t i = 0; i < b->file_count; i++) {
        free(b->files[i].name);
        free(b->files[i].bytes);
    }
    free(b->files);
    manifest_free(&b->manifest);
}

/* Opens what the manifest names, and nothing else after. */
static enum exit_status keep_inputs(const struct bundle *b)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct manifest_component *c = &b->manifest.components[i];
        const char *const names[] = {c->file, c->vars, c->payload};
        for (size_t k = 0; !status && k < sizeof names / sizeof *names; k++) {
            status = names[k] ? input_keep(names[k]) : EXIT_DONE;
        }
    }
    warden_close_names();
    return status;
}

static enum exit_status make(struct bundle *b, const char *folder)
{
    enum exit_status status = b->sign ? check_signing(b) : EXIT_DONE;
    if (!status) {
        status = warden_folder(true);
    }
    if (!status && b->sign) {
        status = warden_key();
    }
    if (!status) {
        status = keep_inputs(b);
    }
    if (!status) {
        status = fill(b);
    }
    if (!status) {
        status = add_lists(b);
    }
    if (!status) {
        warn(b);
        status = write_all(b, folder);
    }
    return status;
}

static enum exit_status run(void *options)
{
    const struct bundle_options *o = options;
    struct bundle b = {.sign = o->files.signing.key != NULL,
                       .limit = o->launching.launch.limit};
    json_t *root = NULL;
    enum exit_status status = manifest_file_read(o->release, &root);
    if (!status) {
        status = manifest_read(&b.manifest, o->release, root);
    }
    if (status) {
        return status;
    }
    status = make(&b, o->publishing.out_dir);
    bundle_free(&b);
    return status;
}

static bool check(void *options)
{
    struct bundle_options *o = options;
    return options_must(o->publishing.out_dir,
                        "--release needs --out-dir FOLDER, which it makes") &&
           publishing_check(&o->publishing, &o->files) &&
           options_read_stdin_once(&o->files);
}

static const struct option_row rows[] = {
    {OPTION("release", INPUT, struct bundle_options, release, OPTION_IS_FILE,
            "all of a release that is described there, as a folder")},
};
static const struct option_table table = OPTION_TABLE(rows);

#define AT(member) offsetof(struct bundle_options, member)
const struct command command_bundle = {
    .word = "reference",
    .option = "release",
    .title = "reference --release",
    .inputs = INPUTS_BY_COMMAND,
    .size = sizeof(struct bundle_options),
    .uses = {{&table, 0},
             {&publishing_folder, AT(publishing)},
             {&publishing_signing, AT(files)},
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"reference --release FILE --out-dir DIR [OPTION]..."},
};
