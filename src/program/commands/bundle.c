/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference --release: all that is published of a release, as one folder.
 * Everything is made in memory first; a failure leaves no file.
 */
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/launching.h"
#include "commands/open.h"
#include "commands/publish.h"
#include "commands/publish_options.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "io/outfile.h"
#include "io/warden.h"
#include "model/bundle.h"
#include "model/firmware.h"
#include "printable.h"
#include "reference/digests.h"
#include "reference/settings.h"
#include "report/bundle_lists.h"
#include "report/page.h"

struct bundle_options {
    struct files files;
    struct launching launching; /* --limit alone */
    struct publish_options publishing;
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
    enum exit_status status = publish_make(&documents, order, b->sign);
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

/* --- Lists and pages ----------------------------------------------------- */

/* A file that is written into memory: */
struct made {
    struct bundle_file file;
    FILE *to;
};

/* Takes over the name, and begins; NULL: no memory. */
static FILE *begin_file(struct made *made, char *name)
{
    made->file.name = name;
    made->to =
        name ? open_memstream(&made->file.bytes, &made->file.size) : NULL;
    return made->to;
}

/* Adds what was written to the bundle, unless it is nothing. */
static enum exit_status end_file(struct bundle *b, struct made *made, bool good)
{
    struct bundle_file *file = &made->file;
    /* glibc's fclose() says nothing if its last realloc() failed. */
    good = made->to && fclose(made->to) == 0 && file->bytes && good;
    if (good && file->size > 0) {
        return add_file(b, *file);
    }
    free(file->name);
    free(file->bytes);
    return good ? EXIT_DONE : no_memory();
}

static enum exit_status add_mrtdsums(struct bundle *b,
                                     const struct mrtd_vmm *vmm)
{
    struct made made = {.file.component = BUNDLE_RELEASE};
    const bool first = vmm == mrtd_vmm_at(0);
    char *name = NULL;
    if (asprintf(&name, "MRTDSUMS%s%s", first ? "" : ".",
                 first ? "" : vmm->name) < 0) {
        return no_memory();
    }
    if (begin_file(&made, name)) {
        bundle_mrtdsums(made.to, b, vmm);
    }
    return end_file(b, &made, true);
}

/* The lists, the last of which has all others in it. */
static enum exit_status add_lists(struct bundle *b)
{
    const struct mrtd_vmm *vmm;
    struct made index = {.file.component = BUNDLE_RELEASE};
    struct made sums = {.file.component = BUNDLE_RELEASE};
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && (vmm = mrtd_vmm_at(i)); i++) {
        status = add_mrtdsums(b, vmm);
    }
    if (!status) {
        const bool good = begin_file(&index, strdup("index.json")) &&
                          bundle_index(index.to, b);
        status = end_file(b, &index, good);
    }
    if (!status) {
        if (begin_file(&sums, strdup("SHA256SUMS"))) {
            bundle_sha256sums(sums.to, b);
        }
        status = end_file(b, &sums, true);
    }
    return status;
}

static enum exit_status add_page(struct bundle *b, size_t index,
                                 const struct evaluation *e)
{
    struct made made = {.file = {.component = index, .format = "html"}};
    struct portrait p;
    char *name = NULL;
    struct failure failure;
    if (portrait_make(&p, e, &failure)) {
        return diagnostic_failure(&failure);
    }
    p.file = b->firmware[index].artifact;
    p.is_command = command_is_word;
    if (asprintf(&name, "%s.html", p.file) < 0) {
        portrait_free(&p);
        return no_memory();
    }
    if (begin_file(&made, name)) {
        page_write(made.to, &p);
    }
    portrait_free(&p);
    return end_file(b, &made, true);
}

/* --- Components ---------------------------------------------------------- */

static struct documents_order order_of(const struct manifest_order *from)
{
    struct documents_order order = {
        .format_count = from->format_count,
        .settings = &from->settings,
    };
    memcpy(order.formats, from->formats, sizeof order.formats);
    return order;
}

/* The command line that would measure this component. */
static struct launch_options options_of(const struct bundle *b,
                                        const struct manifest_component *c)
{
    struct launch_options o = {
        .vmm = c->vmms[0],
        .vmm_count = c->vmm_count,
        .vmm_given = true,
        .vars = c->vars,
        .payload = c->payload,
        .image_format = c->image_format,
        .limit = b->limit,
    };
    memcpy(o.vmms, c->vmms, sizeof o.vmms);
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

static enum exit_status measure(struct bundle *b, size_t index,
                                const struct evaluation *e)
{
    const char *name = e->name;
    const struct firmware_order asked = {.each = open_report_finding,
                                         .context = &name};
    struct failure failure;
    const struct manifest_component *c = &b->manifest.components[index];
    struct reference_firmware *f = &b->firmware[index];
    enum exit_status status = firmware_measure(f, e, &asked, &failure)
                                  ? diagnostic_failure(&failure)
                                  : EXIT_DONE;
    if (!status && c->artifact) {
        free(f->artifact);
        f->artifact = strdup(c->artifact);
        status = f->artifact ? EXIT_DONE : no_memory();
    }
    if (!status) {
        status = add_firmware(b, index);
    }
    if (!status) {
        struct documents_order order = order_of(&c->order);
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
    struct open_files files;
    struct evaluation e;
    enum exit_status status = open_evaluation(&files, &e, &options, c->file);
    if (!status) {
        status = measure(b, index, &e);
        open_close(&files, &e);
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
    struct documents_order whole = order_of(&m->release);
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

static enum exit_status write_file(const struct bundle *b,
                                   const struct bundle_file *f)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", b->folder, f->name) < 0) {
        return no_memory();
    }
    const enum exit_status status =
        outfile_write_member(path, f->name, f->bytes, f->size);
    free(path);
    return status;
}

static enum exit_status write_all(const struct bundle *b)
{
    const char *name = b->folder;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < b->file_count; i++) {
        if (b->files[i].bytes) {
            status = write_file(b, &b->files[i]);
        }
    }
    if (!status) {
        status = outfile_place();
    }
    for (size_t i = 0; !status && i < b->file_count; i++) {
        if (b->files[i].bytes) {
            output("%s/%s\n", printable_path(name),
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
            const struct documents_order made = order_of(order);
            publish_warn(&made);
        }
    }
}

static enum exit_status check_signing(const struct bundle *b)
{
    for (size_t i = 0; i < b->manifest.count; i++) {
        const struct documents_order order =
            order_of(&b->manifest.components[i].order);
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

static enum exit_status make(struct bundle *b)
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
        status = write_all(b);
    }
    return status;
}

static enum exit_status run(void *options)
{
    const struct bundle_options *o = options;
    struct bundle b = {.folder = o->publishing.out_dir,
                       .sign = o->files.signing.key != NULL,
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
    status = make(&b);
    bundle_free(&b);
    return status;
}

static bool check(void *options)
{
    struct bundle_options *o = options;
    return options_must(o->publishing.out_dir,
                        "--release needs --out-dir FOLDER, which it makes") &&
           publish_options_check(&o->publishing, &o->files) &&
           options_read_stdin_once(&o->files);
}

static const struct option_row rows[] = {
    {OPTION("release", INPUT, struct bundle_options, release, OPTION_IS_FILE,
            "all of a release that is described there, as a folder")},
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
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"reference --release FILE --out-dir DIR [OPTION]..."},
};
