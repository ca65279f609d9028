/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is written: under a temporary name beside it, and renamed once it
 * is whole, so that a failure leaves neither half a file nor loses an old one.
 */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stdio.h>

#include "cli/output.h"

struct outfile {
    const char *name; /* as the user gave it; must outlive this */
    char *temporary;  /* NULL: written in place, as a device is */
    FILE *stream;
};

/*
 * Opens a file for writing. What is not a regular file (a device, a pipe) is
 * written in place; a symbolic link to a file is followed. On failure says why
 * on stderr, and *file holds nothing.
 */
enum exit_status outfile_open(struct outfile *file, const char *name);

/* Puts the file in its place. On failure says why, and the old file stays. */
enum exit_status outfile_commit(struct outfile *file);

/* Gives up what was written so far. */
void outfile_discard(struct outfile *file);

/* All of it for a file that holds these bytes. */
enum exit_status outfile_write(const char *name, const void *bytes,
                               size_t size);

#endif
