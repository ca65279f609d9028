/* SPDX-License-Identifier: Apache-2.0 */
/* One firmware image on its way: files, image, plan, MRTD. */
#ifndef MODEL_EVALUATION_H
#define MODEL_EVALUATION_H

#include "io/input.h"
#include "model/launch_options.h"
#include "mrtd.h"

struct evaluation {
    const struct launch_options *options;
    const char *name; /* of the firmware, as the user gave it */
    struct input file;
    struct input vars;    /* fd -1: none */
    struct input payload; /* fd -1: none */
    struct mrtd_source source;
    struct mrtd_source payload_source;
    struct mrtd_image *image;
    struct mrtd_plan *plan;
};

/*
 * Opens the firmware and makes its plan. Whatever is wrong is said on stderr.
 * *e holds nothing after a failure; otherwise evaluation_close() frees it. It
 * must stay where it is.
 */
enum exit_status evaluation_open(struct evaluation *e,
                                 const struct launch_options *options,
                                 const char *name);
/* The same for a file that is open already; it is closed with *e. */
enum exit_status evaluation_open_input(struct evaluation *e,
                                       const struct launch_options *options,
                                       const struct input *file);
void evaluation_close(struct evaluation *e);

/* Makes the image's plan under another VMM, or departing from it. */
enum mrtd_code evaluation_plan(const struct evaluation *e,
                               const struct mrtd_vmm *vmm, unsigned deviations,
                               struct mrtd_plan **plan,
                               struct mrtd_error *error);

/* As evaluation_open(), but only opens the files: e->source is there. */
enum exit_status evaluation_open_files(struct evaluation *e,
                                       const struct launch_options *options,
                                       const char *name);

/* With --vars: do the two files of e->image make one whole image? */
enum exit_status evaluation_check_joined(const struct evaluation *e);

/* Called for each section that was hashed, with the SHA-384 so far. */
typedef void section_fn(void *context, uint32_t section,
                        const uint8_t running[MRTD_DIGEST_SIZE]);

/* Measures; long work shows its progress on a terminal's stderr. */
enum exit_status evaluation_measure(struct evaluation *e, section_fn *section,
                                    void *context,
                                    uint8_t mrtd[MRTD_DIGEST_SIZE]);

/* The library failed on the image: says why. */
enum exit_status evaluation_failed(const struct evaluation *e,
                                   const struct mrtd_error *error);

/* A read of one of the files has failed: says which and why. */
enum exit_status evaluation_read_failed(const struct evaluation *e);

/* Calls each for every warning and note, the image's first. */
void evaluation_findings(const struct evaluation *e,
                         void (*each)(void *context,
                                      const struct mrtd_finding *finding),
                         void *context);

/* Says all warnings and notes on stderr. */
void evaluation_report(const struct evaluation *e);

#endif
