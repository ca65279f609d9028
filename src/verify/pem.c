/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/pem.h"

#include <string.h>

static const char first_line[] = "-----BEGIN CERTIFICATE-----";
static const char last_line[] = "-----END CERTIFICATE-----";

enum {
    MAX_LINE = 76, /* characters; RFC 7468 has 64, and others to MIME's 76 */
    PADDING = 64,  /* not a digit of base64, but '=' */
    NOT_A_DIGIT = 255,
};

/* What was read of one certificate. */
struct decoder {
    uint32_t bits;
    unsigned digits;  /* in bits, fewer than 4 */
    unsigned padding; /* '=' seen */
    uint8_t *bytes;
    size_t size;
};

static uint8_t digit_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint8_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint8_t)(c - 'a' + 26);
    }
    if (c >= '0' && c <= '9') {
        return (uint8_t)(c - '0' + 52);
    }
    switch (c) {
    case '+':
        return 62;
    case '/':
        return 63;
    case '=':
        return PADDING;
    default:
        return NOT_A_DIGIT;
    }
}

static void drop(struct span *rest, uint64_t count)
{
    (void)span_part(*rest, count, rest->size - count, rest);
}

static bool take_text(struct span *rest, const char *text)
{
    const size_t size = strlen(text);
    if (!span_equals(*rest, 0, (const uint8_t *)text, size)) {
        return false;
    }
    drop(rest, size);
    return true;
}

static bool take_line_end(struct span *rest, bool allow_cr)
{
    return take_text(rest, "\n") || (allow_cr && take_text(rest, "\r\n"));
}

/* One digit. Four of them are three bytes, and padding ends it all. */
static bool add(struct decoder *d, uint8_t digit)
{
    if (digit == PADDING) {
        d->padding++;
        d->digits++;
        d->bits <<= 6;
        if (d->digits < 3 || d->padding > 2) {
            return false;
        }
    } else if (d->padding > 0) {
        return false;
    } else {
        d->bits = d->bits << 6 | digit;
        d->digits++;
    }
    if (d->digits < 4) {
        return true;
    }
    const unsigned count = 3 - d->padding;
    for (unsigned i = 0; i < count; i++) {
        d->bytes[d->size++] = (uint8_t)(d->bits >> (16 - 8 * i));
    }
    /* What padding leaves of the last digit is zero. */
    const uint32_t spare = d->bits & ((UINT32_C(1) << (8 * d->padding)) - 1);
    d->digits = 0;
    d->bits = 0;
    return spare == 0;
}

/* A line of digits, with what ends it. */
static bool take_line(struct span *rest, bool allow_cr, struct decoder *d)
{
    for (unsigned i = 0; i <= MAX_LINE; i++) {
        uint8_t c = 0;
        uint8_t digit = NOT_A_DIGIT;
        if (i > 0 && take_line_end(rest, allow_cr)) {
            return true;
        }
        if (i == MAX_LINE || !span_u8(*rest, 0, &c)) {
            return false;
        }
        digit = digit_of(c);
        if (digit == NOT_A_DIGIT || !add(d, digit)) {
            return false;
        }
        drop(rest, 1);
    }
    return false;
}

bool pem_begins(struct span rest)
{
    return take_text(&rest, first_line);
}

bool pem_next(struct span *rest, bool allow_cr, uint8_t *bytes, size_t *size)
{
    struct decoder d = {.bytes = bytes};
    if (!take_text(rest, first_line) || !take_line_end(rest, allow_cr)) {
        return false;
    }
    while (!take_text(rest, last_line)) {
        if (!take_line(rest, allow_cr, &d)) {
            return false;
        }
    }
    if (d.digits != 0 || d.size == 0) {
        return false;
    }
    if (rest->size > 0 && !take_line_end(rest, allow_cr)) {
        /* A zero may follow instead: a string in C that is the last. */
        uint8_t c = 0;
        (void)span_u8(*rest, 0, &c);
        if (c != 0) {
            return false;
        }
    }
    *size = d.size;
    return true;
}

void pem_skip_blank(struct span *rest)
{
    uint8_t c = 0;
    while (span_u8(*rest, 0, &c) &&
           (c == '\n' || c == '\r' || c == ' ' || c == '\t')) {
        drop(rest, 1);
    }
}
