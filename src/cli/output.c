/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diagnostic.h"

static int first_error; /* errno of the first write that failed */

enum exit_status worst(enum exit_status a, enum exit_status b)
{
    return a > b ? a : b;
}

void output_init(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1) {
            /* The wrong direction, on purpose. */
            int got = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
            if (got != fd) {
                exit(EXIT_IO);
            }
        }
    }
}

void output(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (vprintf(format, args) < 0 && !first_error) {
        first_error = errno;
    }
    va_end(args);
}

enum exit_status output_finish(void)
{
    if (fflush(stdout) != 0 && !first_error) {
        first_error = errno;
    }
    if (!first_error && !ferror(stdout)) {
        return EXIT_DONE;
    }
    diagnostic("cannot write to standard output: %s",
               strerror(first_error ? first_error : EIO));
    return EXIT_IO;
}

bool output_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}
