/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output files as the warden (warden.h) makes them: under a temporary name that
 * nobody can foresee, in the folder where they go, and renamed once all of them
 * are whole, so that a failure leaves neither half a file nor some of several,
 * and loses no old one. One file and one folder at a time. Failures are said on
 * stderr.
 */
#ifndef IO_DEPOSIT_H
#define IO_DEPOSIT_H

#include "io/files.h"

/*
 * Begins an output, and gives a descriptor to write to, which the caller
 * closes. What is not a regular file (a device, a pipe) is written in place.
 */
enum exit_status deposit_open(const char *path, int *fd);

/* A folder, of a name that outlives it: made under a temporary name if it is to
 * be new, so that it appears as a whole, or else made where it is missing. */
enum exit_status deposit_folder(const char *name, bool is_new);

/* Begins a file in that folder, which must be none of these files. */
enum exit_status deposit_member(const struct files *files, const char *name,
                                int *fd);

/* Is a file, or a folder, begun and not finished? */
bool deposit_is_open(void);
bool deposit_has_folder(void);

/* The file is whole: makes sure that it is on the disk. */
enum exit_status deposit_close(void);

/* Puts all files, or a new folder, in their places: all or, as far as the file
 * system can undo it, none (pending.h). */
enum exit_status deposit_place(void);

/* Removes what was made and is not in its place. From a signal's handler,
 * too, that interrupts nothing here: signals are blocked where it would. */
void deposit_clean(void);

#endif
