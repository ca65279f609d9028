/* SPDX-License-Identifier: Apache-2.0 */
#include "report/markup.h"

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

const char *markup_name(const char *name)
{
    return strcmp(name, "-") == 0 ? "standard input" : printable_path(name);
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
