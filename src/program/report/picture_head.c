/* SPDX-License-Identifier: Apache-2.0 */
#include "report/picture_head.h"

#include <inttypes.h>
#include <string.h>

#include "report/markup.h"
#include "report/words.h"

/* Characters that fit on a line, and in the title. */
#define LINE_COLUMNS  100
#define TITLE_COLUMNS 48
/* Pixels below the head. */
#define MARGIN 28

struct head {
    FILE *to; /* NULL: lines are counted, not written */
    unsigned y;
};

static void write_line(struct head *h, const char *class, const char *text,
                       size_t len)
{
    h->y += strcmp(class, "mrtd-title") == 0  ? 28
            : strcmp(class, "mrtd-name") == 0 ? 24
                                              : 16;
    if (h->to) {
        fprintf(h->to, "<text class=\"%s\" x=\"0\" y=\"%u\">", class, h->y);
        for (size_t i = 0; i < len; i++) {
            const char character[2] = {text[i], '\0'};
            markup_text(h->to, character);
        }
        fputs("</text>\n", h->to);
    }
}

/* Breaks printable ASCII at spaces. */
static void write_wrapped(struct head *h, const char *class, const char *text)
{
    while (*text) {
        size_t len = strlen(text);
        if (len > LINE_COLUMNS) {
            const char *space = memrchr(text, ' ', LINE_COLUMNS + 1);
            len = space ? (size_t)(space - text) : LINE_COLUMNS;
        }
        write_line(h, class, text, len);
        text += len + (text[len] == ' ');
    }
}

/* The name, cut to what fits on a line. */
static void write_title(struct head *h, const char *name)
{
    char text[200];
    size_t used = 0;
    unsigned characters = 0;
    for (; used < sizeof text - 8 && name[used]; used++) {
        /* Not the second or a later byte of a character. */
        characters += (name[used] & 0xc0) != 0x80;
        if (characters > TITLE_COLUMNS) {
            break;
        }
    }
    snprintf(text, sizeof text, "%.*s%s", (int)used, name,
             name[used] ? "\xe2\x80\xa6" : "");
    write_line(h, "mrtd-title", text, strlen(text));
}

static void write_value(struct head *h, const struct mrtd_image *image,
                        const struct vmm_value *value)
{
    char text[400];
    snprintf(text, sizeof text, "MRTD with the VMM %s", value->vmm->name);
    write_wrapped(h, "mrtd-name", text);
    write_wrapped(h, "mrtd-small", word_software(value->vmm, image));
    if (value->error.code == MRTD_OK) {
        write_wrapped(h, "mrtd-hex", value->mrtd);
        return;
    }
    snprintf(text, sizeof text, "none: %s [%s]", value->error.message,
             mrtd_code_name(value->error.code));
    write_wrapped(h, "mrtd-small", text);
}

unsigned picture_head(FILE *to, const struct portrait *p)
{
    struct head h = {.to = to};
    char text[100];
    snprintf(text, sizeof text,
             "%" PRIu64 " bytes; the picture is for the VMM %s",
             mrtd_image_info(p->e->image)->size, p->e->options->vmm->name);
    write_title(&h, markup_name(p->file));
    write_wrapped(&h, "mrtd-label", text);
    write_wrapped(&h, "mrtd-name", "SHA-256 of the file");
    write_wrapped(&h, "mrtd-hex", p->summary.sha256);
    write_wrapped(&h, "mrtd-name", "SHA-384 of the file");
    write_wrapped(&h, "mrtd-hex", p->summary.sha384);
    for (size_t i = 0; i < p->value_count; i++) {
        write_value(&h, p->e->image, &p->values[i]);
    }
    return h.y + MARGIN;
}
