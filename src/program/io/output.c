/* SPDX-License-Identifier: Apache-2.0 */
#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"

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

void output_by_lines(void)
{
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

static void flush_stdout(void)
{
    if (fflush(stdout) != 0 && !first_error) {
        first_error = errno;
    }
}

/* What is captured next is for standard error, or for standard output. */
static void capture_turn(struct capture *c, bool errors)
{
    if (c->count > 0 && c->pieces[c->count - 1].errors == errors) {
        return;
    }
    /* Where the count is a power of two, all room is taken. */
    if ((c->count & (c->count - 1)) == 0) {
        const size_t room = c->count > 0 ? 2 * c->count : 1;
        struct capture_piece *pieces =
            realloc(c->pieces, room * sizeof *pieces);
        if (!pieces) {
            c->failed = true;
            return;
        }
        c->pieces = pieces;
    }
    const off_t start = ftello(c->stream);
    c->failed |= start < 0;
    c->pieces[c->count].start = (size_t)start;
    c->pieces[c->count++].errors = errors;
}

void output(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (captured) {
        capture_turn(captured, false);
        /* A stream in memory that cannot grow says so here, not in ferror(). */
        captured->failed |= vfprintf(captured->stream, format, args) < 0;
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
    if (captured) {
        capture_turn(captured, true);
        return captured->stream;
    }
    flush_stdout();
    return stderr;
}

static void capture_drop(struct capture *capture)
{
    if (capture->stream) {
        fclose(capture->stream);
    }
    free(capture->text);
    free(capture->pieces);
    memset(capture, 0, sizeof *capture);
}

bool capture_begin(struct capture *capture)
{
    memset(capture, 0, sizeof *capture);
    capture->stream = open_memstream(&capture->text, &capture->size);
    if (!capture->stream) {
        return false;
    }
    capture->outer = captured;
    captured = capture;
    return true;
}

bool capture_end(struct capture *capture)
{
    bool good = !capture->failed && !ferror(capture->stream);
    captured = capture->outer;
    good = fclose(capture->stream) == 0 && good;
    capture->stream = NULL;
    /* glibc's fclose() says nothing if its last realloc() failed. */
    if (!good || !capture->text) {
        capture_drop(capture);
        return false;
    }
    return true;
}

/* Bytes that were captured, to where this thread prints now. */
static void print_piece(const char *text, size_t size, bool errors)
{
    if (captured) {
        capture_turn(captured, errors);
        captured->failed |= fwrite(text, 1, size, captured->stream) != size;
    } else if (errors) {
        fwrite(text, 1, size, output_errors());
    } else {
        output_bytes(text, size);
    }
}

void capture_print(struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++) {
        const size_t start = capture->pieces[i].start;
        const size_t end = i + 1 < capture->count ? capture->pieces[i + 1].start
                                                  : capture->size;
        print_piece(capture->text + start, end - start,
                    capture->pieces[i].errors);
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
