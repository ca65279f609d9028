/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span: bytes of an input and where they stand in it. The one place that
 * dereferences image bytes is span.c; all other code asks here, and an answer
 * is either whole or "false", with the output left as it was.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/guid.h"

struct span {
    const uint8_t *data;
    uint64_t size;
    uint64_t base; /* offset of the first byte in the input, for messages */
};

struct span span_make(const void *data, uint64_t size, uint64_t base);

/* Are the len bytes at offset inside? */
bool span_has(struct span s, uint64_t offset, uint64_t len);

/* The len bytes at offset as a span of their own. */
bool span_part(struct span s, uint64_t offset, uint64_t len, struct span *out);

/* Little-endian integers at an offset of any alignment. */
bool span_u8(struct span s, uint64_t offset, uint8_t *out);
bool span_u16(struct span s, uint64_t offset, uint16_t *out);
bool span_u32(struct span s, uint64_t offset, uint32_t *out);
bool span_u64(struct span s, uint64_t offset, uint64_t *out);

bool span_guid(struct span s, uint64_t offset, struct guid *out);

/* Do the bytes at offset equal these? False also where they are not inside. */
bool span_equals(struct span s, uint64_t offset, const void *bytes, size_t len);

/*
 * The first offset, not before from, at which the two differ (span_differs) or
 * agree (span_agrees); the size of the shorter where there is none.
 */
uint64_t span_differs(struct span a, struct span b, uint64_t from);
uint64_t span_agrees(struct span a, struct span b, uint64_t from);

/* Is every byte zero? True for an empty span. */
bool span_is_zero(struct span s);

/* Copies the len bytes at offset to out. */
bool span_copy(struct span s, uint64_t offset, size_t len, void *out);

/*
 * The len bytes at offset, to be handed to the hash, or NULL where they are not
 * all inside.
 */
const uint8_t *span_bytes(struct span s, uint64_t offset, uint64_t len);

#endif
