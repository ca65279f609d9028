/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/batch.h"

#include <stdlib.h>

#include "commands/open.h"
#include "io/diagnostic.h"
#include "model/launches.h"
#include "printable.h"

#define MAX_JOBS 1024

static enum exit_status take_jobs(void *options, const char *value)
{
    struct batch_options *o = options;
    char *end = NULL;
    unsigned long jobs = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || jobs == 0 ||
        jobs > MAX_JOBS) {
        return diagnostic_usage("--jobs needs a number from 1 to %d, not '%s'",
                                MAX_JOBS, printable(value));
    }
    o->jobs = (unsigned)jobs;
    return EXIT_DONE;
}

static const struct option_row rows[] = {
    {OPTION_CALL("jobs", take_jobs, OPTION_IS("N", "a number"),
                 "threads for many files (default: cores)")},
};
const struct option_table batch_options_table = OPTION_TABLE(rows);

enum exit_status batch_run(batch_fn *work, void *context, size_t count,
                           const struct batch_options *options)
{
    /* An image and its payload; VARS go with a single image only. */
    return parallel_files(work, context, count, BATCH_SIZE, options->jobs, 2);
}

/* An image at work. */
struct item {
    struct open_files files;
    struct evaluation e; /* open if status is EXIT_DONE */
    enum exit_status status;
    struct capture said; /* until it is this image's turn */
};

static void open_item(struct item *item, const struct batch_image *image,
                      bool report)
{
    const bool captured = capture_begin(&item->said);
    item->status =
        open_evaluation(&item->files, &item->e, image->options, image->name);
    if (!item->status && report) {
        open_report(&item->e);
    }
    if (captured && !capture_end(&item->said)) {
        open_close(&item->files, &item->e);
        diagnostic_file(image->name, "out of memory");
        item->status = EXIT_IO;
    }
}

enum exit_status batch_measure(const struct batch_image images[], size_t count,
                               bool report, batch_each_fn *each, void *context)
{
    struct item items[BATCH_SIZE] = {0};
    const struct mrtd_plan *plans[BATCH_SIZE] = {NULL};
    struct mrtd_measurement results[BATCH_SIZE];
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < count; i++) {
        open_item(&items[i], &images[i], report);
        plans[i] = items[i].status ? NULL : items[i].e.plan;
    }
    launches_measure_plans(plans, count, false, results);
    for (size_t i = 0; i < count; i++) {
        struct item *item = &items[i];
        struct failure failure;
        capture_print(&item->said);
        if (!item->status && results[i].error.code) {
            evaluation_failed(&item->e, &results[i].error, &failure);
            item->status = diagnostic_failure(&failure);
        }
        status = worst(status, each(context, i, item->status, &item->e,
                                    &results[i].value));
        open_close(&item->files, &item->e);
    }
    return status;
}
