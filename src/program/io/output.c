/* SPDX-License-Identifier: Apache-2.0 */
#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "io/diagnostic.h"

static int first_error; /* errno of the first write that failed */
/* Standard output, whose writes are write_standard(); NULL: it is stdout. */
static FILE *standard;
static _Thread_local struct capture *captured; /* NULL: not captured */

enum exit_status worst(enum exit_status a, enum exit_status b)
{
    return a > b ? a : b;
}

/* The place where each error of a write is noticed, whoever prints. */
static ssize_t write_standard(void *cookie, const char *bytes, size_t size)
{
    (void)cookie;
    for (size_t done = 0; done < size;) {
        const ssize_t count = write(STDOUT_FILENO, bytes + done, size - done);
        if (count < 0 && errno != EINTR) {
            first_error = first_error ? first_error : errno;
            return (ssize_t)done;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return (ssize_t)size;
}

static FILE *standard_stream(void)
{
    return standard ? standard : stdout;
}

void output_init(void)
{
    const cookie_io_functions_t functions = {.write = write_standard};
    /* A file over the limit of the shell is an error like others, and what was
     * written of it is removed. */
    signal(SIGXFSZ, SIG_IGN);
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1) {
            /*
             * Opened for the other direction, so that using a closed standard
             * stream fails.
             */
            int got = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
            if (got != fd) {
                exit(EXIT_IO);
            }
        }
    }
    standard = fopencookie(NULL, "w", functions);
    if (standard && isatty(STDOUT_FILENO)) {
        output_by_lines();
    }
}

void output_by_lines(void)
{
    setvbuf(standard_stream(), NULL, _IOLBF, BUFSIZ);
}

static void flush_stdout(void)
{
    if (fflush(standard_stream()) != 0 && !first_error) {
        first_error = errno;
    }
}

/* What is captured next is for standard error, or for standard output. */
static void capture_turn(struct capture *c, bool errors)
{
    if (c->count > 0 && c->pieces[c->count - 1].errors == errors) {
        return;
    }
    struct capture_piece *pieces =
        array_room(c->pieces, c->count, sizeof *pieces);
    if (!pieces) {
        c->failed = true;
        return;
    }
    c->pieces = pieces;
    pieces[c->count++] = (struct capture_piece){c->size, errors};
}

FILE *output_stream(void)
{
    if (captured) {
        capture_turn(captured, false);
        return captured->stream;
    }
    return standard_stream();
}

void output(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(output_stream(), format, args);
    va_end(args);
}

FILE *output_errors(void)
{
    if (captured) {
        capture_turn(captured, true);
        return captured->stream;
    }
    flush_stdout();
    return stderr;
}

static void capture_drop(struct capture *capture)
{
    free(capture->text);
    free(capture->pieces);
    memset(capture, 0, sizeof *capture);
}

/* Room for size more bytes, and for a NUL after them. */
static bool capture_grow(struct capture *c, size_t size)
{
    if (size < c->room - c->size) {
        return true;
    }
    const size_t room = 2 * (c->size + size + 1);
    char *text = realloc(c->text, room);
    if (text) {
        c->text = text;
        c->room = room;
    }
    return text != NULL;
}

/* The stream's writes. One in glibc's memory streams is silent where memory is
 * short. */
static ssize_t capture_write(void *cookie, const char *bytes, size_t size)
{
    struct capture *c = cookie;
    if (!capture_grow(c, size)) {
        c->failed = true;
        return 0;
    }
    memcpy(c->text + c->size, bytes, size);
    c->size += size;
    return (ssize_t)size;
}

bool capture_begin(struct capture *capture)
{
    const cookie_io_functions_t functions = {.write = capture_write};
    memset(capture, 0, sizeof *capture);
    capture->stream = fopencookie(capture, "w", functions);
    if (!capture->stream || !capture_grow(capture, 0)) {
        if (capture->stream) {
            fclose(capture->stream);
        }
        return false;
    }
    /* So that a piece begins where the last one was written. */
    setvbuf(capture->stream, NULL, _IONBF, 0);
    capture->outer = captured;
    captured = capture;
    return true;
}

bool capture_end(struct capture *capture)
{
    captured = capture->outer;
    fclose(capture->stream);
    if (capture->failed) {
        capture_drop(capture);
        return false;
    }
    return true;
}

void capture_print(struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++) {
        const size_t start = capture->pieces[i].start;
        const size_t end = i + 1 < capture->count ? capture->pieces[i + 1].start
                                                  : capture->size;
        fwrite(capture->text + start, 1, end - start,
               capture->pieces[i].errors ? output_errors() : output_stream());
    }
    capture_drop(capture);
}

char *capture_take(struct capture *capture, size_t *size)
{
    char *text = capture->text;
    *size = 0;
    for (size_t i = 0; i < capture->count; i++) {
        const size_t start = capture->pieces[i].start;
        const size_t end = i + 1 < capture->count ? capture->pieces[i + 1].start
                                                  : capture->size;
        if (capture->pieces[i].errors) {
            memmove(text + *size, text + start, end - start);
            *size += end - start;
        }
    }
    text[*size] = '\0';
    capture->text = NULL;
    capture_drop(capture);
    return text;
}

enum exit_status output_finish(void)
{
    flush_stdout();
    if (!first_error && ferror(standard_stream())) {
        first_error = EIO;
    }
    if (!first_error) {
        return EXIT_DONE;
    }
    diagnostic("cannot write to standard output: %s", strerror(first_error));
    return EXIT_IO;
}

bool output_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}
