/* SPDX-License-Identifier: Apache-2.0 */
/* How far the hashing of a file has come: a line on a terminal's stderr that is
 * written over each second. */
#ifndef IO_PROGRESS_H
#define IO_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
    const char *name; /* of the file */
    time_t last;      /* second in which it was last shown */
    bool shown;
};

/* The context is a struct progress. A total of 0 removes the line. */
void progress_show(void *context, uint64_t hashed, uint64_t total);

#endif
