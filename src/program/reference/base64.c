/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/base64.h"

#include <string.h>

/* RFC 4648, section 4, table 1. */
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char *text, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t bits = (uint32_t)bytes[i] << 16 |
                              (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                              (left > 2 ? bytes[i + 2] : 0);
        *text++ = digits[bits >> 18];
        *text++ = digits[bits >> 12 & 63];
        *text++ = digits[bits >> 6 & 63];
        *text++ = digits[bits & 63];
    }
    const size_t padding = (3 - size % 3) % 3;
    memset(text - padding, '=', padding);
    *text = '\0';
}

bool base64_decode(uint8_t *bytes, size_t *size, const char *text, size_t len)
{
    const size_t padding = len == 0 || text[len - 1] != '='  ? 0
                           : len > 1 && text[len - 2] == '=' ? 2
                                                             : 1;
    uint32_t bits = 0;
    *size = 0;
    if (len % 4 != 0) {
        return false;
    }
    for (size_t i = 0; i < len - padding; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (!digit) {
            return false;
        }
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (i % 4 > 0) {
            /* 2, 4 and 6 bits of the digit are of the byte before. */
            bytes[(*size)++] = (uint8_t)(bits >> (6 - i % 4 * 2));
        }
    }
    /* Of the last digit before the padding some bits are of no byte. */
    return (bits & ((1U << 2 * padding) - 1)) == 0;
}
