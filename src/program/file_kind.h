/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kind of file that is written, told by how this program begins one. Each is
 * described where its files are written; src/program/io asks before a file is
 * replaced.
 */
#ifndef FILE_KIND_H
#define FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a file so many first bytes are enough, also where the name of a firmware
 * file is among them. */
#define FILE_KIND_HEAD 8192

/*
 * How a file begins, as far as it is always the same: white space, too, so that
 * another's text of the same language is not taken for one of this program's.
 */
struct file_start {
    const char *bytes;
    size_t size;
    const char *later; /* what comes after it, anywhere; or NULL */
    /* Is this, right after it, what such a file goes on with? Or NULL */
    bool (*next)(const char *text, size_t size);
};

#define FILE_START(text)                                                       \
    {                                                                          \
        text, sizeof(text) - 1, NULL, NULL                                     \
    }
#define FILE_START_WITH(text, later, next)                                     \
    {                                                                          \
        text, sizeof(text) - 1, later, next                                    \
    }
/* What ends a list of them. */
#define FILE_START_NONE                                                        \
    {                                                                          \
        NULL, 0, NULL, NULL                                                    \
    }

struct file_kind {
    const char *what; /* for a message that says what a file is not */
    uint64_t size;    /* size of the whole file, or 0 for any */
    const struct file_start *starts; /* the last has no bytes; or NULL */
};

/* Is a file of that size, which begins with head, of the kind? */
bool file_kind_is(const struct file_kind *kind, uint64_t size, const char *head,
                  size_t head_size);

#endif
