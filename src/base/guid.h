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
