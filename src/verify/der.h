/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (ITU-T X.690, 10): tag, length and value, one after the other. What is
 * not the one way to write a thing is refused: lengths that could be shorter or
 * are indefinite, tags of more than one byte, integers with bytes to spare.
 */
#ifndef VERIFY_DER_H
#define VERIFY_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_PRINTABLE_STRING = 0x13,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0xa0, /* constructed; its number is added */
};

struct der {
    uint8_t tag;
    struct span value;
    struct span whole; /* with tag and length */
};

/* The item at the start of *rest, which then begins after it. On failure both
 * are as they were. */
bool der_next(struct span *rest, struct der *item);
/* The same of an item that has to have this tag; item may be NULL. */
bool der_take(struct span *rest, uint8_t tag, struct der *item);
/* One item with this tag, and nothing after it. */
bool der_only(struct span s, uint8_t tag, struct der *item);
/* Is there an item with this tag next? */
bool der_has(struct span rest, uint8_t tag);

/* The value of an INTEGER or ENUMERATED from 0 to limit. */
bool der_number(struct span value, uint64_t limit, uint64_t *number);
/* The value of a positive INTEGER of any size, without the zero in front. */
bool der_magnitude(struct span value, struct span *bytes);
/* A BIT STRING of whole bytes. */
bool der_whole_bits(struct span value, struct span *bytes);
/* UTCTime or GeneralizedTime in UTC and whole seconds, as RFC 5280 has them
 * (4.1.2.5), in seconds since 1970. */
bool der_time(const struct der *item, int64_t *time);

/* Are the bytes of two spans the same? */
bool der_same(struct span a, struct span b);

#endif
