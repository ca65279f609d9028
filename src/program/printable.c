/* SPDX-License-Identifier: Apache-2.0 */
#include "printable.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *printable(const char *name)
{
    static _Thread_local char buffers[2][4200];
    static _Thread_local unsigned next;
    char *text = buffers[next++ % 2];
    size_t used = 0;
    for (const char *p = name; *p && used + 8 < sizeof buffers[0]; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c < 0x7f) {
            text[used++] = *p;
        } else {
            used += (size_t)snprintf(text + used, 5, "\\%03o", c);
        }
    }
    text[used] = '\0';
    return text;
}

/*
 * Decodes the character at the beginning; returns its bytes, 0 if it is not
 * UTF-8 (RFC 3629). Reads nothing after the first NUL.
 */
static size_t decode(const unsigned char *at, uint32_t *character)
{
    /* The least character of so many bytes. */
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t count = at[0] < 0x80   ? 1
                   : at[0] < 0xc0 ? 0
                   : at[0] < 0xe0 ? 2
                   : at[0] < 0xf0 ? 3
                   : at[0] < 0xf8 ? 4
                                  : 0;
    uint32_t c = count > 1 ? at[0] & (0x7fU >> count) : at[0];
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (at[i] & 0x3f);
    }
    if (count == 0 || c < least[count] || c > 0x10ffff ||
        (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }
    *character = c;
    return count;
}

/* Ranges of characters that are not shown as they are. */
static const struct {
    uint32_t first;
    uint32_t last;
} hidden[] = {
    {0x00, 0x1f},       {0x7f, 0x9f},     /* controls */
    {0xad, 0xad},       {0x61c, 0x61c},   /* soft hyphen, Arabic mark */
    {0x200b, 0x200f},   {0x2028, 0x202e}, /* no width, lines, direction */
    {0x2060, 0x206f},   {0xfe00, 0xfe0f}, /* no width, variations */
    {0xfeff, 0xfeff},   {0xfff0, 0xffff}, /* byte order mark, specials */
    {0xe0000, 0x10ffff}                   /* tags, private use */
};

static bool is_hidden(uint32_t character)
{
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (character >= hidden[i].first && character <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

bool printable_is_plain(const char *name)
{
    const unsigned char *at = (const unsigned char *)name;
    while (*at) {
        uint32_t character = 0;
        size_t count = decode(at, &character);
        if (count == 0 || is_hidden(character)) {
            return false;
        }
        at += count;
    }
    return true;
}

size_t printable_utf8(const char *at)
{
    uint32_t character = 0;
    return decode((const unsigned char *)at, &character);
}

const char *printable_path(const char *path)
{
    return printable_is_plain(path) ? path : printable(path);
}

const char *printable_base_name(const char *name)
{
    const char *slash = name ? strrchr(name, '/') : NULL;
    return slash ? slash + 1 : name;
}
