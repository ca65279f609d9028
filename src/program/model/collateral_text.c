/* SPDX-License-Identifier: Apache-2.0 */
#include "model/collateral.h"

#include <string.h>

#include "reference/base64.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* --- Members -------------------------------------------------------------- */

/* The index after the string that begins at i. */
static size_t after_string(const char *text, size_t size, size_t i)
{
    for (i++; i < size && text[i] != '"'; i++) {
        i += text[i] == '\\';
    }
    return i < size ? i + 1 : size;
}

/* The index after the value that begins at i: that of the comma or bracket that
 * ends it. */
static size_t after_value(const char *text, size_t size, size_t i)
{
    size_t depth = 0;
    while (i < size) {
        const char c = text[i];
        if (c == '"') {
            i = after_string(text, size, i);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) {
            return i;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        i++;
    }
    return i;
}

static size_t skip_blank(const char *text, size_t size, size_t i)
{
    while (i < size && is_blank(text[i])) {
        i++;
    }
    return i;
}

bool collateral_member(const char *text, size_t size, const char *name,
                       struct mrtd_verify_bytes *found)
{
    const size_t len = strlen(name);
    size_t i = skip_blank(text, size, 0) + 1; /* the brace */
    for (;;) {
        i = skip_blank(text, size, i);
        if (i >= size || text[i] != '"') {
            return false;
        }
        const size_t key = i + 1;
        i = after_string(text, size, i);
        const bool is_it = i - key == len + 1 && !memcmp(text + key, name, len);
        i = skip_blank(text, size, i);
        const size_t start = skip_blank(text, size, i + 1); /* the colon */
        i = after_value(text, size, start);
        if (i >= size) {
            return false;
        }
        if (is_it) {
            size_t end = i;
            while (end > start && is_blank(text[end - 1])) {
                end--;
            }
            found->data = text + start;
            found->size = end - start;
            return true;
        }
        i++;
    }
}

/* --- CRLs ----------------------------------------------------------------- */

static const char first_line[] = "-----BEGIN X509 CRL-----";
static const char last_line[] = "-----END X509 CRL-----";

/* Base64, in lines or in one. The digits are gathered in place before they are
 * decoded, since these are fewer. */
static bool decode_base64(uint8_t *bytes, size_t *decoded, const char *text,
                          size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\n' && text[i] != '\r') {
            bytes[count++] = (uint8_t)text[i];
        }
    }
    return base64_decode(bytes, decoded, (const char *)bytes, count);
}

bool collateral_decode_crl(uint8_t *bytes, size_t *decoded, const char *text,
                           size_t size)
{
    const size_t first = sizeof first_line - 1;
    const size_t last = sizeof last_line - 1;
    while (size > 0 && is_blank(*text)) {
        text++;
        size--;
    }
    while (size > 0 && is_blank(text[size - 1])) {
        size--;
    }
    if (size > first + last && !memcmp(text, first_line, first)) {
        return !memcmp(text + size - last, last_line, last) &&
               decode_base64(bytes, decoded, text + first, size - first - last);
    }
    *decoded = size / 2;
    return mrtd_hex_decode(bytes, size / 2, text, size) ||
           decode_base64(bytes, decoded, text, size);
}

/* --- Chains --------------------------------------------------------------- */

bool collateral_decode_percent(uint8_t *bytes, size_t *decoded,
                               const char *text, size_t size)
{
    size_t count = 0;
    if (size > 0 && text[size - 1] == '\n') {
        size--;
    }
    for (size_t i = 0; i < size; i++) {
        if (is_blank(text[i])) {
            return false;
        }
        uint8_t byte = (uint8_t)text[i];
        if (text[i] == '%') {
            if (size - i < 3 || !mrtd_hex_decode(&byte, 1, text + i + 1, 2)) {
                return false;
            }
            i += 2;
        }
        if (byte == 0) {
            return false;
        }
        bytes[count++] = byte;
    }
    *decoded = count;
    return true;
}
