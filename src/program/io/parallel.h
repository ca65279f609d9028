/* SPDX-License-Identifier: Apache-2.0 */
/* Work on many files, spread over cores, printed in the order given. */
#ifndef IO_PARALLEL_H
#define IO_PARALLEL_H

#include <stddef.h>

#include "io/output.h"

/* Works on count items from first on; what it prints is kept together. */
typedef enum exit_status batch_fn(void *context, size_t first, size_t count);

/* How many cores this process may use. */
unsigned parallel_cores(void);

/*
 * Calls work for all of count items, in batches of at most largest, on up to
 * jobs threads. Returns the worst status.
 */
enum exit_status parallel_run(batch_fn *work, void *context, size_t count,
                              size_t largest, unsigned jobs);

/*
 * The same where each item has so many files open: fewer jobs and smaller
 * batches where the process may not open that many. jobs 0: as many as there
 * are cores.
 */
enum exit_status parallel_files(batch_fn *work, void *context, size_t count,
                                size_t largest, unsigned jobs, unsigned files);

/* Between these one thread is at work. */
void parallel_lock(void);
void parallel_unlock(void);

#endif
