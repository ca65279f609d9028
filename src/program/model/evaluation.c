/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluation.h"

#include <inttypes.h>
#include <string.h>

#include "model/mistaken.h"
#include "model/refusals.h"
#include "printable.h"

/* An mrtd_read_fn over VARS followed by CODE; the context is an evaluation. */
static int read_joined(void *context, uint64_t offset, void *buffer, size_t len)
{
    const struct evaluation *e = context;
    const struct mrtd_source *vars = &e->vars.source;
    const struct mrtd_source *code = &e->file.source;
    if (offset < vars->size) {
        const uint64_t left = vars->size - offset;
        const size_t part = len < left ? len : (size_t)left;
        if (vars->read(vars->context, offset, buffer, part)) {
            return -1;
        }
        buffer = (char *)buffer + part;
        len -= part;
        offset += part;
    }
    return len > 0 ? code->read(code->context, offset - vars->size, buffer, len)
                   : 0;
}

void evaluation_join(struct evaluation *e)
{
    e->source = e->file.source;
    if (e->vars.name) {
        e->source = (struct mrtd_source){.size = e->vars.source.size +
                                                 e->file.source.size,
                                         .read = read_joined,
                                         .context = e};
    }
}

/* --- What is wrong ----------------------------------------------------- */

enum exit_status evaluation_read_failed(const struct evaluation *e,
                                        struct failure *failure)
{
    const struct evaluation_file *const files[] = {
        &e->file,   &e->vars,      &e->payload, &e->kernel,
        &e->initrd, &e->cmdline,   &e->td_hob,  &e->disk,
        &e->uki,    &e->boot_disk, &e->svsm,    &e->svsm_vars};
    const struct evaluation_file *file = &e->file;
    for (size_t i = 0; i < MRTD_OVMF_FILES; i++) {
        file = e->ovmf[i].name && *e->ovmf[i].problem ? &e->ovmf[i] : file;
    }
    for (size_t i = sizeof files / sizeof(void *); i > 0; i--) {
        const bool failed = files[i - 1]->name && *files[i - 1]->problem;
        file = failed ? files[i - 1] : file; /* the first of them */
    }
    return failure_read(failure, file->name, file->problem);
}

static enum exit_status find_mistaken_file(const struct evaluation_file *file,
                                           struct failure *failure)
{
    return file->name ? mistaken_tell(file->name, &file->source,
                                      MISTAKEN_FOR_FIRMWARE, failure)
                      : EXIT_DONE;
}

/* What are the files, if not an image? That of --vars looks like nothing, and
 * makes other faults of the whole. */
static enum exit_status find_mistaken(const struct evaluation *e,
                                      enum mrtd_code code,
                                      struct failure *failure)
{
    enum exit_status status = EXIT_DONE;
    if (mrtd_code_class(code) == MRTD_CLASS_REFUSED) {
        status = find_mistaken_file(&e->vars, failure);
    }
    /* What has none of the metadata of firmware, or is no whole pages. */
    if (!status &&
        (code == MRTD_ERR_NO_TABLE || code == MRTD_ERR_NO_RESET_BLOCK ||
         code == MRTD_ERR_FIRMWARE_SIZE)) {
        status = find_mistaken_file(&e->file, failure);
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

/* Is it the SVSM that is at fault? It is launched by its own SEV metadata, and
 * of the firmware nothing but the size counts, which is asked for first. */
static bool is_of_svsm(const struct evaluation *e, enum mrtd_code code)
{
    switch (code) {
    case MRTD_ERR_SVSM:
    case MRTD_ERR_SEV_TYPE:
    case MRTD_ERR_SEV_SECTION:
    case MRTD_ERR_SEV_PAGE:
    case MRTD_ERR_SEV_OVERLAP:
        return e->svsm_image != NULL;
    case MRTD_ERR_FIRMWARE_SIZE:
        return e->svsm_image && e->source.size % MRTD_PAGE_SIZE == 0 &&
               e->svsm.source.size % MRTD_PAGE_SIZE != 0;
    default:
        return false;
    }
}

enum exit_status evaluation_failed(const struct evaluation *e,
                                   const struct mrtd_error *error,
                                   struct failure *failure)
{
    const char *hint = NULL;
    if (is_of_svsm(e, error->code)) {
        /* --permissive is about the firmware. */
        return failure_library(failure, e->svsm.name, error, "");
    }
    const enum exit_status status = find_mistaken(e, error->code, failure);
    if (status) {
        return status;
    }
    if (error->code == MRTD_ERR_READ) {
        return evaluation_read_failed(e, failure);
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
    return failure_library(failure, e->name, error, hint);
}

/* --- Split images ------------------------------------------------------ */

enum exit_status evaluation_check_part(const struct evaluation_file *part,
                                       struct failure *failure)
{
    static const char magic[4] = "IGVM";
    const struct mrtd_source *source = &part->source;
    char head[sizeof magic];
    if (source->size < sizeof magic) {
        return EXIT_DONE;
    }
    if (source->read(source->context, 0, head, sizeof head)) {
        return failure_read(failure, part->name, part->problem);
    }
    return memcmp(head, magic, sizeof magic) == 0
               ? failure_refused_at(
                     failure, part->name, "vars-igvm", 0,
                     "the magic of an IGVM file, which is neither VARS nor "
                     "CODE of a split image; give the two files of one build")
               : EXIT_DONE;
}

/* Otherwise the metadata's offsets would lead to other bytes than those that a
 * VMM loads. */
enum exit_status evaluation_check_joined(const struct evaluation *e,
                                         struct failure *failure)
{
    const struct mrtd_image_info *info = mrtd_image_info(e->image);
    const uint64_t vars_size = e->vars.source.size;
    if (!e->options->vars) {
        return EXIT_DONE;
    }
    if (info->descriptor_offset < vars_size ||
        info->pointer_offset < vars_size) {
        return failure_refused_at(
            failure, e->options->vars, "vars-metadata",
            info->pointer_offset < vars_size ? info->pointer_offset
                                             : info->descriptor_offset,
            "the TDX metadata, or what leads to it, is in the VARS file, which "
            "anybody may change; give the two files of one build");
    }
    if (info->data_end == info->size) {
        return EXIT_DONE;
    }
    const enum exit_status status = find_mistaken_file(&e->vars, failure);
    return status
               ? status
               : failure_refused(
                     failure, e->name, "vars-size",
                     "with --vars %s the image has %" PRIu64
                     " bytes, but its metadata describes %" PRIu64
                     "; give the CODE file and the VARS file of one build",
                     printable(e->options->vars), info->size, info->data_end);
}

/* --- Image and plan ---------------------------------------------------- */

static const struct mrtd_source *source_of(const struct evaluation_file *file)
{
    return file->name ? &file->source : NULL;
}

const struct mrtd_region *evaluation_payload(const struct evaluation *e)
{
    const struct mrtd_region *region;
    for (uint32_t i = 0; (region = mrtd_image_region(e->image, i)); i++) {
        if (region->view == MRTD_VIEW_TDVF &&
            region->type == MRTD_SECTION_PAYLOAD) {
            break;
        }
    }
    return region;
}

/* Of an image with a place for it, a kernel is the payload; but that which -c
 * is given is of lines of other platforms. */
static const struct mrtd_source *payload_of(const struct evaluation *e,
                                            const struct mrtd_vmm *vmm)
{
    return !vmm->takes_payload ? NULL
           : e->payload.name   ? &e->payload.source
           : evaluation_payload(e) && !e->options->is_listed
               ? source_of(&e->kernel)
               : NULL;
}

/* All that the options say of a launch by that VMM. */
static struct mrtd_launch launch_of(const struct evaluation *e,
                                    const struct mrtd_vmm *vmm,
                                    unsigned deviations)
{
    const struct launch_guest *guest = &e->options->guest;
    struct mrtd_launch launch = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = vmm,
        .deviations = deviations,
        .payload = payload_of(e, vmm),
        .limit = e->options->limit,
    };
    if (vmm->platform != MRTD_PLATFORM_TDX) {
        launch.vcpus = guest->vcpus;
        launch.vcpu_signature = guest->vcpu.signature;
        launch.guest_features = guest->features;
        launch.kernel = source_of(&e->kernel);
        launch.initrd = source_of(&e->initrd);
        launch.append = guest->append;
        launch.svsm = e->svsm_image;
        launch.vars_size =
            e->svsm_vars.name ? e->svsm_vars.source.size : guest->vars_size;
        launch.flags = guest->firmware_only ? MRTD_LAUNCH_FIRMWARE_ONLY : 0;
        launch.firmware_digest =
            guest->firmware_digest.size > 0 ? &guest->firmware_digest : NULL;
    }
    return launch;
}

/*
 * An IGVM file has the guest's features in its first VMSA, and takes no others:
 * a default, or those that a list's label names, are for a file without one.
 */
enum mrtd_code evaluation_plan(const struct evaluation *e,
                               const struct mrtd_vmm *vmm, unsigned deviations,
                               struct mrtd_plan **plan,
                               struct mrtd_error *error)
{
    struct mrtd_launch launch = launch_of(e, vmm, deviations);
    const uint64_t features = launch.guest_features;
    struct mrtd_error other;
    if (!mrtd_image_igvm(e->image) || e->options->guest.has_features ||
        features == 0) {
        return mrtd_plan_build(plan, e->image, &launch, error);
    }
    launch.guest_features = 0;
    enum mrtd_code code = mrtd_plan_build(plan, e->image, &launch, error);
    if (code == MRTD_ERR_IGVM_REQUEST) {
        launch.guest_features = features;
        code =
            mrtd_plan_build(plan, e->image, &launch, &other) ? code : MRTD_OK;
    }
    return code;
}

/* Opens the SVSM, if there is one; what is refused of it, or of the VARS
 * between it and the firmware, is of their files. */
static enum exit_status open_svsm(struct evaluation *e, struct failure *failure)
{
    struct mrtd_error error;
    const uint64_t vars_size = e->svsm_vars.source.size;
    if (e->svsm_vars.name && vars_size % MRTD_PAGE_SIZE != 0) {
        return failure_refused(failure, e->svsm_vars.name, "svsm",
                               "the VARS' %" PRIu64
                               " bytes are not whole pages of 4096",
                               vars_size);
    }
    if (!e->svsm.name ||
        !mrtd_image_open(&e->svsm_image, &e->svsm.source,
                         MRTD_WITHOUT_METADATA | MRTD_FORMAT_TDVF, &error)) {
        return EXIT_DONE;
    }
    return error.code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure, e->svsm.name, &error, NULL);
}

const struct mrtd_vmm *evaluation_vmm(const struct evaluation *e)
{
    const struct launch_options *o = e->options;
    const bool is_said = o->vmm_given || o->is_listed;
    const struct mrtd_vmm *spec = is_said || !mrtd_image_igvm(e->image)
                                      ? NULL
                                      : mrtd_vmm_find(o->platform, "spec");
    return spec ? spec : o->vmm;
}

static enum exit_status make_plan(struct evaluation *e, struct failure *failure)
{
    struct mrtd_error error;
    enum exit_status status = evaluation_check_joined(e, failure);
    if (!status) {
        status = evaluation_check_vcpus(e, failure);
    }
    if (!status) {
        status = open_svsm(e, failure);
    }
    if (status) {
        return status;
    }
    if (evaluation_plan(e, evaluation_vmm(e), 0, &e->plan, &error)) {
        return evaluation_failed(e, &error, failure);
    }
    status = evaluation_check_label(e, failure);
    return status ? status : refusals_ask(e, failure);
}

enum exit_status evaluation_open(struct evaluation *e, struct failure *failure)
{
    const struct launch_options *o = e->options;
    const unsigned flags =
        (o->vars ? MRTD_FORMAT_TDVF : o->image_format) |
        (o->permissive ? MRTD_PERMISSIVE : 0) |
        (o->code_alone && !o->vars ? MRTD_WITHOUT_VARS : 0) |
        (o->platform == MRTD_PLATFORM_TDX ? 0 : MRTD_WITHOUT_METADATA);
    struct mrtd_error error;
    return mrtd_image_open(&e->image, &e->source, flags, &error)
               ? evaluation_failed(e, &error, failure)
               : EXIT_DONE;
}

enum exit_status evaluation_make(struct evaluation *e, struct failure *failure)
{
    enum exit_status status = evaluation_open(e, failure);
    if (!status) {
        status = make_plan(e, failure);
    }
    if (status) {
        evaluation_free(e);
    }
    return status;
}

void evaluation_free(struct evaluation *e)
{
    mrtd_accept_free(e->accept);
    mrtd_plan_free(e->plan);
    mrtd_image_free(e->svsm_image);
    mrtd_image_free(e->image);
    e->accept = NULL;
    e->plan = NULL;
    e->svsm_image = NULL;
    e->image = NULL;
}

/* --- The value --------------------------------------------------------- */

struct observing {
    const struct evaluation *e;
    section_fn *section; /* or NULL */
    run_fn *run;         /* or NULL */
    void *context;
};

static int on_progress(void *context, uint64_t hashed, uint64_t total)
{
    const struct observing *o = context;
    if (o->e->progress) {
        o->e->progress(o->e->progress_context, hashed, total);
    }
    return 0;
}

static void on_section(void *context, uint32_t section,
                       const uint8_t running[MRTD_DIGEST_SIZE])
{
    const struct observing *o = context;
    if (o->section) {
        o->section(o->context, section, running);
    }
}

static void on_run(void *context, uint32_t run,
                   const uint8_t running[MRTD_DIGEST_SIZE])
{
    const struct observing *o = context;
    if (o->run) {
        o->run(o->context, run, running);
    }
}

static enum exit_status measure(struct observing *observing,
                                struct mrtd_value *value,
                                struct failure *failure)
{
    const struct evaluation *e = observing->e;
    const struct mrtd_observer observer = {.context = observing,
                                           .progress = on_progress,
                                           .region = on_section,
                                           .run = on_run};
    struct mrtd_error error;
    const enum mrtd_code code = mrtd_measure(e->plan, &observer, value, &error);
    (void)on_progress(observing, 0, 0);
    return code ? evaluation_failed(e, &error, failure) : EXIT_DONE;
}

enum exit_status evaluation_measure(const struct evaluation *e,
                                    section_fn *section, void *context,
                                    struct mrtd_value *value,
                                    struct failure *failure)
{
    struct observing observing = {e, section, NULL, context};
    return measure(&observing, value, failure);
}

enum exit_status evaluation_measure_runs(const struct evaluation *e,
                                         run_fn *run, void *context,
                                         struct mrtd_value *value,
                                         struct failure *failure)
{
    struct observing observing = {e, NULL, run, context};
    return measure(&observing, value, failure);
}

void evaluation_findings(const struct evaluation *e, finding_fn *each,
                         void *context)
{
    const struct mrtd_finding *f;
    /* Those of a flat image are about its TDX metadata. */
    const bool apply =
        e->options->platform == MRTD_PLATFORM_TDX || mrtd_image_igvm(e->image);
    for (uint32_t i = 0; apply && (f = mrtd_image_finding(e->image, i)); i++) {
        each(context, f);
    }
    for (uint32_t i = 0; (f = mrtd_plan_finding(e->plan, i)); i++) {
        each(context, f);
    }
    refusals_give(e, each, context);
}

void evaluation_value_findings(const struct evaluation *e,
                               const struct mrtd_value *value, finding_fn *each,
                               void *context)
{
    struct mrtd_error what;
    struct mrtd_finding finding = {.severity = MRTD_WARNING,
                                   .region = MRTD_NO_REGION};
    finding.code = mrtd_igvm_check_id_block(e->image, value, &what);
    if (finding.code) {
        finding.offset = what.offset;
        memcpy(finding.message, what.message, sizeof finding.message);
        each(context, &finding);
    }
}
