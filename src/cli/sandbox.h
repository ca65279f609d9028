/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process may still do while it reads bytes of strangers: no new
 * privileges, Landlock and a seccomp allow-list. A parser that was taken over
 * could then print nonsense, and no more. What the kernel has not is left out.
 */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include "cli/options.h"

/*
 * First step, before any input is opened: files may still be opened for
 * reading, and written only where the options name an output or in $TMPDIR; no
 * sockets, no programs.
 */
void sandbox_enter(const struct options *options);

/*
 * Second step, or the only one, once all inputs are open (input_keep()): no
 * file can be opened any more but the outputs. Where there were not descriptors
 * enough for all inputs, it is only what the first step is.
 */
void sandbox_seal(const struct options *options);

/* Prints what is in force, for --version -v. */
void sandbox_describe(void);

#endif
