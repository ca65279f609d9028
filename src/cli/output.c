/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diagnostic.h"

static int first_error; /* errno of the first write that failed */
static _Thread_local struct capture *captured; /* NULL: not captured */

enum exit_status worst(enum exit_status a, enum exit_status b)
{
    return a > b ? a : b;
}

void output_init(void)
{
    /* A file over the limit of the shell is an error like others, and what was
     * written of it is removed. */
    signal(SIGXFSZ, SIG_IGN);
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
    if (captured) {
        /* A stream in memory that cannot grow says so here, not in ferror(). */
        captured->failed |= vfprintf(captured->streams[0], format, args) < 0;
    } else if (vprintf(format, args) < 0 && !first_error) {
        first_error = errno;
    }
    va_end(args);
}

void output_bytes(const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, stdout) != size && !first_error) {
        first_error = errno;
    }
}

FILE *output_errors(void)
{
    return captured ? captured->streams[1] : stderr;
}

static void capture_drop(struct capture *capture)
{
    for (unsigned i = 0; i < 2; i++) {
        if (capture->streams[i]) {
            fclose(capture->streams[i]);
        }
        free(capture->texts[i]);
    }
    memset(capture, 0, sizeof *capture);
}

bool capture_begin(struct capture *capture)
{
    memset(capture, 0, sizeof *capture);
    for (unsigned i = 0; i < 2; i++) {
        capture->streams[i] =
            open_memstream(&capture->texts[i], &capture->sizes[i]);
    }
    if (!capture->streams[0] || !capture->streams[1]) {
        capture_drop(capture);
        return false;
    }
    captured = capture;
    return true;
}

bool capture_end(struct capture *capture)
{
    bool good = !capture->failed;
    captured = NULL;
    for (unsigned i = 0; i < 2; i++) {
        good = !ferror(capture->streams[i]) && good;
        good = fclose(capture->streams[i]) == 0 && good;
        /* glibc's fclose() says nothing if its last realloc() failed. */
        good = capture->texts[i] && good;
        capture->streams[i] = NULL;
    }
    if (!good) {
        capture_drop(capture);
    }
    return good;
}

void capture_print(struct capture *capture)
{
    if (capture->texts[1]) {
        fwrite(capture->texts[1], 1, capture->sizes[1], stderr);
    }
    if (capture->texts[0] &&
        fwrite(capture->texts[0], 1, capture->sizes[0], stdout) !=
            capture->sizes[0] &&
        !first_error) {
        first_error = errno;
    }
    capture_drop(capture);
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
