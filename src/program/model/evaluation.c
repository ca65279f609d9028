/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "model/mistaken.h"
#include "printable.h"

/* Bytes hashed before the first progress line: about a second's work. */
#define PROGRESS_FROM (UINT64_C(1) << 29)

/* An mrtd_read_fn over VARS followed by CODE; the context is an evaluation. */
static int read_joined(void *context, uint64_t offset, void *buffer, size_t len)
{
    struct evaluation *e = context;
    if (offset < e->vars.size) {
        uint64_t left = e->vars.size - offset;
        size_t part = len < left ? len : (size_t)left;
        if (input_read(&e->vars, offset, buffer, part)) {
            return -1;
        }
        buffer = (char *)buffer + part;
        len -= part;
        offset += part;
    }
    return len > 0 ? input_read(&e->file, offset - e->vars.size, buffer, len)
                   : 0;
}

enum exit_status evaluation_read_failed(const struct evaluation *e)
{
    const struct input *const inputs[] = {&e->file, &e->vars, &e->payload};
    for (size_t i = 0; i < 3; i++) {
        if (inputs[i]->problem[0]) {
            diagnostic_file(inputs[i]->name, "cannot read: %s [read]",
                            inputs[i]->problem);
        }
    }
    return EXIT_IO;
}

static enum exit_status tell_mistaken(const struct input *file)
{
    struct input input = *file;
    const struct mrtd_source source = input_source(&input);
    return file->fd >= 0
               ? mistaken_tell(input.name, &source, MISTAKEN_FOR_FIRMWARE)
               : EXIT_DONE;
}

/* What are the files, if not an image? That of --vars looks like nothing, and
 * makes other faults of the whole. */
static enum exit_status find_mistaken(const struct evaluation *e,
                                      enum mrtd_code code)
{
    enum exit_status status = EXIT_DONE;
    if (mrtd_code_class(code) == MRTD_CLASS_REFUSED) {
        status = tell_mistaken(&e->vars);
    }
    if (!status && code == MRTD_ERR_NO_TABLE) {
        status = tell_mistaken(&e->file);
    }
    return status;
}

/* Can the file be read so, and if it is an IGVM file, be launched? */
static bool is_of_format(const struct evaluation *e, unsigned format)
{
    const struct mrtd_launch options = {.struct_size = sizeof options,
                                        .limit = UINT64_MAX};
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    enum mrtd_code code =
        mrtd_image_open(&image, &e->source, format | MRTD_PERMISSIVE, NULL);
    if (!code && format == MRTD_FORMAT_IGVM) {
        code = mrtd_plan_build(&plan, image, &options, NULL);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
    return !code;
}

/* Of a file that can be read in two ways: which options make it one. */
static const char *format_hint(const struct evaluation *e)
{
    static const char *const hints[2][2] = {
        {"; and it is neither, whichever is meant: ask who has built it",
         "; --image-format igvm takes it for an IGVM file, if who has built it "
         "means one"},
        {"; --image-format tdvf takes it for a TDVF image, by its GUIDed table "
         "first, as VMMs do, if who has built it means that",
         "; who has built it knows which is meant: --image-format tdvf or "
         "igvm"}};
    return hints[is_of_format(e, MRTD_FORMAT_TDVF)]
                [is_of_format(e, MRTD_FORMAT_IGVM)];
}

enum exit_status evaluation_failed(const struct evaluation *e,
                                   const struct mrtd_error *error)
{
    const char *hint = NULL;
    const enum exit_status status = find_mistaken(e, error->code);
    if (status) {
        return status;
    }
    if (error->code == MRTD_ERR_READ) {
        return evaluation_read_failed(e);
    }
    if (error->code == MRTD_ERR_AMBIGUOUS_FORMAT) {
        hint = format_hint(e);
    }
    if (e->options->vars && (error->code == MRTD_ERR_DATA_BOUNDS ||
                             error->code == MRTD_ERR_SPLIT_IMAGE)) {
        hint = "; the file of --vars is too short, is it of the same build?";
    }
    if (e->options->vars && (error->code == MRTD_ERR_NO_TABLE ||
                             error->code == MRTD_ERR_OTHER_FORMAT)) {
        hint = "; --vars FILE goes in front, are VARS and CODE swapped?";
    }
    return diagnostic_error(e->name, error, hint);
}

/* A split image is a TDVF image, whatever its parts begin with. But VARS are
 * writable and not measured: a part that is made to be taken for another format
 * is refused. */
static enum exit_status check_part(struct input *part)
{
    static const char magic[4] = "IGVM";
    char head[sizeof magic];
    if (part->size < sizeof magic) {
        return EXIT_DONE;
    }
    if (input_read(part, 0, head, sizeof head)) {
        diagnostic_file(part->name, "cannot read: %s [read]", part->problem);
        return EXIT_IO;
    }
    if (memcmp(head, magic, sizeof magic) != 0) {
        return EXIT_DONE;
    }
    diagnostic_file(part->name,
                    "offset 0x0: the magic of an IGVM file, which is neither "
                    "VARS nor CODE of a split image; give the two files of one "
                    "build [vars-igvm]");
    return EXIT_REFUSED;
}

/* VARS of no bytes are no part of any image, and would be left out in silence.
 */
static enum exit_status check_vars(struct input *vars)
{
    if (vars->size > 0) {
        return check_part(vars);
    }
    diagnostic_file(vars->name,
                    "the VARS file is empty; give that of the build, or leave "
                    "--vars out for a whole image [vars-size]");
    return EXIT_REFUSED;
}

/* The files beside the firmware; then the sources are there. */
static enum exit_status open_others(struct evaluation *e)
{
    const struct launch_options *o = e->options;
    enum exit_status status =
        o->vars ? input_open(&e->vars, o->vars) : EXIT_DONE;
    if (!status && o->payload) {
        status = input_open(&e->payload, o->payload);
    }
    if (!status && o->vars) {
        status = worst(check_vars(&e->vars), check_part(&e->file));
    }
    if (status) {
        return status;
    }
    e->source = input_source(&e->file);
    e->payload_source = input_source(&e->payload);
    if (o->vars) {
        e->source.size = e->vars.size + e->file.size;
        e->source.read = read_joined;
        e->source.context = e;
    }
    return EXIT_DONE;
}

/* Otherwise the metadata's offsets would lead to other bytes than those that a
 * VMM loads. */
enum exit_status evaluation_check_joined(const struct evaluation *e)
{
    const struct mrtd_image_info *info = mrtd_image_info(e->image);
    if (!e->options->vars) {
        return EXIT_DONE;
    }
    if (info->descriptor_offset < e->vars.size ||
        info->pointer_offset < e->vars.size) {
        diagnostic_file(printable(e->options->vars),
                        "offset 0x%" PRIx64
                        ": the TDX metadata, or what leads to it, is in the "
                        "VARS file, which anybody may change; give the two "
                        "files of one build [vars-metadata]",
                        info->pointer_offset < e->vars.size
                            ? info->pointer_offset
                            : info->descriptor_offset);
        return EXIT_REFUSED;
    }
    if (info->data_end == info->size) {
        return EXIT_DONE;
    }
    const enum exit_status status = tell_mistaken(&e->vars);
    if (status) {
        return status;
    }
    diagnostic_file(e->name,
                    "with --vars %s the image has %" PRIu64
                    " bytes, but its metadata describes %" PRIu64
                    "; give the CODE file and the VARS file of one build "
                    "[vars-size]",
                    printable(e->options->vars), info->size, info->data_end);
    return EXIT_REFUSED;
}

enum mrtd_code evaluation_plan(const struct evaluation *e,
                               const struct mrtd_vmm *vmm, unsigned deviations,
                               struct mrtd_plan **plan,
                               struct mrtd_error *error)
{
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = vmm,
        .deviations = deviations,
        .payload = e->options->payload && vmm->takes_payload
                       ? &e->payload_source
                       : NULL,
        .limit = e->options->limit,
    };
    return mrtd_plan_build(plan, e->image, &options, error);
}

static enum exit_status open_plan(struct evaluation *e)
{
    const struct launch_options *o = e->options;
    const unsigned flags = (o->vars ? MRTD_FORMAT_TDVF : o->image_format) |
                           (o->permissive ? MRTD_PERMISSIVE : 0) |
                           (o->code_alone && !o->vars ? MRTD_WITHOUT_VARS : 0);
    struct mrtd_error error;
    if (mrtd_image_open(&e->image, &e->source, flags, &error)) {
        return evaluation_failed(e, &error);
    }
    enum exit_status status = evaluation_check_joined(e);
    if (status) {
        return status;
    }
    if (evaluation_plan(e, o->vmm, 0, &e->plan, &error)) {
        return evaluation_failed(e, &error);
    }
    return EXIT_DONE;
}

/* Nothing, as it is after a failure, too. */
static void make_empty(struct evaluation *e,
                       const struct launch_options *options, const char *name)
{
    memset(e, 0, sizeof *e);
    e->options = options;
    e->name = name;
    e->file.fd = -1;
    e->vars.fd = -1;
    e->payload.fd = -1;
}

enum exit_status evaluation_open_files(struct evaluation *e,
                                       const struct launch_options *options,
                                       const char *name)
{
    make_empty(e, options, name);
    enum exit_status status = input_open(&e->file, name);
    if (!status) {
        status = open_others(e);
    }
    if (status) {
        evaluation_close(e);
    }
    return status;
}

enum exit_status evaluation_open_input(struct evaluation *e,
                                       const struct launch_options *options,
                                       const struct input *file)
{
    make_empty(e, options, file->name);
    e->file = *file;
    enum exit_status status = open_others(e);
    if (!status) {
        status = open_plan(e);
    }
    if (status) {
        evaluation_close(e);
    }
    return status;
}

enum exit_status evaluation_open(struct evaluation *e,
                                 const struct launch_options *options,
                                 const char *name)
{
    struct input file;
    enum exit_status status = input_open(&file, name);
    if (status) {
        make_empty(e, options, name);
        return status;
    }
    return evaluation_open_input(e, options, &file);
}

void evaluation_close(struct evaluation *e)
{
    mrtd_plan_free(e->plan);
    mrtd_image_free(e->image);
    input_close(&e->file);
    input_close(&e->vars);
    input_close(&e->payload);
    e->plan = NULL;
    e->image = NULL;
}

struct progress {
    const char *name;
    bool terminal;
    bool shown;
    time_t last; /* second of the last line */
    section_fn *section;
    void *context;
};

static int on_progress(void *context, uint64_t hashed, uint64_t total)
{
    struct progress *p = context;
    time_t now = time(NULL);
    if (p->terminal && hashed >= PROGRESS_FROM && now != p->last) {
        p->last = now;
        p->shown = true;
        fprintf(stderr, "\rmrtd-calc: %s: %3.0f %% of %.1f GiB hashed\033[K",
                printable(p->name), 100.0 * (double)hashed / (double)total,
                (double)total / (double)(1 << 30));
    }
    return 0;
}

static void on_section(void *context, uint32_t section,
                       const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct progress *p = context;
    if (p->section) {
        p->section(p->context, section, running);
    }
}

enum exit_status evaluation_measure(struct evaluation *e, section_fn *section,
                                    void *context,
                                    uint8_t mrtd[MRTD_DIGEST_SIZE])
{
    struct progress progress = {.name = e->name,
                                .terminal = isatty(STDERR_FILENO) &&
                                            output_errors() == stderr,
                                .section = section,
                                .context = context};
    const struct mrtd_observer observer = {
        .context = &progress, .progress = on_progress, .section = on_section};
    struct mrtd_error error;
    struct mrtd_value value;
    enum mrtd_code code = mrtd_measure(e->plan, &observer, &value, &error);
    if (progress.shown) {
        fprintf(stderr, "\r\033[K");
    }
    if (code) {
        return evaluation_failed(e, &error);
    }
    memcpy(mrtd, value.digest.bytes, MRTD_DIGEST_SIZE);
    return EXIT_DONE;
}

void evaluation_findings(const struct evaluation *e,
                         void (*each)(void *context,
                                      const struct mrtd_finding *finding),
                         void *context)
{
    const struct mrtd_finding *f;
    for (uint32_t i = 0; (f = mrtd_image_finding(e->image, i)); i++) {
        each(context, f);
    }
    for (uint32_t i = 0; (f = mrtd_plan_finding(e->plan, i)); i++) {
        each(context, f);
    }
}

static void report_finding(void *context, const struct mrtd_finding *finding)
{
    const char *const *name = context;
    diagnostic_finding(*name, finding);
}

void evaluation_report(const struct evaluation *e)
{
    const char *name = e->name;
    evaluation_findings(e, report_finding, &name);
}
