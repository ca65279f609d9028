/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of files that are written, told by how this program begins them. */
#ifndef IO_KINDS_H
#define IO_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a file so many first bytes are enough, also where the name of a firmware
 * file is among them. */
#define KIND_HEAD 8192

struct kind {
    const char *what; /* for a message that says what a file is not */
    uint64_t size;    /* size of the whole file, or 0 for any */
    const struct kind_start *starts; /* the last has no bytes; or NULL */
};

/* By what struct output_file calls it, which is the usual extension of such a
 * file where there is one. One of another name, or NULL, is no file's. */
const struct kind *kind_find(const char *type);

/* Does a file of that size, which begins with head, begin as this program
 * writes those of the kind? A CoRIM from an IGVM file has only its tag. */
bool kind_is(const struct kind *kind, uint64_t size, const char *head,
             size_t head_size);

#endif
