/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process may still do while it reads bytes of strangers: no new
 * privileges, Landlock and a seccomp allow-list. A parser that was taken over
 * could then print nonsense, and no more. What the kernel has not is left out.
 */
#ifndef IO_SANDBOX_H
#define IO_SANDBOX_H

#include "io/files.h"

/*
 * Of the process that parses: no file can be opened, made, changed or looked
 * at by its name, no process started or reached. It has its inputs open, or
 * gets them, and descriptors of outputs, from a warden (warden.h). On failure
 * says on stderr that too few files can be open; nothing may be read, then.
 */
enum exit_status sandbox_seal(void);

/*
 * Of a warden: files may be opened for reading, and written only where one of
 * the outputs is made or in $TMPDIR; no sockets, no programs. Fails as
 * sandbox_seal().
 */
enum exit_status sandbox_enter(const struct files *files);

/* Prints what is in force, for --version -v. */
void sandbox_describe(void);

#endif
