/* SPDX-License-Identifier: Apache-2.0 */
/* A source that is made of pieces of another one, and of bytes at hand. */
#ifndef BASE_PIECES_H
#define BASE_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

#define PIECES_MOST 24

struct piece {
    const struct mrtd_source *source; /* NULL: bytes at hand */
    const uint8_t *bytes;
    uint64_t offset; /* in the source */
    uint64_t size;
};

/* Zeros; what is added must stay where it is. */
struct pieces {
    struct piece items[PIECES_MOST];
    size_t count;
    uint64_t size; /* of all */
};

/* Adds a piece, unless it is empty: bytes that the source has; bytes at hand;
 * zeros up to a multiple of 4 bytes. */
void pieces_add(struct pieces *pieces, const struct mrtd_source *source,
                uint64_t offset, uint64_t size);
void pieces_add_bytes(struct pieces *pieces, const void *bytes, size_t size);
void pieces_pad(struct pieces *pieces);

/* All of them, as a source; the pieces must stay where they are. */
struct mrtd_source pieces_source(struct pieces *pieces);

#endif
