/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/der.h"

#include "verify/moment.h"

enum {
    TAG_NUMBER = 0x1f,  /* all of these bits: the tag goes on */
    LONG_LENGTH = 0x80, /* the other bits are how many bytes the length has */
    MAX_LENGTH_BYTES = 3,
    SIGN = 0x80,
};

/* The length that begins at offset 1, and how many bytes it takes. */
static bool read_length(struct span s, uint64_t *length, uint64_t *size)
{
    uint8_t first = 0;
    uint64_t value = 0;
    if (!span_u8(s, 1, &first)) {
        return false;
    }
    if (first < LONG_LENGTH) {
        *length = first;
        *size = 1;
        return true;
    }
    const unsigned bytes = first - LONG_LENGTH;
    if (bytes == 0 || bytes > MAX_LENGTH_BYTES) {
        return false;
    }
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = 0;
        if (!span_u8(s, UINT64_C(2) + i, &byte)) {
            return false;
        }
        value = value << 8 | byte;
    }
    if (value < LONG_LENGTH || value >> (8 * (bytes - 1)) == 0) {
        return false; /* it has a shorter form */
    }
    *length = value;
    *size = 1 + (uint64_t)bytes;
    return true;
}

bool der_next(struct span *rest, struct der *item)
{
    struct der made = {.tag = 0};
    uint64_t length = 0;
    uint64_t size = 0;
    struct span after;
    if (!span_u8(*rest, 0, &made.tag) ||
        (made.tag & TAG_NUMBER) == TAG_NUMBER ||
        !read_length(*rest, &length, &size) ||
        !span_part(*rest, 1 + size, length, &made.value)) {
        return false;
    }
    /* The value ends inside of rest, so these sums are no larger than it. */
    const uint64_t end = 1 + size + length;
    if (!span_part(*rest, 0, end, &made.whole) ||
        !span_part(*rest, end, rest->size - end, &after)) {
        return false;
    }
    *rest = after;
    *item = made;
    return true;
}

bool der_take(struct span *rest, uint8_t tag, struct der *item)
{
    struct span after = *rest;
    struct der made;
    if (!der_next(&after, &made) || made.tag != tag) {
        return false;
    }
    *rest = after;
    if (item) {
        *item = made;
    }
    return true;
}

bool der_only(struct span s, uint8_t tag, struct der *item)
{
    struct der made;
    if (!der_take(&s, tag, &made) || s.size > 0) {
        return false;
    }
    *item = made;
    return true;
}

bool der_has(struct span rest, uint8_t tag)
{
    uint8_t first = 0;
    return span_u8(rest, 0, &first) && first == tag;
}

bool der_magnitude(struct span value, struct span *bytes)
{
    uint8_t first = 0;
    uint8_t second = SIGN;
    if (!span_u8(value, 0, &first) || (first & SIGN)) {
        return false;
    }
    if (first != 0) {
        *bytes = value;
        return true;
    }
    if (value.size > 1 && (!span_u8(value, 1, &second) || !(second & SIGN))) {
        return false; /* the zero is to spare */
    }
    return span_part(value, 1, value.size - 1, bytes);
}

bool der_number(struct span value, uint64_t limit, uint64_t *number)
{
    struct span bytes;
    uint64_t made = 0;
    if (!der_magnitude(value, &bytes) || bytes.size > sizeof made) {
        return false;
    }
    for (uint64_t i = 0; i < bytes.size; i++) {
        uint8_t byte = 0;
        (void)span_u8(bytes, i, &byte);
        made = made << 8 | byte;
    }
    if (made > limit) {
        return false;
    }
    *number = made;
    return true;
}

bool der_whole_bits(struct span value, struct span *bytes)
{
    uint8_t unused = 0;
    return span_u8(value, 0, &unused) && unused == 0 &&
           span_part(value, 1, value.size - 1, bytes);
}

/* The decimal number of that many digits at offset. */
static bool digits(struct span s, uint64_t offset, unsigned count,
                   unsigned *number)
{
    unsigned made = 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t digit = 0;
        if (!span_u8(s, offset + i, &digit) || digit < '0' || digit > '9') {
            return false;
        }
        made = 10 * made + (digit - (unsigned)'0');
    }
    *number = made;
    return true;
}

bool der_time(const struct der *item, int64_t *time)
{
    const bool is_short = item->tag == DER_UTC_TIME;
    const uint64_t year_digits = is_short ? 2 : 4;
    const struct span s = item->value;
    unsigned year = 0;
    unsigned field[5] = {0}; /* month, day, hour, minute, second */
    uint8_t zone = 0;
    if ((!is_short && item->tag != DER_GENERALIZED_TIME) ||
        s.size != year_digits + 11 ||
        !digits(s, 0, (unsigned)year_digits, &year) ||
        !span_u8(s, s.size - 1, &zone) || zone != 'Z') {
        return false;
    }
    for (unsigned i = 0; i < 5; i++) {
        if (!digits(s, year_digits + UINT64_C(2) * i, 2, &field[i])) {
            return false;
        }
    }
    if (is_short) {
        year += year < 50 ? 2000 : 1900;
    }
    return moment_make(year, field, time);
}

bool der_same(struct span a, struct span b)
{
    return a.size == b.size && span_differs(a, b, 0) == a.size;
}
