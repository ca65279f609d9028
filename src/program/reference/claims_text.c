/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are written as text: hexadecimal and base64. */
#include <ctype.h>
#include <stdlib.h>

#include <openssl/evp.h>

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
    /* Decodes 4 characters to 3 bytes, so it may do so in place. */
    if (EVP_DecodeBlock((unsigned char *)text, (unsigned char *)text,
                        (int)len) < 0) {
        return false;
    }
    *size = whole;
    return true;
}

unsigned char *claims_decode_text(const char *text, size_t len, size_t *size)
{
    char *compact = malloc(len + 4);
    size_t used = 0;
    if (!compact) {
        *size = SIZE_MAX;
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isspace((unsigned char)text[i])) {
            compact[used++] = text[i];
        }
    }
    if (decode_hex(compact, used, size) || decode_base64(compact, used, size)) {
        return (unsigned char *)compact;
    }
    free(compact);
    return NULL;
}
