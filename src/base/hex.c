/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"

#include "mrtd.h"

void hex_encode(char *hex, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    /*@ loop invariant 0 <= i <= len;
        loop invariant \forall integer k; 0 <= k < 2 * i ==>
          '0' <= hex[k] <= '9' || 'a' <= hex[k] <= 'f';
        loop assigns i, hex[0 .. 2 * len - 1];
        loop variant len - i;
    @*/
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[bytes[i] / 16];
        hex[2 * i + 1] = digits[bytes[i] % 16];
    }
    hex[2 * len] = '\0';
}

/*@ assigns \nothing;
    ensures \result <= 16;
    ensures \result < 16 <==> is_digit(c);
    ensures '0' <= c <= '9' ==> \result == c - '0';
    ensures 'a' <= c <= 'f' ==> \result == c - 'a' + 10;
    ensures 'A' <= c <= 'F' ==> \result == c - 'A' + 10;
@*/
/* The value of a digit, or 16. Not isxdigit(): that follows the locale. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return (unsigned)(c - 'A') + 10;
    }
    return 16;
}

bool hex_decode(uint8_t *bytes, const char *hex, size_t len)
{
    /*@ loop invariant 0 <= i <= 2 * len;
        loop invariant \forall integer k; 0 <= k < i ==> is_digit(hex[k]);
        loop assigns i;
        loop variant 2 * len - i;
    @*/
    for (size_t i = 0; i < 2 * len; i++) {
        if (digit_value(hex[i]) > 15) {
            return false;
        }
    }
    /*@ loop invariant 0 <= i <= len;
        loop assigns i, bytes[0 .. len - 1];
        loop variant len - i;
    @*/
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(digit_value(hex[2 * i]) << 4 |
                             digit_value(hex[2 * i + 1]));
    }
    return true;
}

/*@ requires size <= 9223372036854775807;
    requires hex != \null ==> \valid(hex + (0 .. 2 * size));
    requires bytes != \null ==> \valid_read(bytes + (0 .. size - 1));
    requires \separated(hex + (0 .. 2 * size), bytes + (0 .. size - 1));
    assigns hex[0 .. 2 * size];
@*/
void mrtd_hex_encode(char *hex, const uint8_t *bytes, size_t size)
{
    if (hex && bytes) {
        hex_encode(hex, bytes, size);
    }
}

/*@ requires hex != \null ==> \valid_read(hex + (0 .. len - 1));
    requires bytes != \null ==> \valid(bytes + (0 .. size - 1));
    requires \separated(hex + (0 .. len - 1), bytes + (0 .. size - 1));
    assigns bytes[0 .. size - 1];
    ensures \result != 0 ==> len == 2 * size;
@*/
int mrtd_hex_decode(uint8_t *bytes, size_t size, const char *hex, size_t len)
{
    return hex && bytes && len / 2 == size && len % 2 == 0 &&
           hex_decode(bytes, hex, size);
}
