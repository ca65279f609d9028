/* SPDX-License-Identifier: Apache-2.0 */
#include "options/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mrtd.h"

static bool has_prefix(const char *text)
{
    return text[0] == '0' && (text[1] | 0x20) == 'x';
}

bool option_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long value =
        strtoull(text, &end, has_prefix(text) ? 16 : 10);
    *number = value;
    return text[0] >= '0' && text[0] <= '9' && !*end && !errno && value <= most;
}

bool option_size(const char *text, uint64_t *size)
{
    static const char suffixes[] = "KMGT";
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno) {
        return false;
    }
    if (*end) {
        const char *suffix = strchr(suffixes, *end);
        if (!suffix || end[1]) {
            return false;
        }
        unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);
        if (value > UINT64_MAX >> shift) {
            return false;
        }
        value <<= shift;
    }
    *size = value;
    return value > 0;
}

bool option_hex_number(const char *text, uint64_t *number)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *p = has_prefix(text) ? text + 2 : text;
    const size_t len = strspn(p, digits);
    if (len == 0 || len > 16 || p[len]) {
        return false;
    }
    *number = strtoull(p, NULL, 16);
    return true;
}

bool option_hex_bytes(const char *text, uint8_t *bytes, size_t size)
{
    const char *p = has_prefix(text) ? text + 2 : text;
    return mrtd_hex_decode(bytes, size, p, strlen(p));
}

bool option_hex_first(const char *text, uint8_t *bytes, size_t size)
{
    const char *p = has_prefix(text) ? text + 2 : text;
    const size_t len = strlen(p);
    return len > 0 && len / 2 <= size &&
           mrtd_hex_decode(bytes, len / 2, p, len);
}
