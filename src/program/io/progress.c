/* SPDX-License-Identifier: Apache-2.0 */
#include "io/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "io/output.h"
#include "printable.h"

/* Bytes hashed before the first progress line: about a second's work. */
#define PROGRESS_FROM (UINT64_C(1) << 29)

void progress_show(void *context, uint64_t hashed, uint64_t total)
{
    struct progress *p = context;
    const time_t now = time(NULL);
    if (total == 0) {
        fputs(p->shown ? "\r\033[K" : "", stderr);
        p->shown = false;
    } else if (hashed >= PROGRESS_FROM && now != p->last &&
               isatty(STDERR_FILENO) && output_errors() == stderr) {
        p->last = now;
        p->shown = true;
        fprintf(stderr, "\rmrtd-calc: %s: %3.0f %% of %.1f GiB hashed\033[K",
                printable(p->name), 100.0 * (double)hashed / (double)total,
                (double)total / (double)(1 << 30));
    }
}
