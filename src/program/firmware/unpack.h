/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LZMA as edk2 writes it: 5 bytes of properties, 64 bits of the unpacked size,
 * then the stream (LzmaCustomDecompressLib; the "LZMA alone" format).
 */
#ifndef FIRMWARE_UNPACK_H
#define FIRMWARE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/guid.h"
#include "base/span.h"

enum unpack_method {
    UNPACK_NONE, /* an unknown method */
    UNPACK_LZMA,
    UNPACK_LZMA_X86, /* LZMA with the filter for x86 branches */
};

/* The method of a GUID-defined section. */
enum unpack_method unpack_method(const struct guid *guid);

/* The unpacked size that the header claims; false where there is no header. */
bool unpack_size(struct span packed, uint64_t *size);

enum unpack_result {
    UNPACK_DONE,
    UNPACK_DAMAGED, /* the stream is damaged, cut, or of another size */
    UNPACK_MEMORY,  /* memory is short */
};

/*
 * Unpacks exactly size bytes to out. The memory taken beside is bounded by
 * size.
 */
enum unpack_result unpack_run(enum unpack_method method, struct span packed,
                              void *out, size_t size);

#endif
