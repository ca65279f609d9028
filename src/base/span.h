/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span: bytes of an input and their offset in it. The one place that
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

/*
 * The comments that begin with "@" are ACSL: contracts which tests/proof shows
 * for every input, of every size.
 */
/*@ predicate readable(struct span s) =
      s.size == 0 || \valid_read(s.data + (0 .. s.size - 1));

    predicate inside(struct span s, integer offset, integer len) =
      offset + len <= s.size;

    logic integer shorter(struct span a, struct span b) =
      a.size < b.size ? a.size : b.size;

    logic integer little16(uint8_t *p) = p[0] + 256 * p[1];
    logic integer little32(uint8_t *p) = little16(p) + 65536 * little16(p + 2);
    logic integer little64(uint8_t *p) =
      little32(p) + 4294967296 * little32(p + 4);
@*/

/*@ assigns \nothing;
    ensures \result.data == data && \result.size == size &&
            \result.base == base;
@*/
struct span span_make(const uint8_t *data, uint64_t size, uint64_t base);

/* Are the len bytes at offset inside? */
/*@ assigns \nothing;
    ensures \result <==> inside(s, offset, len);
@*/
bool span_has(struct span s, uint64_t offset, uint64_t len);

/* The len bytes at offset as a span of their own. */
/*@ requires readable(s) && \valid(out);
    assigns *out;
    ensures \result <==> inside(s, offset, len);
    ensures \result ==> out->data == s.data + offset && out->size == len &&
            out->base == (uint64_t)(s.base + offset);
    ensures \result ==> readable(*out);
    ensures !\result ==> *out == \old(*out);
@*/
bool span_part(struct span s, uint64_t offset, uint64_t len, struct span *out);

/* Little-endian integers at an offset of any alignment. */
/*@ requires readable(s) && \valid(out);
    assigns *out;
    ensures \result <==> inside(s, offset, 1);
    ensures \result ==> *out == s.data[offset];
    ensures !\result ==> *out == \old(*out);
@*/
bool span_u8(struct span s, uint64_t offset, uint8_t *out);
/*@ requires readable(s) && \valid(out);
    requires \separated(out, s.data + (0 .. s.size - 1));
    assigns *out;
    ensures \result <==> inside(s, offset, 2);
    ensures \result ==> *out == little16(s.data + offset);
    ensures !\result ==> *out == \old(*out);
@*/
bool span_u16(struct span s, uint64_t offset, uint16_t *out);
/*@ requires readable(s) && \valid(out);
    requires \separated(out, s.data + (0 .. s.size - 1));
    assigns *out;
    ensures \result <==> inside(s, offset, 4);
    ensures \result ==> *out == little32(s.data + offset);
    ensures !\result ==> *out == \old(*out);
@*/
bool span_u32(struct span s, uint64_t offset, uint32_t *out);
/*@ requires readable(s) && \valid(out);
    requires \separated(out, s.data + (0 .. s.size - 1));
    assigns *out;
    ensures \result <==> inside(s, offset, 8);
    ensures \result ==> *out == little64(s.data + offset);
    ensures !\result ==> *out == \old(*out);
@*/
bool span_u64(struct span s, uint64_t offset, uint64_t *out);

/*@ requires readable(s) && \valid(out);
    requires \separated(out, s.data + (0 .. s.size - 1));
    assigns *out;
    ensures \result <==> inside(s, offset, 16);
    ensures \result ==>
      \forall integer i; 0 <= i < 16 ==> out->bytes[i] == s.data[offset + i];
    ensures !\result ==> *out == \old(*out);
@*/
bool span_guid(struct span s, uint64_t offset, struct guid *out);

/* Do the bytes at offset equal these? False also where they are not inside. */
/*@ requires readable(s) && \valid_read(bytes + (0 .. len - 1));
    assigns \nothing;
    ensures len > 0 ==> (\result <==> inside(s, offset, len) &&
      \forall integer i; 0 <= i < len ==> s.data[offset + i] == bytes[i]);
    ensures \result ==> inside(s, offset, len);
@*/
bool span_equals(struct span s, uint64_t offset, const uint8_t *bytes,
                 size_t len);

/*
 * The first offset, not before from, at which the two differ (span_differs) or
 * agree (span_agrees); the size of the shorter where there is none.
 */
/*@ requires readable(a) && readable(b);
    assigns \nothing;
    ensures \result <= shorter(a, b);
    ensures from <= shorter(a, b) ==> from <= \result;
    ensures \result < shorter(a, b) ==> a.data[\result] != b.data[\result];
@*/
uint64_t span_differs(struct span a, struct span b, uint64_t from);
/*@ requires readable(a) && readable(b);
    assigns \nothing;
    ensures \result <= shorter(a, b);
    ensures from <= shorter(a, b) ==> from <= \result;
    ensures \forall integer i; from <= i < \result ==> a.data[i] != b.data[i];
    ensures \result < shorter(a, b) ==> a.data[\result] == b.data[\result];
@*/
uint64_t span_agrees(struct span a, struct span b, uint64_t from);

/* Is every byte zero? True for an empty span. */
/*@ requires readable(s);
    assigns \nothing;
    ensures \result <==> \forall integer i; 0 <= i < s.size ==> s.data[i] == 0;
@*/
bool span_is_zero(struct span s);

/* Copies the len bytes at offset to out. */
/*@ requires readable(s) && \valid(out + (0 .. len - 1));
    requires \separated(out + (0 .. len - 1),
                        s.data + (0 .. s.size - 1));
    assigns out[0 .. len - 1];
    ensures \result ==> inside(s, offset, len);
    ensures len > 0 && inside(s, offset, len) ==> \result;
    ensures \result ==> \forall integer i;
      0 <= i < len ==> out[i] == s.data[offset + i];
    ensures !\result ==> \forall integer i; 0 <= i < len ==>
      out[i] == \old(out[i]);
@*/
bool span_copy(struct span s, uint64_t offset, size_t len, uint8_t *out);

/*
 * The len bytes at offset, to be handed to the hash, or NULL where they are not
 * all inside.
 */
/*@ requires readable(s);
    assigns \nothing;
    ensures inside(s, offset, len) ==> \result == s.data + offset;
    ensures !inside(s, offset, len) ==> \result == \null;
@*/
const uint8_t *span_bytes(struct span s, uint64_t offset, uint64_t len);

#endif
