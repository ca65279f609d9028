/* SPDX-License-Identifier: Apache-2.0 */
/* Several firmware images measured at once. */
#ifndef COMMANDS_BATCH_H
#define COMMANDS_BATCH_H

#include "io/parallel.h"
#include "model/evaluation.h"
#include "options/options.h"

/* Most images at once: as many as any SHA-384 engine has lanes. */
#define BATCH_SIZE 8

struct batch_options {
    unsigned jobs; /* threads, or 0: as many as there are cores */
};
extern const struct option_table batch_options_table;

/*
 * Runs work over count images on so many threads, in batches of at most
 * BATCH_SIZE; fewer of both where the process may not open that many files.
 */
enum exit_status batch_run(batch_fn *work, void *context, size_t count,
                           const struct batch_options *options);

/* An image, and how it is to be measured. */
struct batch_image {
    const char *name;
    const struct launch_options *options;
};

/*
 * Called for each image in turn: with its MRTD, or with what went wrong (which
 * was said on stderr); e is open only if status is EXIT_DONE. Returns that
 * status, or what went wrong in turn.
 */
typedef enum exit_status batch_each_fn(void *context, size_t index,
                                       enum exit_status status,
                                       const struct evaluation *e,
                                       const struct mrtd_value *value);

/*
 * Measures count images, at most BATCH_SIZE, and returns the worst status.
 * Their warnings and notes are said on stderr if report is true. What is said
 * of an image comes after each() of those before it.
 */
enum exit_status batch_measure(const struct batch_image images[], size_t count,
                               bool report, batch_each_fn *each, void *context);

#endif
