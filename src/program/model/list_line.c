/* SPDX-License-Identifier: Apache-2.0 */
#include "model/list_line.h"

#include <stdio.h>
#include <string.h>

#include "model/image_format.h"
#include "model/vmms.h"
#include "printable.h"

#define HEX_DIGITS (2 * MRTD_DIGEST_SIZE)
/* Of a label that is refused, what is shown. */
#define LABEL_SHOWN 40

const char *list_label(const struct mrtd_vmm *vmm, unsigned image_format,
                       char text[LIST_LABEL_SIZE])
{
    const bool named = vmm != mrtd_vmm_default(MRTD_PLATFORM_TDX);
    const char *format = image_format_name(image_format);
    text[0] = '\0';
    if (named || format) {
        snprintf(text, LIST_LABEL_SIZE, "[%s%s%s]", named ? vmm->name : "",
                 named && format ? "," : "", format ? format : "");
    }
    return text;
}

const char *list_name(const char *name, bool *escaped)
{
    static _Thread_local char text[2 * 4096 + 1];
    size_t used = 0;
    *escaped = strpbrk(name, "\n\r\\") != NULL;
    if (!*escaped) {
        return name;
    }
    for (const char *p = name; *p && used + 2 < sizeof text; p++) {
        if (*p == '\n' || *p == '\r' || *p == '\\') {
            text[used++] = '\\';
            text[used++] = (char)(*p == '\n' ? 'n' : *p == '\r' ? 'r' : '\\');
        } else {
            text[used++] = *p;
        }
    }
    text[used] = '\0';
    return text;
}

/* Undoes list_name() in place; false where an escape is unknown. */
static bool unescape(char *name)
{
    char *to = name;
    for (const char *p = name; *p; p++) {
        if (*p != '\\') {
            *to++ = *p;
            continue;
        }
        p++;
        if (*p != 'n' && *p != 'r' && *p != '\\') {
            return false;
        }
        *to++ = (char)(*p == 'n' ? '\n' : *p == 'r' ? '\r' : '\\');
    }
    *to = '\0';
    return true;
}

static bool take_digits(struct list_line *line, const char *hex)
{
    uint8_t digest[MRTD_DIGEST_SIZE];
    if (!mrtd_hex_decode(digest, sizeof digest, hex, HEX_DIGITS)) {
        return false;
    }
    mrtd_value_set(&line->value, MRTD_REGISTER_MRTD, digest);
    return true;
}

/* "MRTD (FILE) = HEX" or "MRTD[LABEL,...] (FILE) = HEX". */
static bool parse_tagged(char *p, struct list_line *line)
{
    static const char equals[] = ") = ";
    static const char open[] = " (";
    char *rest = p + strlen("MRTD");
    line->labels = "";
    if (*rest == '[') {
        char *end = strchr(rest, ']');
        if (!end) {
            return false;
        }
        line->labels = rest + 1;
        *end = '\0';
        rest = end + 1;
        if (rest == line->labels + 1) {
            line->labels = ","; /* an empty label is not the same as no label */
        }
    }
    const size_t len = strlen(rest);
    if (strncmp(rest, open, strlen(open)) != 0 ||
        len <= strlen(open) + strlen(equals) + HEX_DIGITS) {
        return false;
    }
    char *hex = rest + len - HEX_DIGITS;
    char *end = hex - strlen(equals);
    if (strncmp(end, equals, strlen(equals)) != 0 || !take_digits(line, hex)) {
        return false;
    }
    *end = '\0';
    line->name = rest + strlen(open);
    return true;
}

bool list_line_parse(char *text, struct list_line *line)
{
    bool escaped = text[0] == '\\';
    char *p = text + escaped;

    /* Printed lists escape it: it is of a list with foreign line ends. */
    if (strchr(p, '\r')) {
        return false;
    }
    if (strncmp(p, "MRTD", strlen("MRTD")) == 0) {
        if (!parse_tagged(p, line)) {
            return false;
        }
    } else {
        if (strlen(p) <= HEX_DIGITS + 2 || p[HEX_DIGITS] != ' ' ||
            (p[HEX_DIGITS + 1] != ' ' && p[HEX_DIGITS + 1] != '*') ||
            !take_digits(line, p)) {
            return false;
        }
        line->name = p + HEX_DIGITS + 2;
        line->labels = NULL;
    }
    return !escaped || unescape(line->name);
}

/* Takes a label; false: writes why it is refused. */
static bool take_label(const char *label, size_t len,
                       struct list_launch *launch,
                       char problem[LIST_PROBLEM_SIZE])
{
    const struct mrtd_vmm *found = vmms_find(label, len);
    char name[LABEL_SHOWN + 1];
    unsigned format = 0;
    snprintf(name, sizeof name, "%.*s",
             (int)(len < LABEL_SHOWN ? len : LABEL_SHOWN), label);
    if (!found && mrtd_vmm_find(MRTD_PLATFORM_TDX, name)) {
        snprintf(problem, LIST_PROBLEM_SIZE,
                 "its label '%s' is a VMM that launches nothing, and so has "
                 "no value [list-label]",
                 name);
        return false;
    }
    if (!found && !image_format_find(name, &format)) {
        snprintf(problem, LIST_PROBLEM_SIZE,
                 "its label '%s' is neither the name of a VMM, which "
                 "'mrtd-calc --vmm help' lists, nor " IMAGE_FORMATS
                 " [list-label]",
                 printable(name));
        return false;
    }
    if (found ? launch->vmm != NULL : launch->image_format != 0) {
        snprintf(problem, LIST_PROBLEM_SIZE,
                 "its labels name two %s, and a value is for one [list-label]",
                 found ? "VMMs" : "image formats");
        return false;
    }
    if (found) {
        launch->vmm = found;
    } else {
        launch->image_format = format;
    }
    return true;
}

bool list_line_launch(const struct list_line *line,
                      const struct launch_options *o,
                      struct list_launch *launch,
                      char problem[LIST_PROBLEM_SIZE])
{
    *launch = (struct list_launch){.vmm = NULL};
    if (!line->labels) {
        return true;
    }
    for (const char *label = *line->labels ? line->labels : NULL; label;) {
        const size_t len = strcspn(label, ",");
        if (!take_label(label, len, launch, problem)) {
            return false;
        }
        /* What follows a comma is a label, even if it is empty. */
        label = label[len] ? label + len + 1 : NULL;
    }
    if (!launch->vmm) {
        launch->vmm = mrtd_vmm_default(MRTD_PLATFORM_TDX);
    }
    if (o->vmm_given && launch->vmm != o->vmm) {
        snprintf(problem, LIST_PROBLEM_SIZE,
                 "its value is for --vmm %s, and --vmm %s is given [list-vmm]",
                 launch->vmm->name, o->vmm->name);
        return false;
    }
    if (o->image_format && launch->image_format &&
        launch->image_format != o->image_format) {
        snprintf(problem, LIST_PROBLEM_SIZE,
                 "its value is for --image-format %s, and --image-format %s is "
                 "given [list-format]",
                 image_format_name(launch->image_format),
                 image_format_name(o->image_format));
        return false;
    }
    return true;
}

bool checklist_begins(const char *text, size_t size)
{
    char copy[LIST_LINE_SIZE];
    struct list_line line;
    const char *end = memchr(text, '\n', size);
    const size_t len = end ? (size_t)(end - text) : size;
    if (len >= sizeof copy || memchr(text, '\0', len)) {
        return false;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    return list_line_parse(copy, &line);
}
