/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"

#include "mrtd.h"

void hex_encode(char *hex, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * len] = '\0';
}

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
    for (size_t i = 0; i < 2 * len; i++) {
        if (digit_value(hex[i]) > 15) {
            return false;
        }
    }
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(digit_value(hex[2 * i]) << 4 |
                             digit_value(hex[2 * i + 1]));
    }
    return true;
}

void mrtd_hex_encode(char hex[MRTD_HEX_SIZE],
                     const uint8_t digest[MRTD_DIGEST_SIZE])
{
    hex_encode(hex, digest, MRTD_DIGEST_SIZE);
}

int mrtd_hex_decode(uint8_t digest[MRTD_DIGEST_SIZE], const char *hex,
                    size_t len)
{
    return len == 2 * MRTD_DIGEST_SIZE &&
           hex_decode(digest, hex, MRTD_DIGEST_SIZE);
}
