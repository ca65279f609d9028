/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pieces.h"

#include <string.h>

#include "base/source.h"

static void add(struct pieces *pieces, const struct piece *piece)
{
    if (piece->size > 0 && pieces->count < PIECES_MOST) {
        pieces->items[pieces->count++] = *piece;
        pieces->size += piece->size;
    }
}

void pieces_add(struct pieces *pieces, const struct mrtd_source *source,
                uint64_t offset, uint64_t size)
{
    const struct piece piece = {
        .source = source, .offset = offset, .size = size};
    add(pieces, &piece);
}

void pieces_add_bytes(struct pieces *pieces, const void *bytes, size_t size)
{
    const struct piece piece = {.bytes = bytes, .size = size};
    add(pieces, &piece);
}

void pieces_pad(struct pieces *pieces)
{
    static const uint8_t zeros[4] = {0};
    const size_t over = (size_t)(pieces->size % sizeof zeros);
    pieces_add_bytes(pieces, zeros, over ? sizeof zeros - over : 0);
}

/* Bytes of one piece, from within it on. */
static int read_piece(const struct piece *piece, uint64_t within, uint8_t *to,
                      size_t size)
{
    struct mrtd_error error;
    struct span s = span_make(piece->bytes, piece->size, 0);
    if (!piece->source) {
        return span_copy(s, within, size, to) ? 0 : -1;
    }
    if (source_view(piece->source, piece->offset + within, size, to, &s,
                    &error)) {
        return -1;
    }
    if (piece->source->data) {
        span_copy(s, 0, size, to);
    }
    return 0;
}

static int read_pieces(void *context, uint64_t offset, void *buffer,
                       size_t size)
{
    const struct pieces *pieces = context;
    uint8_t *to = buffer;
    uint64_t start = 0;
    for (size_t i = 0; i < pieces->count && size > 0; i++) {
        const struct piece *piece = &pieces->items[i];
        if (offset - start < piece->size) {
            const uint64_t left = piece->size - (offset - start);
            const size_t part = left < size ? (size_t)left : size;
            if (read_piece(piece, offset - start, to, part)) {
                return -1;
            }
            to += part;
            offset += part;
            size -= part;
        }
        start += piece->size;
    }
    return size > 0 ? -1 : 0;
}

struct mrtd_source pieces_source(struct pieces *pieces)
{
    return (struct mrtd_source){
        .size = pieces->size, .read = read_pieces, .context = pieces};
}
