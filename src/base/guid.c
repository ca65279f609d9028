/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guid.h"

#include <string.h>

#include "base/hex.h"

bool guid_equal(const struct guid *a, const struct guid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void guid_format(char text[GUID_TEXT_SIZE], const struct guid *guid)
{
    /* UEFI specification 2.10, appendix A: the order of the bytes. */
    static const uint8_t order[16] = {3, 2, 1,  0,  5,  4,  7,  6,
                                      8, 9, 10, 11, 12, 13, 14, 15};
    char *p = text;
    /*@ loop invariant 0 <= i <= 16;
        loop invariant p == text + 2 * i + (i > 4 ? 1 : 0) + (i > 6 ? 1 : 0) +
          (i > 8 ? 1 : 0) + (i > 10 ? 1 : 0);
        loop assigns i, p, text[0 .. 36];
        loop variant 16 - i;
    @*/
    for (unsigned i = 0; i < sizeof order; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }
        hex_encode(p, &guid->bytes[order[i]], 1);
        p += 2;
    }
}
