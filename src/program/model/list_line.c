/* SPDX-License-Identifier: Apache-2.0 */
#include "model/list_line.h"

#include <stdio.h>
#include <string.h>

#include "model/image_format.h"
#include "model/vmms.h"
#include "printable.h"
#include "reference/guest.h"

#define HEX_DIGITS (2 * (size_t)MRTD_DIGEST_SIZE)
/* Of a label that is refused, what is shown. */
#define LABEL_SHOWN 40

const char *list_label(const struct launch_options *launch,
                       const struct mrtd_vmm *vmm, char text[LIST_LABEL_SIZE])
{
    const struct launch_guest *guest = &launch->guest;
    const struct guest_launch made = {
        .vmm = vmm,
        .vcpus = guest->vcpus,
        .has_vcpu = guest->vcpus > 0 && vmm->takes_signature,
        .type = guest->vcpu.type,
        .signature = guest->vcpu.signature,
        .has_features = guest->vcpus > 0,
        .features = guest->features,
    };
    const char *format = image_format_name(launch->image_format);
    char room[GUEST_TEXT_SIZE];
    const char *first = vmm->platform != MRTD_PLATFORM_TDX
                            ? guest_text(&made, room)
                        : vmm != mrtd_vmm_default(MRTD_PLATFORM_TDX) ? vmm->name
                                                                     : "";
    text[0] = '\0';
    if (*first || format) {
        snprintf(text, LIST_LABEL_SIZE, "[%s%s%s]", first,
                 *first && format ? "," : "", format ? format : "");
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

/* Takes the digits of the register's digest, to the end of the text. */
static bool take_digits(struct list_line *line,
                        const struct mrtd_register_info *reg, const char *hex)
{
    uint8_t digest[MRTD_MAX_DIGEST_SIZE];
    const size_t size = mrtd_algorithm_size(reg->algorithm);
    if (!mrtd_hex_decode(digest, size, hex, 2 * size)) {
        return false;
    }
    mrtd_value_set(&line->value, reg->id, digest);
    return true;
}

/* Registers that a launch is measured in, and lists have. */
static bool is_of_launch(enum mrtd_register id)
{
    return id == MRTD_REGISTER_MRTD || id == MRTD_REGISTER_SNP ||
           id == MRTD_REGISTER_SEV_ES || id == MRTD_REGISTER_SEV;
}

/* The register that the line begins with, up to a label or a name; or NULL. */
static const struct mrtd_register_info *find_register(const char *text)
{
    const struct mrtd_register_info *reg;
    for (size_t i = 0; (reg = mrtd_register_at(i)); i++) {
        const size_t len = strlen(reg->name);
        if (is_of_launch(reg->id) && strncmp(text, reg->name, len) == 0 &&
            (text[len] == '[' || text[len] == ' ')) {
            break;
        }
    }
    return reg;
}

/* "MRTD (FILE) = HEX" or "MRTD[LABEL,...] (FILE) = HEX". */
static bool parse_tagged(char *p, const struct mrtd_register_info *reg,
                         struct list_line *line)
{
    static const char equals[] = ") = ";
    static const char open[] = " (";
    const size_t digits = 2 * mrtd_algorithm_size(reg->algorithm);
    char *rest = p + strlen(reg->name);
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
        len <= strlen(open) + strlen(equals) + digits) {
        return false;
    }
    char *hex = rest + len - digits;
    char *end = hex - strlen(equals);
    if (strncmp(end, equals, strlen(equals)) != 0 ||
        !take_digits(line, reg, hex)) {
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
    const struct mrtd_register_info *reg = find_register(p);
    if (reg) {
        if (!parse_tagged(p, reg, line)) {
            return false;
        }
    } else {
        if (strlen(p) <= HEX_DIGITS + 2 || p[HEX_DIGITS] != ' ' ||
            (p[HEX_DIGITS + 1] != ' ' && p[HEX_DIGITS + 1] != '*') ||
            !take_digits(line, mrtd_register_info(MRTD_REGISTER_MRTD), p)) {
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

/* "qemu,4,EPYC-v4,0x1", of a platform other than TDX. */
static bool take_guest(const char *text, enum mrtd_platform platform,
                       struct list_launch *launch)
{
    struct guest_launch said;
    const char *last = strrchr(text, ',');
    size_t len = strlen(text);
    if (last && image_format_find(last + 1, &launch->image_format)) {
        len = (size_t)(last - text);
    }
    if (!guest_parse(&said, platform, text, len) || !said.vmm->launches_as) {
        return false;
    }
    /* Virtual CPUs are said with all that is measured of them; of a guest of
     * SEV nothing is. */
    if (said.vcpus > 0 &&
        (platform == MRTD_PLATFORM_SEV || !said.has_features ||
         said.has_vcpu != (said.vmm->takes_signature != 0))) {
        return false;
    }
    launch->vmm = said.vmm;
    launch->vcpus = said.vcpus;
    launch->has_vcpu = said.has_vcpu;
    launch->vcpu = (struct launch_vcpu){said.type, said.signature};
    launch->features = said.features;
    return true;
}

static bool guest_launch(const struct list_line *line,
                         const struct launch_options *o,
                         struct list_launch *launch,
                         char problem[LIST_PROBLEM_SIZE])
{
    const enum mrtd_platform platform =
        mrtd_register_info(line->value.id)->platform;
    if (o->vmm_given) {
        snprintf(problem, LIST_PROBLEM_SIZE,
                 "its value is of platform %s, and --vmm is for those of %s "
                 "[list-vmm]",
                 mrtd_platform_name(platform),
                 mrtd_platform_name(o->vmm->platform));
        return false;
    }
    if (take_guest(line->labels, platform, launch)) {
        return true;
    }
    snprintf(problem, LIST_PROBLEM_SIZE,
             "its labels are not those of platform %s: a VMM, the number of "
             "virtual CPUs, their type or signature, and the features, as "
             "[qemu,4,EPYC-v4,0x1] [list-label]",
             mrtd_platform_name(platform));
    return false;
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
    if (line->value.id != MRTD_REGISTER_MRTD) {
        return guest_launch(line, o, launch, problem);
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
