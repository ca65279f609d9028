/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a firmware, opened for the model, which opens none. */
#ifndef COMMANDS_OPEN_H
#define COMMANDS_OPEN_H

#include "io/input.h"
#include "io/progress.h"
#include "model/image_check.h"

struct open_files {
    struct input file;
    struct input vars;                  /* fd -1: none */
    struct input payload;               /* fd -1: none */
    struct input kernel;                /* fd -1: none */
    struct input initrd;                /* fd -1: none */
    struct input cmdline;               /* fd -1: none */
    struct input td_hob;                /* fd -1: none */
    struct input disk;                  /* fd -1: none */
    struct input uki;                   /* fd -1: none */
    struct input boot_disk;             /* fd -1: none */
    struct input ovmf[MRTD_OVMF_FILES]; /* fd -1: none */
    struct input svsm;                  /* fd -1: none */
    struct input svsm_vars;             /* fd -1: none */
    struct progress progress;
    struct image_check image_check;
};

/*
 * Opens the firmware's files, and makes *e of them: its image and its plan are
 * there. Whatever is wrong is said on stderr. Close it with open_close(), which
 * is allowed after a failure, too; until then both must stay where they are.
 */
enum exit_status open_evaluation(struct open_files *files, struct evaluation *e,
                                 const struct launch_options *options,
                                 const char *name);
/*
 * open_evaluation() for a file that is open already; it is closed with *files,
 * or where this fails.
 */
enum exit_status open_evaluation_of(struct open_files *files,
                                    struct evaluation *e,
                                    const struct launch_options *options,
                                    const struct input *file);
/* As open_evaluation(), but there is no image: e->source is there. */
enum exit_status open_sources(struct open_files *files, struct evaluation *e,
                              const struct launch_options *options,
                              const char *name);
/* open_sources() for a file that is open already; it is closed with *files, or
 * where this fails. */
enum exit_status open_sources_of(struct open_files *files, struct evaluation *e,
                                 const struct launch_options *options,
                                 const struct input *file);
/* The files of a boot: the firmware's, of which there is the image alone, or
 * none where name is NULL; and those of its kernel. */
enum exit_status open_boot(struct open_files *files, struct evaluation *e,
                           const struct launch_options *options,
                           const char *name);
/* Makes image and plan of the sources; closes all where that fails. */
enum exit_status open_make(struct open_files *files, struct evaluation *e);
/* What open_close() may be given where nothing was opened. */
void open_nothing(struct open_files *files);
/* Frees image and plan, too. */
void open_close(struct open_files *files, struct evaluation *e);

/* Opens a firmware's files, says what is to be said, and measures it; *vmm is
 * who launches it. */
enum exit_status open_measure(const struct launch_options *options,
                              const char *name, struct mrtd_value *value,
                              const struct mrtd_vmm **vmm);

/* All of a manifest's bytes, to be freed. */
enum exit_status open_manifest(const char *name, char **text, size_t *size);

/* An open input, as the model takes it; it must stay where it is. */
struct evaluation_file open_as_file(struct input *input);

/* Says all warnings and notes on stderr; and those that the value gives. */
void open_report(const struct evaluation *e);
void open_report_value(const struct evaluation *e,
                       const struct mrtd_value *value);
/* A finding_fn that says it; the context points to the file's name. */
void open_report_finding(void *context, const struct mrtd_finding *finding);

#endif
