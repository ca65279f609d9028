/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The longest that /proc/cmdline has: Linux, arch/x86/include/asm/setup.h,
 * COMMAND_LINE_SIZE, with the zero. */
#define PROC_MOST 2047

static const char initrd_first[] = MRTD_BOOT_INITRD " ";
static const char initrd_last[] = " " MRTD_BOOT_INITRD;

/* What is read, and for what. */
struct reading {
    struct boot_line *line;
    const struct evaluation *e;
    bool by_edk2;
    struct failure *failure;
};

enum exit_status boot_line_refuse(const struct evaluation *e,
                                  struct failure *failure, const char *why)
{
    return failure_refused(failure, e->cmdline.name, "cmdline", "%s", why);
}

static enum exit_status refuse(const struct reading *r, const char *why)
{
    return boot_line_refuse(r->e, r->failure, why);
}

/* --- Files ---------------------------------------------------------------- */

/* Is it QEMU's option of that name? */
static bool is_option(const char *text, const char *name)
{
    text += strncmp(text, "--", 2) == 0 ? 1 : 0;
    return *text == '-' && strcmp(text + 1, name) == 0;
}

/* Of /proc/PID/cmdline of QEMU, whose arguments end with a zero each, what is
 * after -append. */
static enum exit_status take_append(const struct reading *r, size_t size)
{
    char *text = r->line->text;
    const char *end = text + size;
    const char *append = NULL;
    bool has_initrd = false;
    bool has_shim = false;
    for (const char *at = text; at < end; at += strlen(at) + 1) {
        has_initrd = has_initrd || is_option(at, "initrd");
        has_shim = has_shim || is_option(at, "shim");
        if (!is_option(at, "append")) {
            continue;
        }
        if (append || at + strlen(at) + 1 >= end) {
            return refuse(r, "it has zeros, as /proc/PID/cmdline of QEMU, and "
                             "an argument -append twice, or at the end");
        }
        append = at + strlen(at) + 1;
    }
    if (!append) {
        return refuse(r, "it has zeros, as /proc/PID/cmdline of QEMU, and no "
                         "argument -append");
    }
    if (has_shim || has_initrd != (r->e->initrd.name != NULL)) {
        return refuse(
            r, has_shim     ? "QEMU is given a -shim there, whose boot has "
                              "other events"
               : has_initrd ? "QEMU is given an -initrd there; give it with "
                              "--initrd, too"
                            : "QEMU is given no -initrd there, and --initrd "
                              "is given here");
    }
    memmove(text, append, strlen(append) + 1);
    return EXIT_DONE;
}

static enum exit_status read_line(const struct reading *r, size_t size)
{
    char *text = r->line->text;
    if (memchr(text, 0, size)) {
        r->line->source = BOOT_LINE_PROCESS;
        return take_append(r, size);
    }
    r->line->source = BOOT_LINE_TEXT;
    const size_t len = strnlen(text, size);
    if (len - (len > 0 && text[len - 1] == '\n') == PROC_MOST) {
        return refuse(r, "it is as long as the longest line that /proc/cmdline "
                         "has, and may be cut; give --append, or "
                         "/proc/PID/cmdline of QEMU");
    }
    if (size > 0 && text[size - 1] == '\n') {
        /* The end of a line of text, as /proc/cmdline has it. */
        text[size - 1] = '\0';
    }
    return *text ? EXIT_DONE
                 : refuse(r, "the command line is empty; where that is meant "
                             "there is --append ''");
}

static enum exit_status load_line(const struct reading *r)
{
    const struct evaluation_file *file = &r->e->cmdline;
    const size_t size = (size_t)file->source.size;
    if (file->source.size > BOOT_CMDLINE_MOST) {
        return failure_refused(r->failure, file->name, "cmdline",
                               "a command line of %" PRIu64
                               " bytes; the most are %d",
                               file->source.size, BOOT_CMDLINE_MOST);
    }
    r->line->text = calloc(size + 1, 1);
    if (!r->line->text) {
        return failure_memory(r->failure, file->name);
    }
    return size > 0 && file->source.read(file->source.context, 0, r->line->text,
                                         size)
               ? failure_read(r->failure, file->name, file->problem)
               : read_line(r, size);
}

/* --- Checks --------------------------------------------------------------- */

/* What a text may have become on its way is not measured. */
static enum exit_status check_bytes(const struct reading *r)
{
    for (const char *c = r->line->text; *c; c++) {
        const unsigned char byte = (unsigned char)*c;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            return refuse(r, "there is an end of line or another control "
                             "character in the command line");
        }
        if (byte >= 0x80 && r->by_edk2 && r->line->source == BOOT_LINE_TEXT) {
            return refuse(r, "the command line is not ASCII: edk2 widens each "
                             "byte that QEMU is given, and the guest's "
                             "/proc/cmdline has other ones; give --append, or "
                             "/proc/PID/cmdline of QEMU");
        }
    }
    return EXIT_DONE;
}

/* Is it there between spaces? */
static bool has_word(const char *line, const char *word)
{
    const size_t len = strlen(word);
    for (const char *at = line; (at = strstr(at, word)); at += len) {
        if ((at == line || at[-1] == ' ') && (!at[len] || at[len] == ' ')) {
            return true;
        }
    }
    return false;
}

/* A guest's own /proc/cmdline has what edk2 added, where edk2 has added it; and
 * nothing else has. */
static enum exit_status check_initrd(const struct reading *r)
{
    struct boot_line *line = r->line;
    const size_t len = strlen(initrd_last);
    const bool is_first =
        strncmp(line->text, initrd_first, strlen(initrd_first)) == 0;
    const bool is_last =
        line->size >= len &&
        strcmp(line->text + line->size - len, initrd_last) == 0;
    if (line->source == BOOT_LINE_PROCESS ||
        !has_word(line->text, MRTD_BOOT_INITRD)) {
        return EXIT_DONE;
    }
    if (line->source == BOOT_LINE_OPTION || !r->e->initrd.name ||
        is_first == is_last) {
        return refuse(r, "the command line has initrd=initrd, as /proc/cmdline "
                         "of a guest with an initrd: give that as it is, where "
                         "it is at the start or the end, with --cmdline and "
                         "--initrd; edk2 adds it to the line that QEMU is "
                         "given");
    }
    line->is_final = true;
    line->is_last = is_last;
    return EXIT_DONE;
}

static enum exit_status check(const struct reading *r)
{
    struct boot_line *line = r->line;
    line->size = strlen(line->text);
    if (line->size > BOOT_CMDLINE_MOST) {
        return refuse(r, "a command line of more than 65536 bytes");
    }
    const enum exit_status status = check_bytes(r);
    if (status || !r->by_edk2) {
        return status;
    }
    if (r->e->initrd.name && strstr(line->text, "noinitrd")) {
        return refuse(r, "the command line has \"noinitrd\" in it, by which "
                         "Linux may not measure the initrd: such a boot is not "
                         "predicted here; leave one out");
    }
    return check_initrd(r);
}

enum exit_status boot_line_take(struct boot_line *line,
                                const struct evaluation *e, bool by_edk2,
                                struct failure *failure)
{
    const struct reading reading = {line, e, by_edk2, failure};
    const char *append = e->options->guest.append;
    enum exit_status status = EXIT_DONE;
    *line = (struct boot_line){.source = BOOT_LINE_NONE};
    if (e->cmdline.name) {
        status = load_line(&reading);
    } else if (append) {
        line->source = BOOT_LINE_OPTION;
        line->text = strdup(append);
        status = line->text ? EXIT_DONE : failure_memory(failure, NULL);
    }
    return !status && line->text ? check(&reading) : status;
}

void boot_line_free(struct boot_line *line)
{
    free(line->text);
    line->text = NULL;
}
