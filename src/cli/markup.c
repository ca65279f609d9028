/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/markup.h"

#include <string.h>

#include <jansson.h>

#include "cli/diagnostic.h"

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

/* Is it UTF-8? The rules are those of RFC 3629, which jansson checks. */
static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

/*
 * Characters beyond ASCII that are not shown as they are: bytes before the
 * last one, and the range of the last one.
 */
static const struct {
    char lead[3];
    unsigned char first;
    unsigned char last;
} hidden[] = {
    {"\xc2", 0x80, 0x9f},     /* U+0080 to U+009F: C1 controls */
    {"\xd8", 0x9c, 0x9c},     /* U+061C: Arabic letter mark */
    {"\xe2\x80", 0x8b, 0x8f}, /* U+200B to U+200F: no width, direction */
    {"\xe2\x80", 0xa8, 0xae}, /* U+2028 to U+202E: line ends, direction */
    {"\xe2\x81", 0xa0, 0xaf}, /* U+2060 to U+206F: no width, direction */
    {"\xef\xbb", 0xbf, 0xbf}, /* U+FEFF: byte order mark */
    {"\xef\xbf", 0xbe, 0xbf}, /* U+FFFE, U+FFFF: no characters */
};

static bool is_hidden(const char *at)
{
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        size_t lead = strlen(hidden[i].lead);
        unsigned char last = 0;
        if (strncmp(at, hidden[i].lead, lead) == 0) {
            last = (unsigned char)at[lead];
            if (last >= hidden[i].first && last <= hidden[i].last) {
                return true;
            }
        }
    }
    return (unsigned char)*at < 0x20 || *at == 0x7f;
}

bool markup_is_plain(const char *name)
{
    for (const char *at = name; *at; at++) {
        if (is_hidden(at)) {
            return false;
        }
    }
    return is_utf8(name);
}

const char *markup_name(const char *name)
{
    return strcmp(name, "-") == 0  ? "standard input"
           : markup_is_plain(name) ? name
                                   : printable(name);
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
