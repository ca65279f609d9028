/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/open.h"

#include <string.h>

#include "io/diagnostic.h"
#include "model/manifest_json.h"

struct evaluation_file open_as_file(struct input *input)
{
    return (struct evaluation_file){input->name, input_source(input),
                                    input->problem};
}

static enum exit_status check_part(const struct evaluation_file *part)
{
    struct failure failure;
    return diagnostic_outcome(evaluation_check_part(part, &failure), &failure);
}

/* VARS of no bytes are no part of any image, and would be left out in silence.
 */
static enum exit_status check_vars(const struct evaluation_file *vars)
{
    if (vars->source.size > 0) {
        return check_part(vars);
    }
    diagnostic_file(vars->name,
                    "the VARS file is empty; give that of the build, or leave "
                    "--vars out for a whole image [vars-size]");
    return EXIT_REFUSED;
}

/* Opens a file, if there is one. */
static enum exit_status open_other(struct input *input, const char *name,
                                   struct evaluation_file *file)
{
    if (!name) {
        return EXIT_DONE;
    }
    const enum exit_status status = input_open(input, name);
    *file = open_as_file(input);
    return status;
}

/* The files beside the firmware; then the sources are there. */
static enum exit_status open_others(struct open_files *files,
                                    struct evaluation *e)
{
    const struct launch_options *o = e->options;
    enum exit_status status = EXIT_DONE;
    e->file = open_as_file(&files->file);
    if (o->vars) {
        status = input_open(&files->vars, o->vars);
        e->vars = open_as_file(&files->vars);
    }
    if (!status) {
        status = open_other(&files->payload, o->payload, &e->payload);
    }
    if (!status) {
        status = open_other(&files->kernel, o->guest.kernel, &e->kernel);
    }
    if (!status) {
        status = open_other(&files->initrd, o->guest.initrd, &e->initrd);
    }
    if (!status) {
        status = open_other(&files->cmdline, o->boot.cmdline, &e->cmdline);
    }
    if (!status) {
        status = open_other(&files->td_hob, o->boot.td_hob, &e->td_hob);
    }
    if (!status) {
        status = open_other(&files->disk, o->disk, &e->disk);
    }
    if (!status) {
        status = open_other(&files->uki, o->boot.uki, &e->uki);
    }
    if (!status) {
        status = open_other(&files->boot_disk, o->boot.disk, &e->boot_disk);
    }
    for (size_t i = 0; !status && i < MRTD_OVMF_FILES; i++) {
        status =
            open_other(&files->ovmf[i], o->boot.ovmf_files[i], &e->ovmf[i]);
    }
    if (!status) {
        status = open_other(&files->svsm, o->guest.svsm, &e->svsm);
    }
    if (!status) {
        status =
            open_other(&files->svsm_vars, o->guest.vars_file, &e->svsm_vars);
    }
    if (!status && o->vars) {
        status = worst(check_vars(&e->vars), check_part(&e->file));
    }
    evaluation_join(e);
    return status;
}

void open_nothing(struct open_files *files)
{
    memset(files, 0, sizeof *files);
    files->file.fd = -1;
    files->vars.fd = -1;
    files->payload.fd = -1;
    files->kernel.fd = -1;
    files->initrd.fd = -1;
    files->cmdline.fd = -1;
    files->td_hob.fd = -1;
    files->disk.fd = -1;
    files->uki.fd = -1;
    files->boot_disk.fd = -1;
    for (size_t i = 0; i < MRTD_OVMF_FILES; i++) {
        files->ovmf[i].fd = -1;
    }
    files->svsm.fd = -1;
    files->svsm_vars.fd = -1;
}

static void make_empty(struct open_files *files, struct evaluation *e,
                       const struct launch_options *options, const char *name)
{
    open_nothing(files);
    files->progress.name = name;
    *e = (struct evaluation){.options = options,
                             .name = name,
                             .progress = progress_show,
                             .progress_context = &files->progress,
                             .say = diagnostic_file,
                             .image_check = &files->image_check};
}

/* With what has become of it: all is closed where that is a failure. */
static enum exit_status end(struct open_files *files, struct evaluation *e,
                            enum exit_status status)
{
    if (status) {
        open_close(files, e);
    }
    return status;
}

enum exit_status open_sources(struct open_files *files, struct evaluation *e,
                              const struct launch_options *options,
                              const char *name)
{
    make_empty(files, e, options, name);
    enum exit_status status = input_open(&files->file, name);
    if (!status) {
        status = open_others(files, e);
    }
    return end(files, e, status);
}

enum exit_status open_boot(struct open_files *files, struct evaluation *e,
                           const struct launch_options *options,
                           const char *name)
{
    struct failure failure;
    make_empty(files, e, options, name);
    enum exit_status status = name ? input_open(&files->file, name) : EXIT_DONE;
    if (!status) {
        status = open_others(files, e);
    }
    if (!status && name) {
        status = diagnostic_outcome(evaluation_open(e, &failure), &failure);
    }
    return end(files, e, status);
}

enum exit_status open_make(struct open_files *files, struct evaluation *e)
{
    struct failure failure;
    enum exit_status status = evaluation_make(e, &failure);
    /* A TD's line may be in a file, which boot.c reads. */
    if (!status && e->disk.name && e->options->guest.append &&
        e->options->platform != MRTD_PLATFORM_TDX) {
        status = image_check_make(e, e->options->guest.append, &failure);
    }
    return end(files, e, diagnostic_outcome(status, &failure));
}

enum exit_status open_sources_of(struct open_files *files, struct evaluation *e,
                                 const struct launch_options *options,
                                 const struct input *file)
{
    make_empty(files, e, options, file->name);
    files->file = *file;
    return end(files, e, open_others(files, e));
}

enum exit_status open_evaluation_of(struct open_files *files,
                                    struct evaluation *e,
                                    const struct launch_options *options,
                                    const struct input *file)
{
    const enum exit_status status = open_sources_of(files, e, options, file);
    return status ? status : open_make(files, e);
}

enum exit_status open_evaluation(struct open_files *files, struct evaluation *e,
                                 const struct launch_options *options,
                                 const char *name)
{
    const enum exit_status status = open_sources(files, e, options, name);
    return status ? status : open_make(files, e);
}

void open_close(struct open_files *files, struct evaluation *e)
{
    evaluation_free(e);
    input_close(&files->file);
    input_close(&files->vars);
    input_close(&files->payload);
    input_close(&files->kernel);
    input_close(&files->initrd);
    input_close(&files->cmdline);
    input_close(&files->td_hob);
    input_close(&files->disk);
    input_close(&files->uki);
    input_close(&files->boot_disk);
    for (size_t i = 0; i < MRTD_OVMF_FILES; i++) {
        input_close(&files->ovmf[i]);
    }
    input_close(&files->svsm);
    input_close(&files->svsm_vars);
}

enum exit_status open_measure(const struct launch_options *options,
                              const char *name, struct mrtd_value *value,
                              const struct mrtd_vmm **vmm)
{
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    enum exit_status status = open_evaluation(&files, &e, options, name);
    if (status) {
        return status;
    }
    open_report(&e);
    *vmm = mrtd_plan_info(e.plan)->vmm;
    if (evaluation_measure(&e, NULL, NULL, value, &failure)) {
        status = diagnostic_failure(&failure);
    }
    open_close(&files, &e);
    return status;
}

enum exit_status open_manifest(const char *name, char **text, size_t *size)
{
    return input_small(name, MANIFEST_MAX_SIZE, "manifest", "manifest", text,
                       size);
}

void open_report_finding(void *context, const struct mrtd_finding *finding)
{
    const char *const *name = context;
    diagnostic_finding(*name, finding);
}

void open_report(const struct evaluation *e)
{
    const char *name = e->name;
    evaluation_findings(e, open_report_finding, &name);
}

void open_report_value(const struct evaluation *e,
                       const struct mrtd_value *value)
{
    const char *name = e->name;
    evaluation_value_findings(e, value, open_report_finding, &name);
}
