/* SPDX-License-Identifier: Apache-2.0 */
#include "report/markup.h"

#include <stdint.h>
#include <string.h>

#include "printable.h"

void markup_text(FILE *to, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const escapes[] = {"&amp;", "&lt;", "&gt;", "&quot;",
                                          "&#39;"};
    for (; *text; text++) {
        const char *found = strchr(special, *text);
        if (found) {
            fputs(escapes[found - special], to);
        } else {
            fputc(*text, to);
        }
    }
}

/*
 * Decodes the character at the beginning; returns its bytes, 0 if it is not
 * UTF-8 (RFC 3629). Reads nothing behind the first NUL.
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

bool markup_is_plain(const char *name)
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

const char *markup_path(const char *path)
{
    return markup_is_plain(path) ? path : printable(path);
}

const char *markup_name(const char *name)
{
    return strcmp(name, "-") == 0 ? "standard input" : markup_path(name);
}

void markup_link(FILE *to, const char *name)
{
    fputs("./", to);
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
            (c >= 'a' && c <= 'z') || strchr("-._~", c)) {
            fputc(c, to);
        } else {
            fprintf(to, "%%%02X", c);
        }
    }
}
