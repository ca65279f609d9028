/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a unified kernel image that OVMF starts. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/request.h"
#include "base/source.h"
#include "events/uki_initrd.h"
#include "hash/sha384.h"
#include "image/gpt_event.h"
#include "image/uki.h"

/* All that there are. */
#define RULES (MRTD_BOOT_SEPARATOR_RTMR0 | MRTD_BOOT_SILENT_KERNEL)
#define PARTS                                                                  \
    (MRTD_UKI_IMAGE | MRTD_UKI_RTMR1 | MRTD_UKI_STUB | MRTD_UKI_CMDLINE |      \
     MRTD_UKI_RTMR2)
/* The longest command line, in bytes. */
#define LINE_MOST 65536

static const struct request request = {"boot", "struct mrtd_uki_boot",
                                       sizeof(struct mrtd_uki_boot),
                                       sizeof(struct mrtd_uki_boot)};

struct booting {
    const struct mrtd_uki_boot *boot;
    struct mrtd_uki uki;
    struct mrtd_error *error;
    uint8_t *built_in; /* the command line of the image, */
    size_t built_in_size;
    struct mrtd_event events[MRTD_UKI_EVENTS];
    size_t count;
};

static bool wants(const struct booting *b, uint32_t parts)
{
    return b->boot->parts & parts;
}

/* A place of the image: MRTD_NO_OFFSET is of what is not in it. */
static enum mrtd_code refuse(const struct booting *b,
                             const struct mrtd_uki_section *section,
                             const char *why)
{
    const bool has_place = section && section->size > 0;
    return error_set(b->error, MRTD_ERR_UKI,
                     has_place ? section->offset : MRTD_NO_OFFSET, "%s%s%s",
                     section ? section->name : "", section ? ": " : "", why);
}

static struct mrtd_event *add(struct booting *b, enum mrtd_register id,
                              uint32_t type, const char *what)
{
    struct mrtd_event *event = &b->events[b->count++];
    *event = (struct mrtd_event){.id = id,
                                 .type = type,
                                 .digest = {.algorithm = MRTD_ALGORITHM_SHA384,
                                            .size = MRTD_DIGEST_SIZE},
                                 .what = what};
    return event;
}

/* --- RTMR1 ---------------------------------------------------------------- */

static void add_action(struct booting *b, const char *action)
{
    struct mrtd_event *event =
        add(b, MRTD_REGISTER_RTMR1, MRTD_EV_EFI_ACTION, action);
    sha384_digest(action, strlen(action), event->digest.bytes);
}

static enum mrtd_code add_image(struct booting *b)
{
    struct mrtd_event *event =
        add(b, MRTD_REGISTER_RTMR1, MRTD_EV_EFI_BOOT_SERVICES_APPLICATION,
            MRTD_UKI_IMAGE_EVENT);
    return mrtd_pe_digest(&event->digest, b->boot->uki, b->error);
}

/* The kernel in the image, which has places of its own in what is said. */
static enum mrtd_code add_kernel(struct booting *b)
{
    const struct mrtd_uki_section *section = &b->uki.sections[0];
    struct pieces pieces = {.count = 0};
    struct mrtd_error own = {.code = MRTD_OK};
    struct mrtd_event *event =
        add(b, MRTD_REGISTER_RTMR1, MRTD_EV_EFI_BOOT_SERVICES_APPLICATION,
            section->name);
    pieces_add(&pieces, b->boot->uki, section->offset, section->size);
    const struct mrtd_source source = pieces_source(&pieces);
    const enum mrtd_code code = mrtd_pe_digest(&event->digest, &source, &own);
    return !code ? MRTD_OK
                 : error_set(b->error, code,
                             own.offset == MRTD_NO_OFFSET
                                 ? MRTD_NO_OFFSET
                                 : section->offset + own.offset,
                             "section .linux: %s", own.message);
}

static enum mrtd_code add_table(struct booting *b)
{
    uint8_t *table = NULL;
    size_t size = 0;
    const enum mrtd_code code =
        gpt_event_make(&table, &size, b->boot->disk, b->error);
    if (!code) {
        struct mrtd_event *event =
            add(b, MRTD_REGISTER_RTMR1, MRTD_EV_EFI_GPT_EVENT, "GPT");
        sha384_digest(table, size, event->digest.bytes);
    }
    free(table);
    return code;
}

static void add_begin(struct booting *b)
{
    add_action(b, "Calling EFI Application from Boot Option");
    if (!(b->boot->rules & MRTD_BOOT_SEPARATOR_RTMR0)) {
        mrtd_event_separator(&b->events[b->count++], MRTD_REGISTER_RTMR1, 0);
    }
}

/* The firmware measures a disk's GPT where it first loads an image of it. */
static enum mrtd_code add_rtmr1(struct booting *b)
{
    const bool is_all = wants(b, MRTD_UKI_RTMR1);
    const bool has_disk = b->boot->disk != NULL;
    enum mrtd_code code = MRTD_OK;
    if (is_all && has_disk) {
        add_begin(b);
        code = add_table(b);
    }
    if (!code) {
        code = add_image(b);
    }
    if (code || !is_all) {
        return code;
    }
    if (!has_disk) {
        add_begin(b);
    }
    if (b->boot->systemd < MRTD_UKI_SYSTEMD_DIRECT) {
        code = add_kernel(b);
    }
    add_action(b, "Exit Boot Services Invocation");
    add_action(b, "Exit Boot Services Returned with Success");
    return code;
}

/* --- Sections ------------------------------------------------------------- */

static enum mrtd_code check_sections(const struct booting *b)
{
    for (uint32_t i = 0; i < b->uki.section_count; i++) {
        if (uki_is_chosen(b->uki.sections[i].name)) {
            return refuse(b, &b->uki.sections[i],
                          "whether this section of the UKI is measured depends "
                          "on the machine or the profile, and is not "
                          "predicted: of such an image there is RTMR1 alone");
        }
    }
    return MRTD_OK;
}

/* Signatures of what is measured are not. */
static enum mrtd_code add_sections(struct booting *b)
{
    enum mrtd_code code = check_sections(b);
    for (uint32_t i = 0; !code && i < b->uki.section_count; i++) {
        const struct mrtd_uki_section *section = &b->uki.sections[i];
        if (strcmp(section->name, ".pcrsig") == 0) {
            continue;
        }
        struct mrtd_event *event =
            add(b, MRTD_REGISTER_RTMR2, MRTD_EV_IPL, "name of a section");
        sha384_digest(section->name, strlen(section->name) + 1,
                      event->digest.bytes);
        struct pieces pieces = {.count = 0};
        pieces_add(&pieces, b->boot->uki, section->offset, section->size);
        const struct mrtd_source source = pieces_source(&pieces);
        event = add(b, MRTD_REGISTER_RTMR2, MRTD_EV_IPL, section->name);
        code = mrtd_digest_source(&event->digest, 1, &source, b->error);
    }
    return code;
}

/* --- The command line ----------------------------------------------------- */

static enum mrtd_code read_built_in(struct booting *b)
{
    const struct mrtd_uki_section *section = uki_section(&b->uki, ".cmdline");
    struct span s;
    if (!section) {
        return MRTD_OK;
    }
    if (section->size > LINE_MOST) {
        return refuse(b, section, "more than the 65536 bytes that are read");
    }
    b->built_in = malloc((size_t)section->size);
    if (!b->built_in) {
        return error_set(b->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the command line");
    }
    const enum mrtd_code code =
        source_view(b->boot->uki, section->offset, (size_t)section->size,
                    b->built_in, &s, b->error);
    if (code) {
        return code;
    }
    if (b->boot->uki->data) {
        span_copy(s, 0, (size_t)section->size, b->built_in);
    }
    b->built_in_size = (size_t)section->size;
    return MRTD_OK;
}

/* The stub cuts spaces off the end, and control characters. */
static enum mrtd_code check_built_in(struct booting *b)
{
    const struct mrtd_uki_section *section = uki_section(&b->uki, ".cmdline");
    while (b->built_in_size > 0 && b->built_in[b->built_in_size - 1] <= ' ') {
        b->built_in_size--;
    }
    if (section && b->built_in_size == 0) {
        return refuse(b, section, "an empty command line is not predicted");
    }
    for (size_t i = 0; i < b->built_in_size; i++) {
        const uint8_t c = b->built_in[i];
        if (c < ' ' || c >= 0x7f || (i == 0 && c == ' ')) {
            return refuse(b, section,
                          "the command line begins with a space, or has "
                          "characters that are control characters or not "
                          "ASCII, and what the stub makes of it is not "
                          "predicted");
        }
    }
    return MRTD_OK;
}

/* Is there a word that begins so, or is it there at all? */
static bool has(const struct mrtd_uki_boot *line, const char *text,
                bool is_word)
{
    const size_t size = strlen(text);
    for (size_t i = 0; i + size <= line->cmdline_size; i++) {
        if (memcmp(line->cmdline + i, text, size) == 0 &&
            (!is_word || i == 0 || line->cmdline[i - 1] == ' ')) {
            return true;
        }
    }
    return false;
}

static enum mrtd_code check_words(const struct booting *b,
                                  const struct mrtd_uki_boot *line)
{
    if (b->boot->systemd >= MRTD_UKI_SYSTEMD_CONSOLE &&
        !has(line, "console=", true)) {
        return refuse(b, NULL,
                      "the command line has no console=, and the stub of "
                      "systemd since 260 adds one by what the machine has: "
                      "give it one");
    }
    return has(line, "noinitrd", false) || has(line, "initrd=", true)
               ? refuse(b, NULL,
                        "the command line has noinitrd or initrd=, by which "
                        "Linux takes another initrd or none: such a boot is "
                        "not predicted")
               : MRTD_OK;
}

/* Each byte becomes a unit of UTF-16; then a zero. */
static enum mrtd_code add_line(struct booting *b,
                               const struct mrtd_uki_boot *line, uint32_t type,
                               const char *what)
{
    uint8_t *wide = calloc(line->cmdline_size + 1, 2);
    if (!wide) {
        return error_set(b->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the command line");
    }
    for (size_t i = 0; i < line->cmdline_size; i++) {
        wide[2 * i] = (uint8_t)line->cmdline[i];
    }
    struct mrtd_event *event = add(b, MRTD_REGISTER_RTMR2, type, what);
    sha384_digest(wide, 2 * (line->cmdline_size + 1), event->digest.bytes);
    free(wide);
    return MRTD_OK;
}

/* The line that Linux gets: QEMU's, or where there is none the image's. */
static enum mrtd_code find_line(struct booting *b, struct mrtd_uki_boot *line)
{
    *line = *b->boot;
    if (line->cmdline_size == 0) {
        enum mrtd_code code = read_built_in(b);
        if (!code) {
            code = check_built_in(b);
        }
        if (code) {
            return code;
        }
        line->cmdline = (const char *)b->built_in;
        line->cmdline_size = b->built_in_size;
    }
    return check_words(b, line);
}

static enum mrtd_code add_options(struct booting *b)
{
    struct mrtd_uki_boot line;
    if (b->boot->systemd < MRTD_UKI_SYSTEMD_MEASURES) {
        return refuse(b, NULL,
                      "what the stub of systemd before 256 makes of a command "
                      "line and an initrd, which Linux measures, is not "
                      "known");
    }
    const enum mrtd_code code = find_line(b, &line);
    return code || line.cmdline_size == 0
               ? code
               : add_line(b, &line, MRTD_EV_EVENT_TAG, MRTD_UKI_CMDLINE_EVENT);
}

static enum mrtd_code add_initrd(struct booting *b)
{
    struct uki_initrd initrd;
    if (b->boot->systemd > MRTD_UKI_SYSTEMD_LAST_RTMR2) {
        return refuse(b, NULL,
                      "the stub of systemd after 260 may add a secret of the "
                      "machine to the initrd, which Linux measures: RTMR2 is "
                      "not predicted");
    }
    enum mrtd_code code = check_sections(b);
    if (code) {
        return code;
    }
    uki_initrd_make(&initrd, &b->uki, b->boot->uki, b->boot->systemd);
    if (initrd.pieces.size > 0) {
        const struct mrtd_source source = pieces_source(&initrd.pieces);
        struct mrtd_event *event =
            add(b, MRTD_REGISTER_RTMR2, MRTD_EV_EVENT_TAG, "Linux initrd");
        code = mrtd_digest_source(&event->digest, 1, &source, b->error);
    }
    return code;
}

/* --- The interface -------------------------------------------------------- */

static enum mrtd_code check_line(const struct mrtd_uki_boot *boot,
                                 struct mrtd_error *error)
{
    const char *line = boot->cmdline;
    const size_t size = boot->cmdline_size;
    if (size > 0 && boot->disk) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the firmware gives what it starts from a disk no "
                         "command line");
    }
    for (size_t i = 0; i < size; i++) {
        /* Of these the stub makes spaces. */
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
            return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                             "there is a control character in the command "
                             "line");
        }
    }
    return size > LINE_MOST || (size > 0 && (line[0] == '@' || line[0] == ' ' ||
                                             line[size - 1] == ' '))
               ? error_set(error, MRTD_ERR_UKI, MRTD_NO_OFFSET,
                           "a command line of more than 65536 bytes, or that "
                           "begins or ends with a space or begins with @, by "
                           "which a profile is chosen, is not predicted")
               : MRTD_OK;
}

static enum mrtd_code check(const struct mrtd_uki_boot *boot,
                            struct mrtd_error *error)
{
    if (boot->rules & ~(uint32_t)RULES || boot->parts & ~(uint32_t)PARTS ||
        boot->parts == 0) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "rules 0x%x or parts 0x%x are not known, or no part "
                         "is wanted",
                         (unsigned)boot->rules, (unsigned)boot->parts);
    }
    if (!source_valid(boot->uki) || (boot->disk && !source_valid(boot->disk)) ||
        (!boot->cmdline && boot->cmdline_size > 0)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "an image, a disk or a command line that has neither "
                         "data nor a read function");
    }
    if (boot->parts != MRTD_UKI_IMAGE &&
        (boot->systemd < MRTD_UKI_SYSTEMD_FIRST ||
         boot->systemd > MRTD_UKI_SYSTEMD_LAST)) {
        return error_set(error, MRTD_ERR_UKI, MRTD_NO_OFFSET,
                         "the stub of systemd %" PRIu64
                         " is not known; those of %d to %d are",
                         boot->systemd, MRTD_UKI_SYSTEMD_FIRST,
                         MRTD_UKI_SYSTEMD_LAST);
    }
    return check_line(boot, error);
}

static enum mrtd_code read_image(struct booting *b)
{
    const enum mrtd_code code = mrtd_uki_read(&b->uki, b->boot->uki, b->error);
    return code || !b->uki.again.name || b->boot->parts == MRTD_UKI_IMAGE
               ? code
               : refuse(b, &b->uki.again,
                        "the UKI has two sections of this name, and which one "
                        "counts depends on the profile or the machine: of such "
                        "an image its own event is predicted alone");
}

static enum mrtd_code make(struct booting *b)
{
    const bool measures = b->boot->systemd >= MRTD_UKI_SYSTEMD_MEASURES;
    const bool is_silent = b->boot->rules & MRTD_BOOT_SILENT_KERNEL;
    enum mrtd_code code = check(b->boot, b->error);
    if (!code) {
        code = read_image(b);
    }
    if (!code && wants(b, MRTD_UKI_IMAGE | MRTD_UKI_RTMR1)) {
        code = add_rtmr1(b);
    }
    if (!code && measures && wants(b, MRTD_UKI_STUB | MRTD_UKI_RTMR2)) {
        code = add_sections(b);
    }
    if (!code && measures && wants(b, MRTD_UKI_RTMR2) &&
        b->boot->cmdline_size > 0) {
        code = add_line(b, b->boot, MRTD_EV_IPL, "command line");
    }
    if (!code && !is_silent && wants(b, MRTD_UKI_CMDLINE | MRTD_UKI_RTMR2)) {
        code = add_options(b);
    }
    if (!code && !is_silent && wants(b, MRTD_UKI_RTMR2)) {
        code = add_initrd(b);
    }
    return code;
}

enum mrtd_code mrtd_uki_events(struct mrtd_event events[MRTD_UKI_EVENTS],
                               size_t *count, const struct mrtd_uki_boot *boot,
                               struct mrtd_error *error)
{
    struct mrtd_uki_boot own = {0};
    struct booting b = {.boot = &own, .error = error};
    if (!events || !count || !boot) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for events, or nothing to boot");
    }
    enum mrtd_code code = request_read(&request, &own, boot, error);
    if (!code) {
        code = make(&b);
    }
    if (!code) {
        memcpy(events, b.events, b.count * sizeof *events);
        *count = b.count;
    }
    free(b.built_in);
    return code;
}
