/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are written as text: hexadecimal, base64, and numbers. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reference/base64.h"
#include "reference/claims.h"

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes compact text (no white space) in the buffer that holds it. */
static bool decode_hex(char *text, size_t len, size_t *size)
{
    const size_t skip =
        len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0;
    if (len == skip || (len - skip) % 2 != 0) {
        return false;
    }
    for (size_t i = skip; i < len; i++) {
        if (digit(text[i]) < 0) {
            return false;
        }
    }
    for (size_t i = skip; i < len; i += 2) {
        text[(i - skip) / 2] = (char)(16 * digit(text[i]) + digit(text[i + 1]));
    }
    *size = (len - skip) / 2;
    return true;
}

/* The same for base64; text has room for 3 more bytes. */
static bool decode_base64(char *text, size_t len, size_t *size)
{
    while (len > 0 && text[len - 1] == '=') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
        if (!isalnum((unsigned char)text[i]) && text[i] != '+' &&
            text[i] != '/') {
            return false;
        }
    }
    if (len == 0 || len % 4 == 1 || len > CLAIMS_MAX_SIZE) {
        return false;
    }
    const size_t whole = len / 4 * 3 + (len % 4 ? len % 4 - 1 : 0);
    while (len % 4 != 0) {
        text[len++] = 'A';
    }
    const bool good = base64_decode((uint8_t *)text, size, text, len);
    *size = whole;
    return good;
}

/* --- Numbers ----------------------------------------------------------- */

/* Fewest numbers that are bytes of something, rather than a list of a few. */
#define LEAST_NUMBERS 32

static bool is_separator(char c)
{
    return c == ',' || isspace((unsigned char)c);
}

/* The number at *at, decimal or after 0x, up to 255; -1: there is none. */
static int take_number(const char *text, size_t len, size_t *at)
{
    int value = -1;
    int base = 10;
    if (len - *at > 2 && text[*at] == '0' && (text[*at + 1] | 0x20) == 'x') {
        base = 16;
        *at += 2;
    }
    for (; *at < len && !is_separator(text[*at]); ++*at) {
        const int next = digit(text[*at]);
        if (next < 0 || next >= base) {
            return -1;
        }
        value = (value < 0 ? 0 : value * base) + next;
        if (value > UINT8_MAX) {
            return -1;
        }
    }
    return value;
}

/* A list of bytes as programs print one: [4 0 2], {0x04, 0x00, 0x02}. Decodes
 * it in its place, which is longer. */
static bool decode_numbers(char *text, size_t len, size_t *size)
{
    static const char open[] = "[{";
    static const char closed[] = "]}";
    size_t at = 0;
    size_t count = 0;
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    while (at < len && isspace((unsigned char)text[at])) {
        at++;
    }
    const char *bracket = at < len && text[at] ? strchr(open, text[at]) : NULL;
    if (!bracket || len - at < 2 || text[len - 1] != closed[bracket - open]) {
        return false;
    }
    at++;
    len--;
    for (;;) {
        while (at < len && is_separator(text[at])) {
            at++;
        }
        if (at == len) {
            break;
        }
        const int value = take_number(text, len, &at);
        if (value < 0) {
            return false;
        }
        text[count++] = (char)value;
    }
    *size = count;
    return count >= LEAST_NUMBERS;
}

/* --- Text of any of these ---------------------------------------------- */

/* "sha384:" and "sha-384:" before a digest of that size. */
static size_t skip_algorithm(const char *text, size_t len)
{
    static const char *const names[] = {"sha384:", "sha-384:", "sha384-"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t size = strlen(names[i]);
        if (len > size && strncasecmp(text, names[i], size) == 0) {
            return size;
        }
    }
    return 0;
}

/* Digits in pairs with a colon between each two: 91:eb:2b. */
static bool decode_pairs(char *text, size_t len, size_t *size)
{
    if (len < 5 || len % 3 != 2) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (i % 3 == 2 ? text[i] != ':' : digit(text[i]) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < len; i += 3) {
        text[i / 3] = (char)(16 * digit(text[i]) + digit(text[i + 1]));
    }
    *size = (len + 1) / 3;
    return true;
}

static bool decode_compact(char *text, size_t len, size_t *size)
{
    return decode_hex(text, len, size) || decode_pairs(text, len, size) ||
           decode_base64(text, len, size);
}

unsigned char *claims_decode_text(const char *text, size_t len, size_t *size)
{
    char *compact = malloc(len + 4);
    size_t used = 0;
    size_t found = 0;
    if (!compact) {
        *size = SIZE_MAX;
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isspace((unsigned char)text[i])) {
            compact[used++] = text[i];
        }
    }
    const size_t skip = skip_algorithm(compact, used);
    memmove(compact, compact + skip, used - skip);
    if (decode_compact(compact, used - skip, &found) &&
        (skip == 0 || found == MRTD_DIGEST_SIZE)) {
        *size = found;
        return (unsigned char *)compact;
    }
    /* What separates numbers is white space, too. */
    memcpy(compact, text, len);
    if (decode_numbers(compact, len, &found)) {
        *size = found;
        return (unsigned char *)compact;
    }
    free(compact);
    return NULL;
}
