/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/batch.h"

#include <sys/resource.h>

#include "cli/input.h"

/* Descriptors that are open anyway, or that libraries may want. */
#define SPARE_DESCRIPTORS 10
/* An image and its payload; VARS go with a single image only. */
#define IMAGE_DESCRIPTORS 2

enum exit_status batch_run(batch_fn *work, void *context, size_t count,
                           const struct options *options)
{
    struct rlimit limit;
    size_t most = (size_t)options->jobs * BATCH_SIZE;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        const rlim_t used = SPARE_DESCRIPTORS + input_kept_count();
        rlim_t room = limit.rlim_cur > used
                          ? (limit.rlim_cur - used) / IMAGE_DESCRIPTORS
                          : 0;
        most = room < most ? (size_t)room : most;
    }
    most = most > 0 ? most : 1;
    unsigned jobs = options->jobs < most ? options->jobs : (unsigned)most;
    size_t batch = BATCH_SIZE;
    while (batch > 1 && batch * jobs > most) {
        batch--;
    }
    return parallel_run(work, context, count, batch, jobs);
}

/* Measures those that are open; their statuses become those of the results. */
static void measure_open(struct evaluation *evaluations,
                         enum exit_status *statuses, size_t count,
                         struct mrtd_measurement *results)
{
    const struct mrtd_plan *plans[BATCH_SIZE] = {NULL};
    struct mrtd_measurement measured[BATCH_SIZE];
    size_t open = 0;
    for (size_t i = 0; i < count; i++) {
        if (!statuses[i]) {
            plans[open++] = evaluations[i].plan;
        }
    }
    mrtd_measure_many(plans, open, measured);
    open = 0;
    for (size_t i = 0; i < count; i++) {
        if (!statuses[i]) {
            results[i] = measured[open++];
            if (results[i].error.code) {
                statuses[i] =
                    evaluation_failed(&evaluations[i], &results[i].error);
            }
        }
    }
}

enum exit_status batch_measure(const struct options *options,
                               const char *const names[], size_t count,
                               bool report, batch_each_fn *each, void *context)
{
    struct evaluation evaluations[BATCH_SIZE];
    struct mrtd_measurement results[BATCH_SIZE] = {0};
    enum exit_status statuses[BATCH_SIZE];
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < count; i++) {
        statuses[i] = evaluation_open(&evaluations[i], options, names[i]);
        if (!statuses[i] && report) {
            evaluation_report(&evaluations[i]);
        }
    }
    measure_open(evaluations, statuses, count, results);
    for (size_t i = 0; i < count; i++) {
        each(context, i, statuses[i], &evaluations[i], results[i].mrtd);
        evaluation_close(&evaluations[i]);
        status = worst(status, statuses[i]);
    }
    return status;
}
