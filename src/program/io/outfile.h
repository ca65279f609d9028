/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is written, as a stream. The warden (warden.h) has it made under
 * a temporary name beside it, and renamed once all that a command writes are
 * whole, so that a failure leaves neither half a file nor loses an old one.
 */
#ifndef IO_OUTFILE_H
#define IO_OUTFILE_H

#include <stdio.h>

#include "io/output.h"

struct outfile {
    const char *name; /* as the user gave it; must outlive this */
    FILE *stream;
};

/*
 * Opens an output that the command line names. What is not a regular file (a
 * device, a pipe) is written in place. On failure says why on stderr, and *file
 * holds nothing.
 */
enum exit_status outfile_open(struct outfile *file, const char *name);

/* The file is whole, or why not is said. It is in its place after
 * outfile_place(). */
enum exit_status outfile_close(struct outfile *file);

/* After the last one: puts all in their places. On failure says why, and the
 * old files stay. Does nothing where all went to standard output. */
enum exit_status outfile_place(void);

/* All of it for a file that holds these bytes. */
enum exit_status outfile_write(const char *name, const void *bytes,
                               size_t size);

/*
 * outfile_write() in the folder of --out-dir, after warden_folder(); path is
 * for messages.
 */
enum exit_status outfile_write_member(const char *path, const char *name,
                                      const void *bytes, size_t size);

/*
 * Puts the outputs in their places, and then prints: what is to be printed is
 * made before that, so that then nothing can fail for want of memory. print()
 * is false where there is none; title is for messages.
 */
enum exit_status outfile_report(bool (*print)(FILE *to, const void *context),
                                const void *context, const char *title);

#endif
