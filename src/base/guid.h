/* SPDX-License-Identifier: Apache-2.0 */
/* GUIDs as UEFI stores them: the first three fields little-endian. */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include <stdbool.h>
#include <stdint.h>

/* Text form with its NUL: 8-4-4-4-12 digits. */
#define GUID_TEXT_SIZE 37

struct guid {
    uint8_t bytes[16]; /* in file order */
};

/* One byte of a number; the lowest is 0. */
#define GUID_BYTE(number, i) ((uint8_t)((number) >> 8 * (i)&0xff))
/*
 * The initializer of the bytes of a GUID, from the five numbers of its text
 * form: 96b582de-1fb2-45f7-baea-a366c55a082d is
 * GUID(0x96b582de, 0x1fb2, 0x45f7, 0xbaea, 0xa366c55a082d).
 */
#define GUID(a, b, c, d, e)                                                    \
    {                                                                          \
        GUID_BYTE(a, 0), GUID_BYTE(a, 1), GUID_BYTE(a, 2), GUID_BYTE(a, 3),    \
            GUID_BYTE(b, 0), GUID_BYTE(b, 1), GUID_BYTE(c, 0),                 \
            GUID_BYTE(c, 1), GUID_BYTE(d, 1), GUID_BYTE(d, 0),                 \
            GUID_BYTE(UINT64_C(e), 5), GUID_BYTE(UINT64_C(e), 4),              \
            GUID_BYTE(UINT64_C(e), 3), GUID_BYTE(UINT64_C(e), 2),              \
            GUID_BYTE(UINT64_C(e), 1), GUID_BYTE(UINT64_C(e), 0)               \
    }

/*@ requires \valid_read(a) && \valid_read(b);
    assigns \nothing;
    ensures \result <==>
      \forall integer i; 0 <= i < 16 ==> a->bytes[i] == b->bytes[i];
@*/
bool guid_equal(const struct guid *a, const struct guid *b);
/*@ requires \valid(text + (0 .. 36)) && \valid_read(guid);
    requires \separated(text + (0 .. 36), guid);
    assigns text[0 .. 36];
@*/
void guid_format(char text[GUID_TEXT_SIZE], const struct guid *guid);

#endif
