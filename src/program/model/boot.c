/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

/* The releases from which on something is done as today. */
#define EDK2_SEPARATOR 202411 /* the separator is in RTMR1 */
#define EDK2_RAW       202502 /* QEMU's file of the kernel is taken */
#define EDK2_FIRST     202508 /* initrd=initrd is first */
#define QEMU_FILES     10000  /* QEMU 10.0 gives the kernel's file */
#define QEMU_RAW       10002  /* QEMU 10.2 changes no kernel of a TD */

static const char initrd_first[] = "initrd=initrd ";
static const char initrd_last[] = " initrd=initrd";

static const struct boot_register registers[] = {
    {LAUNCH_MRTD, "mrtd", "MRTD"},          {LAUNCH_RTMR1, "rtmr1", "RTMR1"},
    {LAUNCH_RTMR2, "rtmr2", "RTMR2"},       {LAUNCH_KERNEL, "kernel", "kernel"},
    {LAUNCH_CMDLINE, "cmdline", "cmdline"},
};

const struct boot_register *boot_register_at(size_t index)
{
    return index < sizeof registers / sizeof *registers ? &registers[index]
                                                        : NULL;
}

static void note(struct boot *b, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void note(struct boot *b, const char *code, const char *format, ...)
{
    struct boot_note *n = &b->notes[b->note_count++];
    va_list args;
    va_start(args, format);
    n->code = code;
    vsnprintf(n->message, sizeof n->message, format, args);
    va_end(args);
}

static bool wants(const struct boot *b, unsigned bits)
{
    return b->e->options->boot.registers & bits;
}

/* --- The command line ----------------------------------------------------- */

/* Of /proc/PID/cmdline of QEMU, whose arguments end with a zero each, what is
 * after -append; or NULL. */
static char *find_append(char *text, size_t size)
{
    char *at = text;
    while (at < text + size && strcmp(at, "-append") != 0 &&
           strcmp(at, "--append") != 0) {
        at += strlen(at) + 1;
    }
    at += at < text + size ? strlen(at) + 1 : 0;
    return at < text + size ? at : NULL;
}

static enum exit_status load_cmdline(struct boot *b, struct failure *failure)
{
    const struct evaluation_file *file = &b->e->cmdline;
    const size_t size = (size_t)file->source.size;
    if (file->source.size > BOOT_CMDLINE_MOST) {
        return failure_refused(failure, file->name, "cmdline",
                               "a command line of %" PRIu64
                               " bytes; the most are %d",
                               file->source.size, BOOT_CMDLINE_MOST);
    }
    b->cmdline = calloc(size + 1, 1);
    if (!b->cmdline) {
        return failure_memory(failure, file->name);
    }
    if (size > 0 &&
        file->source.read(file->source.context, 0, b->cmdline, size)) {
        return failure_read(failure, file->name, file->problem);
    }
    if (memchr(b->cmdline, 0, size)) {
        const char *append = find_append(b->cmdline, size);
        if (!append) {
            return failure_refused(failure, file->name, "cmdline",
                                   "there are zeros in it, as in "
                                   "/proc/PID/cmdline of QEMU, and no "
                                   "argument -append");
        }
        memmove(b->cmdline, append, strlen(append) + 1);
    } else if (size > 0 && b->cmdline[size - 1] == '\n') {
        /* The end of a line of text, as /proc/cmdline has it. */
        b->cmdline[size - 1] = '\0';
    }
    b->cmdline_size = strlen(b->cmdline);
    return EXIT_DONE;
}

/* A guest's own /proc/cmdline has what edk2 added. */
static enum exit_status check_initrd(struct boot *b, struct failure *failure)
{
    const char *line = b->cmdline;
    const size_t len = strlen(initrd_last);
    const bool is_first =
        strncmp(line, initrd_first, strlen(initrd_first)) == 0;
    const bool is_last = b->cmdline_size >= len &&
                         strcmp(line + b->cmdline_size - len, initrd_last) == 0;
    if (!is_first && !is_last) {
        return EXIT_DONE;
    }
    if (!b->e->initrd.name) {
        return failure_refused(
            failure, b->e->cmdline.name, "cmdline",
            "the command line has the initrd=initrd of a guest with an "
            "initrd; give it with --initrd");
    }
    b->rules |= MRTD_BOOT_FINAL_CMDLINE;
    note(b, "boot-initrd",
         "the command line has edk2's initrd=initrd already, as /proc/cmdline "
         "of the guest has it: nothing is added");
    return EXIT_DONE;
}

/* Is it a parameter of the line? */
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

static enum exit_status check_cmdline(struct boot *b, struct failure *failure)
{
    return b->e->initrd.name && has_word(b->cmdline, "noinitrd")
               ? failure_refused(failure, b->e->cmdline.name, "cmdline",
                                 "the command line has noinitrd, by which "
                                 "Linux does not measure the initrd: such a "
                                 "boot is not predicted here; leave one out")
               : check_initrd(b, failure);
}

static enum exit_status take_cmdline(struct boot *b, struct failure *failure)
{
    const char *append = b->e->options->guest.append;
    if (b->e->cmdline.name) {
        const enum exit_status status = load_cmdline(b, failure);
        if (status) {
            return status;
        }
    } else if (append) {
        b->cmdline = strdup(append);
        if (!b->cmdline) {
            return failure_memory(failure, NULL);
        }
        b->cmdline_size = strlen(b->cmdline);
    }
    return b->cmdline ? check_cmdline(b, failure) : EXIT_DONE;
}

/* --- Rules ---------------------------------------------------------------- */

static bool is_before(uint32_t version, uint32_t first)
{
    return version && version < first;
}

static void take_releases(struct boot *b)
{
    const struct launch_boot *o = &b->e->options->boot;
    const bool is_file =
        !is_before(o->qemu, QEMU_FILES) && !is_before(o->edk2, EDK2_RAW);
    if (is_before(o->qemu, QEMU_RAW) && !is_file) {
        b->rules |= MRTD_BOOT_PATCHED_KERNEL;
    } else if (is_before(o->qemu, QEMU_RAW) && wants(b, LAUNCH_OF_KERNEL)) {
        note(b, "boot-code",
             "that QEMU 10.0 and 10.1 with edk2 since edk2-stable202502 give "
             "the kernel as it is in its file was read in their code alone, "
             "and seen of no guest here");
    }
    b->rules |= is_before(o->edk2, EDK2_FIRST) ? MRTD_BOOT_INITRD_LAST : 0;
    b->rules |=
        is_before(o->edk2, EDK2_SEPARATOR) ? MRTD_BOOT_SEPARATOR_RTMR0 : 0;
}

/* Does the kernel measure its command line? Linux does since 6.9. */
static enum exit_status take_kernel(struct boot *b, struct failure *failure)
{
    const struct launch_boot *o = &b->e->options->boot;
    const struct evaluation_file *file = &b->e->kernel;
    struct mrtd_kernel *k = &b->kernel;
    struct mrtd_error error;
    bool measures = o->measures != LAUNCH_MEASURES_NOT;
    if (o->measures == LAUNCH_BY_VERSION && !file->name) {
        note(b, "boot-kernel",
             "no kernel is given, and so it is taken to be Linux 6.9 or "
             "later, which measures its command line");
    } else if (o->measures == LAUNCH_BY_VERSION) {
        if (mrtd_kernel_read(k, &file->source, &error)) {
            return error.code == MRTD_ERR_READ
                       ? failure_read(failure, file->name, file->problem)
                       : failure_library(failure, file->name, &error, NULL);
        }
        if (!k->has_numbers) {
            return failure_refused(
                failure, file->name, "kernel",
                "its header does not tell the version of Linux, on which it "
                "depends whether RTMR2 is extended: --kernel-measures yes "
                "(since 6.9) or no");
        }
        measures = k->major > 6 || (k->major == 6 && k->minor >= 9);
    }
    if (!measures) {
        b->rules |= MRTD_BOOT_SILENT_KERNEL;
        note(b, "boot-silent",
             "Linux%s%s measures neither its command line nor the initrd (it "
             "does since 6.9): RTMR2 stays zero",
             *k->version ? " " : "", k->version);
    }
    return EXIT_DONE;
}

/* --- Events --------------------------------------------------------------- */

/* The payload of td-shim is measured by other rules. */
static enum exit_status check_image(const struct evaluation *e,
                                    struct failure *failure)
{
    const struct mrtd_region *region;
    if (mrtd_image_igvm(e->image)) {
        return failure_refused(failure, e->name, "boot-image",
                               "an IGVM file, and --register is of a kernel "
                               "that QEMU gives to OVMF");
    }
    for (uint32_t i = 0; (region = mrtd_image_region(e->image, i)); i++) {
        if (region->type == MRTD_SECTION_PAYLOAD ||
            region->type == MRTD_SECTION_PAYLOAD_PARAM) {
            return failure_refused(
                failure, e->name, "boot-image",
                "section %" PRIu32
                " is for the payload of td-shim, which measures its kernel "
                "otherwise; --register is of a kernel that QEMU gives to OVMF",
                i);
        }
    }
    return EXIT_DONE;
}

static enum exit_status make_events(struct boot *b, struct failure *failure)
{
    const struct evaluation *e = b->e;
    const bool has_kernel = wants(b, LAUNCH_OF_KERNEL);
    const struct mrtd_boot boot = {
        .struct_size = sizeof boot,
        .rules = b->rules,
        .has_cmdline = b->cmdline != NULL,
        .ram = e->options->boot.ram,
        .kernel = has_kernel ? &e->kernel.source : NULL,
        .initrd = e->initrd.name ? &e->initrd.source : NULL,
        .cmdline = b->cmdline,
        .cmdline_size = b->cmdline_size};
    struct mrtd_error error;
    const enum mrtd_code code =
        mrtd_boot_events(b->events, &b->count, &boot, &error);
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure,
                                 code == MRTD_ERR_EMPTY ? e->initrd.name
                                                        : e->kernel.name,
                                 &error, NULL);
}

/* What was asked for by name must be there. */
static enum exit_status check_events(const struct boot *b,
                                     struct failure *failure)
{
    struct mrtd_digest digest;
    return !wants(b, LAUNCH_CMDLINE) || b->e->options->boot.is_all ||
                   boot_digest(b, LAUNCH_CMDLINE, &digest)
               ? EXIT_DONE
               : failure_refused(failure, b->e->kernel.name, "boot-silent",
                                 "there is no event of the command line: the "
                                 "kernel measures none");
}

enum exit_status boot_make(struct boot *b, const struct evaluation *e,
                           struct failure *failure)
{
    *b = (struct boot){.e = e};
    enum exit_status status = check_image(e, failure);
    if (!status) {
        status = take_cmdline(b, failure);
    }
    if (!status) {
        take_releases(b);
        status =
            wants(b, LAUNCH_OF_CMDLINE) ? take_kernel(b, failure) : EXIT_DONE;
    }
    if (!status) {
        status = make_events(b, failure);
    }
    return status ? status : check_events(b, failure);
}

void boot_free(struct boot *b)
{
    free(b->cmdline);
    b->cmdline = NULL;
}

static const struct mrtd_event *find_event(const struct boot *b, uint32_t type,
                                           enum mrtd_register id)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->events[i].type == type && b->events[i].id == id) {
            return &b->events[i];
        }
    }
    return NULL;
}

bool boot_digest(const struct boot *b, unsigned bit, struct mrtd_digest *digest)
{
    const bool is_kernel = bit & LAUNCH_OF_KERNEL;
    const enum mrtd_register id =
        is_kernel ? MRTD_REGISTER_RTMR1 : MRTD_REGISTER_RTMR2;
    const struct mrtd_event *event = find_event(
        b,
        is_kernel ? MRTD_EV_EFI_BOOT_SERVICES_APPLICATION : MRTD_EV_EVENT_TAG,
        id);
    if (bit & (LAUNCH_KERNEL | LAUNCH_CMDLINE)) {
        if (event) {
            *digest = event->digest;
        }
        return event != NULL;
    }
    struct mrtd_value value = {.id = id};
    struct mrtd_error error;
    const bool good = !mrtd_events_replay(&value, b->events, b->count, &error);
    *digest = value.digest;
    return good;
}
