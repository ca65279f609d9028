/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something has failed: filled by the innermost function that knows it,
 * passed up unchanged, and said in one place, by the command
 * (diagnostic_failure()).
 */
#ifndef FAILURE_H
#define FAILURE_H

#include <stdint.h>

#include "mrtd.h"

/* Exit statuses, mrtd-calc(1). Of several, the largest is the program's. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_DIFFERS = 1,
    EXIT_USAGE = 2,
    EXIT_REFUSED = 3,
    EXIT_IO = 4,
};

/* A message with a name in it, each byte of which may be escaped. */
#define FAILURE_MESSAGE 5000

struct failure {
    enum exit_status status;
    const char *file; /* as the user gave it, not copied; NULL: the failure is
                         not about a file */
    const char *code; /* stable, as mrtd_code_name(); NULL: it has none */
    uint64_t offset;  /* offset in the file, or MRTD_NO_OFFSET */
    char message[FAILURE_MESSAGE]; /* one line of printable ASCII */
    const char *hint;              /* "; what to do about it", or "" */
};

/* Each fills *failure and returns its status. */

/* The file is refused. */
enum exit_status failure_refused(struct failure *failure, const char *file,
                                 const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
enum exit_status failure_refused_at(struct failure *failure, const char *file,
                                    const char *code, uint64_t offset,
                                    const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The file is read, and is not what it is compared with: EXIT_DIFFERS. */
enum exit_status failure_differs(struct failure *failure, const char *file,
                                 const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The command line, or what it says, is wrong. */
enum exit_status failure_usage(struct failure *failure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Memory is short; file may be NULL. */
enum exit_status failure_memory(struct failure *failure, const char *file);

/* The file cannot be read. */
enum exit_status failure_read(struct failure *failure, const char *file,
                              const char *why);

/*
 * The library has refused the file, or has failed; hint: what to do about it,
 * or NULL for the usual hint.
 */
enum exit_status failure_library(struct failure *failure, const char *file,
                                 const struct mrtd_error *error,
                                 const char *hint);

/* Says a warning or a note about a file, or about none (NULL). What computes
 * takes such a function from the command, which gives it diagnostic_file(). */
typedef void remark_fn(const char *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
