/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is written, as a stream. The warden (warden.h) has it made under
 * a temporary name beside it, and renamed once it is whole, so that a failure
 * leaves neither half a file nor loses an old one.
 */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stdio.h>

#include "cli/options.h"

struct outfile {
    const char *name; /* as the user gave it; must outlive this */
    FILE *stream;
};

/*
 * Opens an output that the command line names. What is not a regular file (a
 * device, a pipe) is written in place. On failure says why on stderr, and *file
 * holds nothing.
 */
enum exit_status outfile_open(struct outfile *file, enum output_id id,
                              const char *name);

/* Puts the file in its place. On failure says why, and the old file stays. */
enum exit_status outfile_commit(struct outfile *file);

/* All of it for a file that holds these bytes. */
enum exit_status outfile_write(enum output_id id, const char *name,
                               const void *bytes, size_t size);

/* The same in the folder of --out-dir, after warden_folder(); path is for
 * messages. */
enum exit_status outfile_write_member(const char *path, const char *name,
                                      const void *bytes, size_t size);

#endif
