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

static void add_line(struct picture_head *h, const char *class,
                     const char *text, size_t len)
{
    struct picture_line *line = &h->lines[h->count];
    if (h->count == PICTURE_HEAD_LINES) {
        return;
    }
    h->height += strcmp(class, "mrtd-title") == 0  ? 28
                 : strcmp(class, "mrtd-name") == 0 ? 24
                                                   : 16;
    h->count++;
    line->class = class;
    line->y = h->height;
    snprintf(line->text, sizeof line->text, "%.*s", (int)len, text);
}

/* Breaks printable ASCII at spaces. */
static void add_wrapped(struct picture_head *h, const char *class,
                        const char *text)
{
    while (*text) {
        size_t len = strlen(text);
        if (len > LINE_COLUMNS) {
            const char *space = memrchr(text, ' ', LINE_COLUMNS + 1);
            len = space ? (size_t)(space - text) : LINE_COLUMNS;
        }
        add_line(h, class, text, len);
        text += len + (text[len] == ' ');
    }
}

/* The name, cut to what fits on a line. */
static void add_title(struct picture_head *h, const char *name)
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
    add_line(h, "mrtd-title", text, strlen(text));
}

static void add_value(struct picture_head *h, const struct portrait *p,
                      const struct launch *value)
{
    const struct mrtd_image *image = p->e->image;
    char text[400];
    snprintf(text, sizeof text, "%s with the VMM %s",
             mrtd_register_info(p->facts.value.id)->name, value->vmm->name);
    add_wrapped(h, "mrtd-name", text);
    add_wrapped(h, "mrtd-small", word_software(value->vmm, image));
    if (value->error.code == MRTD_OK) {
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        mrtd_hex_encode(hex, value->value.digest.bytes,
                        value->value.digest.size);
        add_wrapped(h, "mrtd-hex", hex);
        return;
    }
    snprintf(text, sizeof text, "none: %s [%s]", value->error.message,
             mrtd_code_name(value->error.code));
    add_wrapped(h, "mrtd-small", text);
}

/* What is measured and has no place in the picture. */
static void add_guest(struct picture_head *h, const struct portrait *p)
{
    const struct launch_guest *guest = &p->e->options->guest;
    if (guest->vcpus > 0) {
        char text[200];
        snprintf(text, sizeof text,
                 "%" PRIu32 " virtual CPUs, features 0x%" PRIx64
                 ": each has a VMSA, which is not drawn",
                 guest->vcpus, p->guest.features);
        add_wrapped(h, "mrtd-label", text);
    }
    if (p->e->kernel.name) {
        add_wrapped(h, "mrtd-label",
                    "With the hashes of a kernel, its initrd and its command "
                    "line");
    }
}

void picture_head_make(struct picture_head *h, const struct portrait *p)
{
    char text[100];
    h->count = 0;
    h->height = 0;
    snprintf(text, sizeof text,
             "%" PRIu64 " bytes; the picture is for the VMM %s",
             mrtd_image_info(p->e->image)->size,
             mrtd_plan_info(p->e->plan)->vmm->name);
    add_title(h, markup_name(p->file));
    add_wrapped(h, "mrtd-label", text);
    add_guest(h, p);
    add_wrapped(h, "mrtd-name", "SHA-256 of the file");
    add_wrapped(h, "mrtd-hex", p->facts.sha256);
    add_wrapped(h, "mrtd-name", "SHA-384 of the file");
    add_wrapped(h, "mrtd-hex", p->facts.sha384);
    for (size_t i = 0; i < p->launches.count; i++) {
        add_value(h, p, &p->launches.items[i]);
    }
    h->height += MARGIN;
}

void picture_head_write(FILE *to, const struct picture_head *h)
{
    for (unsigned i = 0; i < h->count; i++) {
        const struct picture_line *line = &h->lines[i];
        fprintf(to, "<text class=\"%s\" x=\"0\" y=\"%u\">", line->class,
                line->y);
        markup_text(to, line->text);
        fputs("</text>\n", to);
    }
}
