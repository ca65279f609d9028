/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hexdumps: what xxd, hexdump, od and Intel's samples of quote generation
 * print. Lines with an offset, bytes, and perhaps the same as characters.
 */
#ifndef REFERENCE_CLAIMS_DUMP_H
#define REFERENCE_CLAIMS_DUMP_H

#include <stdbool.h>
#include <stddef.h>

/* Largest dump: what '*' stands for counts, too. */
#define DUMP_MOST ((size_t)1 << 20)

/* Do so many bytes of text have a line of a dump that begins at offset 0? */
bool dump_begins(const char *text, size_t len);

struct dump {
    unsigned char *bytes; /* to be freed */
    size_t size;
    size_t begin;    /* where it begins in the text */
    size_t line;     /* the number of its first line */
    const char *why; /* where it is no good: why */
    size_t bad_line; /* and where */
};

/*
 * Reads the next dump of a text from *at on, where the line *line begins, and
 * moves both on after it. False where there is none, with dump->why NULL; or
 * where it is no good, with dump->why; or where memory is short, with *at
 * SIZE_MAX.
 */
bool dump_next(struct dump *dump, const char *text, size_t len, size_t *at,
               size_t *line);

#endif
