/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"

#include <string.h>

struct span span_make(const uint8_t *data, uint64_t size, uint64_t base)
{
    struct span s = {.data = data, .size = size, .base = base};
    return s;
}

bool span_has(struct span s, uint64_t offset, uint64_t len)
{
    return offset <= s.size && len <= s.size - offset;
}

const uint8_t *span_bytes(struct span s, uint64_t offset, uint64_t len)
{
    if (!span_has(s, offset, len)) {
        return NULL;
    }
    return s.data + offset;
}

bool span_part(struct span s, uint64_t offset, uint64_t len, struct span *out)
{
    if (!span_has(s, offset, len)) {
        return false;
    }
    *out = span_make(s.data + offset, len, s.base + offset);
    return true;
}

bool span_u8(struct span s, uint64_t offset, uint8_t *out)
{
    const uint8_t *p = span_bytes(s, offset, 1);
    if (!p) {
        return false;
    }
    *out = *p;
    return true;
}

bool span_u16(struct span s, uint64_t offset, uint16_t *out)
{
    const uint8_t *p = span_bytes(s, offset, 2);
    if (!p) {
        return false;
    }
    *out = (uint16_t)(p[0] + 256U * p[1]);
    return true;
}

bool span_u32(struct span s, uint64_t offset, uint32_t *out)
{
    const uint8_t *p = span_bytes(s, offset, 4);
    if (!p) {
        return false;
    }
    *out = p[0] + 256U * p[1] + 65536U * p[2] + 16777216U * p[3];
    return true;
}

bool span_u64(struct span s, uint64_t offset, uint64_t *out)
{
    uint32_t low = 0;
    uint32_t high = 0;
    if (!span_has(s, offset, 8)) {
        return false;
    }
    span_u32(s, offset, &low);
    span_u32(s, offset + 4, &high);
    *out = UINT64_C(4294967296) * high + low;
    return true;
}

bool span_copy(struct span s, uint64_t offset, size_t len, uint8_t *out)
{
    const uint8_t *p = span_bytes(s, offset, len);
    if (!p) {
        return false;
    }
    memcpy(out, p, len);
    return true;
}

bool span_guid(struct span s, uint64_t offset, struct guid *out)
{
    return span_copy(s, offset, sizeof out->bytes, out->bytes);
}

bool span_equals(struct span s, uint64_t offset, const uint8_t *bytes,
                 size_t len)
{
    const uint8_t *p = span_bytes(s, offset, len);
    return p && memcmp(p, bytes, len) == 0;
}

uint64_t span_differs(struct span a, struct span b, uint64_t from)
{
    uint64_t size = a.size < b.size ? a.size : b.size;
    uint64_t i = from;
    /* Most bytes agree: in steps of what memcmp() is fast with. */
    /*@ loop invariant from <= i;
        loop invariant from <= size ==> i <= size;
        loop invariant from > size ==> i == from;
        loop assigns i;
        loop variant size - i;
    @*/
    while (i < size && size - i >= 256 &&
           memcmp(a.data + i, b.data + i, 256) == 0) {
        i += 256;
    }
    /*@ loop invariant from <= i;
        loop invariant from <= size ==> i <= size;
        loop invariant from > size ==> i == from;
        loop assigns i;
        loop variant size - i;
    @*/
    while (i < size && a.data[i] == b.data[i]) {
        i++;
    }
    return i < size ? i : size;
}

uint64_t span_agrees(struct span a, struct span b, uint64_t from)
{
    uint64_t size = a.size < b.size ? a.size : b.size;
    uint64_t i = from;
    /*@ loop invariant from <= i;
        loop invariant from <= size ==> i <= size;
        loop invariant from > size ==> i == from;
        loop invariant \forall integer k;
          from <= k < i ==> a.data[k] != b.data[k];
        loop assigns i;
        loop variant size - i;
    @*/
    while (i < size && a.data[i] != b.data[i]) {
        i++;
    }
    return i < size ? i : size;
}

bool span_is_zero(struct span s)
{
    /*@ loop invariant 0 <= i <= s.size;
        loop invariant \forall integer k; 0 <= k < i ==> s.data[k] == 0;
        loop assigns i;
        loop variant s.size - i;
    @*/
    for (uint64_t i = 0; i < s.size; i++) {
        if (s.data[i]) {
            return false;
        }
    }
    return true;
}
