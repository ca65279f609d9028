/* SPDX-License-Identifier: Apache-2.0 */
/* Standard output, with every write error noticed. */
#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "failure.h"

/* The larger of two statuses. */
enum exit_status worst(enum exit_status a, enum exit_status b);

/*
 * Makes sure that descriptors 0 to 2 are open, so that no file gets one of
 * their numbers; a write to one that was closed still fails. A write over the
 * limit of file sizes fails, too, instead of raising a signal.
 */
void output_init(void);

/*
 * From now on, standard output gets each line when it is whole: for verdicts,
 * which are to be seen when they are known. Without it, lines are gathered, and
 * are there before any message on standard error that follows them.
 */
void output_by_lines(void);

/* printf() to standard output; errors are kept for output_finish(). */
void output(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The stream of this thread's standard output, or a capture. To be asked for
 * before each report, and not to be used after what may print a message. Errors
 * are kept for output_finish(), and a capture's for capture_end().
 */
FILE *output_stream(void);

/* Where this thread's next message goes: stderr, once standard output is
 * flushed, or a capture. To be asked for before each message. */
FILE *output_errors(void);

/* A part of what was captured, up to the next one. */
struct capture_piece {
    size_t start;
    bool errors; /* the text is for standard error */
};

/*
 * What a thread prints to standard output and standard error between
 * capture_begin() and capture_end(), in its order, kept until capture_print(),
 * which frees it. The first two return false where memory is short; the capture
 * then holds nothing. Captures nest: what an inner one held is printed into the
 * outer one.
 */
struct capture {
    struct capture *outer; /* or NULL */
    FILE *stream;
    char *text;
    size_t size;
    size_t room; /* allocated bytes of text */
    struct capture_piece *pieces;
    size_t count;
    bool failed; /* memory was short: something was not kept */
};

bool capture_begin(struct capture *capture);
bool capture_end(struct capture *capture);
void capture_print(struct capture *capture);
/*
 * Instead of capture_print(): what was for standard error as one text, to be
 * freed.
 */
char *capture_take(struct capture *capture, size_t *size);

/* Flushes; where any write failed, says so on stderr and returns EXIT_IO. */
enum exit_status output_finish(void);

/* Are colours wanted: a terminal, and no NO_COLOR? (no-color.org) */
bool output_colour(void);

#endif
