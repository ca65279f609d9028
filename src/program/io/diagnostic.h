/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on standard error: "mrtd-calc: FILE: warning: offset 0x..: ... [code]"
 */
#ifndef IO_DIAGNOSTIC_H
#define IO_DIAGNOSTIC_H

#include "io/output.h"
#include "mrtd.h"

/* Is each error also an object on standard output, as with --json? */
void diagnostic_as_json(bool wanted);

/* From now on no line is printed that was before: for work that comes to the
 * same files again, once for each launch. */
void diagnostic_once(void);

/* Prints lines about the file that were captured before; NULL: none. */
void diagnostic_again(const char *file, const char *text);

/* Prints "mrtd-calc: " and the line. */
void diagnostic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints a line about a file, which may be NULL. */
void diagnostic_file(const char *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The command whose --help messages about the command line point to: its word,
 * or what else chooses it; NULL: to that of the program. */
void diagnostic_of_command(const char *word);

/*
 * Prints an error of the command line, with a pointer to --help unless it ends
 * by asking what was meant. Returns EXIT_USAGE.
 */
enum exit_status diagnostic_usage(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Says why something has failed, and returns the failure's status. */
enum exit_status diagnostic_failure(const struct failure *failure);
/* The same if the status, of what fills the failure, is not EXIT_DONE; returns
 * the status. */
enum exit_status diagnostic_outcome(enum exit_status status,
                                    const struct failure *failure);

/* "out of memory", about a file, or NULL. Returns EXIT_IO. */
enum exit_status diagnostic_no_memory(const char *file);

/* A warning or note of the library. */
void diagnostic_finding(const char *file, const struct mrtd_finding *finding);

#endif
