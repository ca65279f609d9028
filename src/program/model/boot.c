/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/boot_uki.h"
#include "printable.h"

/* The release from which on something is done as today. */
#define EDK2_FIRST 202508 /* initrd=initrd is first */

static const char initrd_first[] = MRTD_BOOT_INITRD " ";
static const char initrd_last[] = " " MRTD_BOOT_INITRD;

static bool wants(const struct boot *b, unsigned bits)
{
    return b->e->options->boot.registers & bits;
}

/* --- The command line ----------------------------------------------------- */

/* The longest that /proc/cmdline has: Linux, arch/x86/include/asm/setup.h,
 * COMMAND_LINE_SIZE, with the zero. */
#define PROC_MOST 2047

/* What a command line was taken from. */
enum line_source {
    LINE_OPTION,  /* --append: as QEMU is given it */
    LINE_PROCESS, /* the same, among QEMU's arguments */
    LINE_TEXT,    /* text, perhaps the guest's /proc/cmdline */
};

static enum exit_status refuse(const struct boot *b, struct failure *failure,
                               const char *why)
{
    return failure_refused(failure, b->e->cmdline.name, "cmdline", "%s", why);
}

/* Is it QEMU's option of that name? */
static bool is_option(const char *text, const char *name)
{
    text += strncmp(text, "--", 2) == 0 ? 1 : 0;
    return *text == '-' && strcmp(text + 1, name) == 0;
}

/* Of /proc/PID/cmdline of QEMU, whose arguments end with a zero each, what is
 * after -append. */
static enum exit_status take_append(struct boot *b, size_t size,
                                    struct failure *failure)
{
    const char *end = b->cmdline + size;
    const char *append = NULL;
    bool has_initrd = false;
    bool has_shim = false;
    for (const char *at = b->cmdline; at < end; at += strlen(at) + 1) {
        has_initrd = has_initrd || is_option(at, "initrd");
        has_shim = has_shim || is_option(at, "shim");
        if (!is_option(at, "append")) {
            continue;
        }
        if (append || at + strlen(at) + 1 >= end) {
            return refuse(b, failure,
                          "it has zeros, as /proc/PID/cmdline of QEMU, and an "
                          "argument -append twice, or at the end");
        }
        append = at + strlen(at) + 1;
    }
    if (!append) {
        return refuse(b, failure,
                      "it has zeros, as /proc/PID/cmdline of QEMU, and no "
                      "argument -append");
    }
    if (has_shim || has_initrd != (b->e->initrd.name != NULL)) {
        return refuse(b, failure,
                      has_shim ? "QEMU is given a -shim there, whose boot has "
                                 "other events"
                      : has_initrd
                          ? "QEMU is given an -initrd there; give it with "
                            "--initrd, too"
                          : "QEMU is given no -initrd there, and --initrd is "
                            "given here");
    }
    memmove(b->cmdline, append, strlen(append) + 1);
    return EXIT_DONE;
}

static enum exit_status read_line(struct boot *b, enum line_source *source,
                                  size_t size, struct failure *failure)
{
    const bool is_process = memchr(b->cmdline, 0, size) != NULL;
    *source = is_process ? LINE_PROCESS : LINE_TEXT;
    if (is_process) {
        return take_append(b, size, failure);
    }
    const size_t len = strnlen(b->cmdline, size);
    if (len - (len > 0 && b->cmdline[len - 1] == '\n') == PROC_MOST) {
        return refuse(b, failure,
                      "it is as long as the longest line that /proc/cmdline "
                      "has, and may be cut; give --append, or "
                      "/proc/PID/cmdline of QEMU");
    }
    if (size > 0 && b->cmdline[size - 1] == '\n') {
        /* The end of a line of text, as /proc/cmdline has it. */
        b->cmdline[size - 1] = '\0';
    }
    return *b->cmdline ? EXIT_DONE
                       : refuse(b, failure,
                                "the command line is empty; where that is "
                                "meant there is --append ''");
}

static enum exit_status load_line(struct boot *b, enum line_source *source,
                                  struct failure *failure)
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
    return size > 0 &&
                   file->source.read(file->source.context, 0, b->cmdline, size)
               ? failure_read(failure, file->name, file->problem)
               : read_line(b, source, size, failure);
}

/* What a text may have become on its way is not measured. */
static enum exit_status check_bytes(const struct boot *b,
                                    enum line_source source,
                                    struct failure *failure)
{
    for (const char *c = b->cmdline; *c; c++) {
        const unsigned char byte = (unsigned char)*c;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            return refuse(b, failure,
                          "there is an end of line or another control "
                          "character in the command line");
        }
        if (byte >= 0x80 && source == LINE_TEXT) {
            return refuse(b, failure,
                          "the command line is not ASCII: edk2 widens each "
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
static enum exit_status check_initrd(struct boot *b, enum line_source source,
                                     struct failure *failure)
{
    const char *line = b->cmdline;
    const size_t len = strlen(initrd_last);
    const uint32_t edk2 = b->e->options->boot.edk2;
    const bool is_first =
        strncmp(line, initrd_first, strlen(initrd_first)) == 0;
    const bool is_last = b->cmdline_size >= len &&
                         strcmp(line + b->cmdline_size - len, initrd_last) == 0;
    if (source == LINE_PROCESS || !wants(b, LAUNCH_OF_CMDLINE) ||
        !has_word(line, MRTD_BOOT_INITRD)) {
        return EXIT_DONE;
    }
    if (source == LINE_OPTION || !b->e->initrd.name || is_first == is_last) {
        return refuse(b, failure,
                      "the command line has initrd=initrd, as /proc/cmdline of "
                      "a guest with an initrd: give that as it is, where it is "
                      "at the start or the end, with --cmdline and --initrd; "
                      "edk2 adds it to the line that QEMU is given");
    }
    if (edk2 && is_first != (edk2 >= EDK2_FIRST)) {
        return refuse(b, failure,
                      "edk2 puts initrd=initrd at the start of the command "
                      "line since edk2-stable202508, and at its end before, "
                      "and --edk2 says otherwise than the line");
    }
    if (is_last && !edk2 && wants(b, LAUNCH_OF_KERNEL)) {
        return refuse(b, failure,
                      "edk2 before edk2-stable202508 puts initrd=initrd at the "
                      "end of the command line, and RTMR1 depends on which of "
                      "them it is: give --edk2");
    }
    b->rules |= MRTD_BOOT_FINAL_CMDLINE;
    boot_note(
        b, "boot-initrd",
        "the command line has edk2's initrd=initrd already, as /proc/cmdline "
        "of the guest has it: nothing is added");
    return EXIT_DONE;
}

static enum exit_status check_line(struct boot *b, enum line_source source,
                                   struct failure *failure)
{
    b->cmdline_size = strlen(b->cmdline);
    if (b->cmdline_size > BOOT_CMDLINE_MOST) {
        return refuse(b, failure, "a command line of more than 65536 bytes");
    }
    if (b->e->initrd.name && wants(b, LAUNCH_OF_CMDLINE) &&
        strstr(b->cmdline, "noinitrd")) {
        return refuse(b, failure,
                      "the command line has \"noinitrd\" in it, by which Linux "
                      "may not measure the initrd: such a boot is not "
                      "predicted here; leave one out");
    }
    const enum exit_status status = check_bytes(b, source, failure);
    return status ? status : check_initrd(b, source, failure);
}

static enum exit_status take_line(struct boot *b, struct failure *failure)
{
    const char *append = b->e->options->guest.append;
    enum line_source source = LINE_OPTION;
    enum exit_status status = EXIT_DONE;
    if (b->e->cmdline.name) {
        status = load_line(b, &source, failure);
    } else if (append) {
        b->cmdline = strdup(append);
        status = b->cmdline ? EXIT_DONE : failure_memory(failure, NULL);
    }
    return !status && b->cmdline ? check_line(b, source, failure) : status;
}

/* --- Rules ---------------------------------------------------------------- */

static bool is_before(uint32_t version, uint32_t first)
{
    return version && version < first;
}

static void take_releases(struct boot *b)
{
    const struct launch_boot *o = &b->e->options->boot;
    if (launch_is_patched(o)) {
        b->rules |= MRTD_BOOT_PATCHED_KERNEL;
    } else if (is_before(o->qemu, LAUNCH_QEMU_RAW) &&
               wants(b, LAUNCH_OF_KERNEL)) {
        boot_note(
            b, "boot-code",
            "that QEMU 10.0 and 10.1 with edk2 since edk2-stable202502 give "
            "the kernel as it is in its file was read in their code alone, "
            "and seen of no guest here");
    }
    b->rules |= is_before(o->edk2, EDK2_FIRST) ? MRTD_BOOT_INITRD_LAST : 0;
    b->rules |=
        is_before(o->edk2, BOOT_EDK2_SEPARATOR) ? MRTD_BOOT_SEPARATOR_RTMR0 : 0;
    if (is_before(o->qemu, LAUNCH_QEMU_RAW) && wants(b, LAUNCH_MRTD) &&
        !b->e->options->vmm_given) {
        boot_note(
            b, "boot-vmm",
            "--qemu says nothing of the launch: the MRTD is that of --vmm "
            "spec, and older QEMU and KVM have others, see --vmm help");
    }
}

/* Does the kernel measure its command line? Linux does since 6.9. */
static enum exit_status take_measures(struct boot *b, struct failure *failure)
{
    const enum launch_measures said = b->e->options->boot.measures;
    const struct evaluation_file *file = &b->e->kernel;
    const struct mrtd_kernel *k = &b->kernel;
    bool measures = said != LAUNCH_MEASURES_NOT;
    if (said == LAUNCH_BY_VERSION && !file->name) {
        boot_note(b, "boot-kernel",
                  "no kernel is given, and so it is taken to be Linux 6.9 or "
                  "later, which measures its command line");
    } else if (said == LAUNCH_BY_VERSION) {
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
        boot_note(
            b, "boot-silent",
            "Linux%s%s is taken to measure neither its command line nor the "
            "initrd, %s: RTMR2 stays zero",
            *k->version ? " " : "", k->version,
            said == LAUNCH_MEASURES_NOT
                ? "by --kernel-measures no"
                : "as before 6.9; of a backport say --kernel-measures yes");
    } else if (!*b->cmdline && !b->e->initrd.name) {
        boot_note(
            b, "boot-empty",
            "the command line is empty, and nothing is measured of it: RTMR2 "
            "stays zero");
    }
    return EXIT_DONE;
}

/* A kernel must be Linux: what else starts as a PE image, as a unified kernel
 * image, makes other events. */
static enum exit_status take_kernel(struct boot *b, struct failure *failure)
{
    const struct evaluation_file *file = &b->e->kernel;
    struct mrtd_error error;
    if (file->name && mrtd_kernel_read(&b->kernel, &file->source, &error)) {
        return error.code == MRTD_ERR_READ
                   ? failure_read(failure, file->name, file->problem)
                   : failure_library(failure, file->name, &error,
                                     boot_uki_hint(file));
    }
    return wants(b, LAUNCH_OF_CMDLINE) ? take_measures(b, failure) : EXIT_DONE;
}

/* --- Events --------------------------------------------------------------- */

/* QEMU launches images with the first four types of sections, and td-shim
 * measures a payload by other rules. */
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
        if (region->type > MRTD_SECTION_TEMP_MEM) {
            return failure_refused(
                failure, e->name, "boot-image",
                "section %" PRIu32
                " (%s) is of no OVMF that QEMU launches, but of td-shim, which "
                "measures its kernel by other rules; --register is of a kernel "
                "that QEMU gives to OVMF",
                i, mrtd_region_name(region));
        }
    }
    return EXIT_DONE;
}

/* Which file a refusal is about: one without a place is about what QEMU makes
 * of all of them. */
static const char *file_of(const struct evaluation *e,
                           const struct mrtd_error *error)
{
    return error->code == MRTD_ERR_EMPTY ? e->initrd.name
           : error->code == MRTD_ERR_KERNEL && error->offset == MRTD_NO_OFFSET
               ? NULL
               : e->kernel.name;
}

static enum exit_status make_events(struct boot *b, struct failure *failure)
{
    const struct evaluation *e = b->e;
    /* Events are those of registers that were asked for. */
    const uint32_t silent =
        wants(b, LAUNCH_OF_CMDLINE) ? 0 : MRTD_BOOT_SILENT_KERNEL;
    const struct mrtd_boot boot = {
        .struct_size = sizeof boot,
        .rules = b->rules | silent,
        .has_cmdline = b->cmdline != NULL,
        .ram = e->options->boot.ram,
        .kernel = wants(b, LAUNCH_OF_KERNEL) ? &e->kernel.source : NULL,
        .initrd = e->initrd.name ? &e->initrd.source : NULL,
        .cmdline = b->cmdline,
        .cmdline_size = b->cmdline_size};
    struct mrtd_error error;
    const enum mrtd_code code =
        mrtd_boot_events(b->events, &b->count, &boot, &error);
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure, file_of(e, &error), &error, NULL);
}

/* What was asked for by name must be there. */
static enum exit_status check_events(const struct boot *b,
                                     struct failure *failure)
{
    struct mrtd_digest digest;
    return !(b->e->options->boot.named & LAUNCH_CMDLINE) ||
                   boot_digest(b, LAUNCH_CMDLINE, &digest)
               ? EXIT_DONE
           : b->rules & MRTD_BOOT_SILENT_KERNEL
               ? failure_refused(failure, b->e->kernel.name, "boot-silent",
                                 "there is no event of the command line: the "
                                 "kernel is taken to measure none, as before "
                                 "Linux 6.9")
               : failure_refused(failure, b->e->cmdline.name, "boot-empty",
                                 "there is no event of the command line: it "
                                 "is empty");
}

enum exit_status boot_make(struct boot *b, const struct evaluation *e,
                           struct failure *failure)
{
    *b = (struct boot){.e = e};
    enum exit_status status = check_image(e, failure);
    if (!status) {
        status = take_line(b, failure);
    }
    if (!status && e->options->boot.uki) {
        return boot_uki_make(b, failure);
    }
    if (!status) {
        take_releases(b);
        status = take_kernel(b, failure);
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
    if (b->uki.section_count > 0 || bit & LAUNCH_OF_UKI) {
        return boot_uki_digest(b, bit, digest);
    }
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
