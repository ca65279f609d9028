/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_uki.h"

#include "model/boot_kinds.h"

#include <inttypes.h>
#include <string.h>

static bool wants(const struct boot *b, unsigned bits)
{
    return b->wanted & bits;
}

static enum exit_status refuse(const struct boot *b, struct failure *failure,
                               const char *why)
{
    return failure_refused(failure, b->e->uki.name, "uki", "%s", why);
}

const char *boot_uki_hint(const struct evaluation_file *file)
{
    struct mrtd_uki uki;
    return mrtd_uki_read(&uki, &file->source, NULL)
               ? NULL
               : "; it is a unified kernel image: give it with --uki";
}

/* --- Rules ---------------------------------------------------------------- */

enum exit_status boot_uki_open(struct boot *b, struct failure *failure)
{
    const struct evaluation_file *file = &b->e->uki;
    struct mrtd_error error;
    const enum mrtd_code code = mrtd_uki_read(&b->uki, &file->source, &error);
    b->kernel = b->uki.kernel;
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? failure_read(failure, file->name, file->problem)
               : failure_library(failure, file->name, &error, NULL);
}

/* The event of the image alone does not depend on its stub. */
static enum exit_status take_systemd(struct boot *b, struct failure *failure)
{
    const uint32_t said = b->e->options->boot.systemd;
    b->systemd = said ? said : b->uki.systemd;
    if (!b->systemd && wants(b, LAUNCH_BOOT & ~(unsigned)LAUNCH_UKI)) {
        return refuse(b, failure,
                      "its section .sdmagic does not tell the version of "
                      "systemd-stub, on which its measurements depend: give "
                      "--systemd");
    }
    if (said && *b->uki.stub && said != b->uki.systemd) {
        boot_note(b, "uki-stub",
                  "the image says that its stub is that of systemd %s, and "
                  "--systemd that it does as systemd %" PRIu32
                  ": it is taken to do so",
                  b->uki.stub, said);
    }
    if (b->e->options->boot.named & LAUNCH_SECTIONS &&
        b->systemd < MRTD_UKI_SYSTEMD_MEASURES) {
        return refuse(b, failure,
                      "there are no events of its sections: systemd-stub "
                      "measures them for a TD since systemd 256");
    }
    return EXIT_DONE;
}

/* Does the kernel measure its command line? Linux does since 6.9. */
static enum exit_status take_measures(struct boot *b, struct failure *failure)
{
    const enum launch_measures said = b->e->options->boot.measures;
    const struct mrtd_kernel *k = &b->kernel;
    if (!wants(b, LAUNCH_OF_CMDLINE)) {
        return EXIT_DONE;
    }
    if (said == LAUNCH_BY_VERSION && !k->has_numbers) {
        return refuse(b, failure,
                      "the header of .linux does not tell the version of "
                      "Linux, on which it depends whether RTMR2 is extended: "
                      "--kernel-measures yes (since 6.9) or no");
    }
    const bool measures =
        said == LAUNCH_BY_VERSION ? boot_measures(k) : said == LAUNCH_MEASURES;
    if (!measures) {
        b->rules |= MRTD_BOOT_SILENT_KERNEL;
        boot_note(b, "boot-silent",
                  "Linux%s%s is taken to measure neither its command line nor "
                  "the initrd, %s",
                  *k->version ? " " : "", k->version,
                  said == LAUNCH_MEASURES_NOT
                      ? "by --kernel-measures no"
                      : "as before 6.9; of a backport say --kernel-measures "
                        "yes");
    }
    return EXIT_DONE;
}

void boot_uki_note(struct boot *b)
{
    const bool of_rtmr1 = wants(b, LAUNCH_RTMR1);
    if (b->uki.again.name) {
        boot_note(b, "uki-again",
                  "the image has two sections %s, as one of several profiles: "
                  "its own event does not depend on them, and others are not "
                  "predicted",
                  b->uki.again.name);
    }
    if (of_rtmr1 && b->e->boot_disk.name) {
        boot_note(b, "uki-disk",
                  "of the disk image its GPT is read alone: it is not checked "
                  "that its \\EFI\\BOOT\\BOOTX64.EFI is the image of --uki; a "
                  "GPT that the guest changes before counts as changed");
    } else if (of_rtmr1) {
        boot_note(b, "uki-kernel",
                  "the order of RTMR1's events, of an image that QEMU gives to "
                  "the firmware, was inferred: no event log of one was seen");
    }
    if (of_rtmr1 && b->systemd >= MRTD_UKI_SYSTEMD_DIRECT) {
        boot_note(b, "uki-direct",
                  "that the firmware measures no kernel of a stub of systemd "
                  "258 or later was read in its code, and seen in no event "
                  "log here");
    }
    if (wants(b, LAUNCH_RTMR2)) {
        boot_note(b, "uki-alone",
                  "without Secure Boot and a virtual TPM, and with no addons, "
                  "credentials or extensions on the disk; the events of the "
                  "kernel's options and initrd were computed, and seen in no "
                  "event log here");
    }
}

/* --- Events --------------------------------------------------------------- */

static uint32_t parts(const struct boot *b)
{
    static const struct {
        unsigned bit;
        uint32_t part;
    } all[] = {{LAUNCH_UKI, MRTD_UKI_IMAGE},
               {LAUNCH_RTMR1, MRTD_UKI_RTMR1},
               {LAUNCH_SECTIONS, MRTD_UKI_STUB},
               {LAUNCH_CMDLINE, MRTD_UKI_CMDLINE},
               {LAUNCH_RTMR2, MRTD_UKI_RTMR2}};
    uint32_t wanted = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        wanted |= wants(b, all[i].bit) ? all[i].part : 0;
    }
    return wanted;
}

enum exit_status boot_uki_events(struct boot *b, uint32_t rules,
                                 uint32_t systemd, struct failure *failure)
{
    const struct evaluation *e = b->e;
    b->rules = rules;
    b->systemd = systemd;
    const struct mrtd_uki_boot boot = {
        .struct_size = sizeof boot,
        .rules = b->rules,
        .parts = parts(b),
        .systemd = b->systemd,
        .uki = &e->uki.source,
        .disk = e->boot_disk.name ? &e->boot_disk.source : NULL,
        .cmdline = b->line.text,
        .cmdline_size = b->line.size};
    struct mrtd_error error;
    const enum mrtd_code code =
        mrtd_uki_events(b->events, &b->count, &boot, &error);
    const char *name =
        code == MRTD_ERR_DISK_TABLE ? e->boot_disk.name : e->uki.name;
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure, name, &error, NULL);
}

enum exit_status boot_uki_make(struct boot *b, struct failure *failure)
{
    const uint32_t edk2 = b->e->options->boot.edk2;
    struct mrtd_digest digest;
    b->rules |= boot_ovmf_rules(edk2) & MRTD_BOOT_SEPARATOR_RTMR0;
    enum exit_status status = boot_ovmf_check(b, failure);
    if (!status) {
        status = boot_uki_open(b, failure);
    }
    if (!status) {
        status = take_systemd(b, failure);
    }
    if (!status) {
        status = take_measures(b, failure);
    }
    if (!status) {
        status = boot_uki_events(b, b->rules, b->systemd, failure);
    }
    if (!status && b->e->options->boot.named & LAUNCH_CMDLINE &&
        !boot_uki_digest(b, LAUNCH_CMDLINE, &digest)) {
        return refuse(b, failure,
                      b->rules & MRTD_BOOT_SILENT_KERNEL
                          ? "there is no event of the command line: the kernel "
                            "is taken to measure none, as before Linux 6.9"
                          : "there is no event of the command line: it has no "
                            "section .cmdline, and none is given");
    }
    if (!status) {
        boot_uki_note(b);
    }
    return status;
}

/* How many events the stub makes of the image's sections: two of each, but
 * none of signatures of the measurement. */
static size_t of_sections(const struct boot *b)
{
    size_t count = 0;
    for (uint32_t i = 0; i < b->uki.section_count; i++) {
        count += strcmp(b->uki.sections[i].name, ".pcrsig") != 0;
    }
    return 2 * count;
}

static bool find(const struct boot *b, const char *what,
                 struct mrtd_digest *digest)
{
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->events[i].what, what) == 0) {
            *digest = b->events[i].digest;
            return true;
        }
    }
    return false;
}

bool boot_uki_digest(const struct boot *b, unsigned bit,
                     struct mrtd_digest *digest)
{
    const struct mrtd_event *events = b->events;
    size_t count = b->count;
    struct mrtd_value value = {.id = bit == LAUNCH_RTMR1 ? MRTD_REGISTER_RTMR1
                                                         : MRTD_REGISTER_RTMR2};
    struct mrtd_error error;
    if (b->uki.section_count == 0 || bit == LAUNCH_KERNEL) {
        return false;
    }
    if (bit == LAUNCH_UKI) {
        return find(b, MRTD_UKI_IMAGE_EVENT, digest);
    }
    if (bit == LAUNCH_CMDLINE) {
        return find(b, MRTD_UKI_CMDLINE_EVENT, digest);
    }
    if (bit == LAUNCH_SECTIONS) {
        /* The first events of RTMR2. */
        while (count > 0 && events->id != MRTD_REGISTER_RTMR2) {
            events++;
            count--;
        }
        if (count == 0 || events->type != MRTD_EV_IPL) {
            return false;
        }
        count = of_sections(b);
    }
    const bool good = !mrtd_events_replay(&value, events, count, &error);
    *digest = value.digest;
    return good;
}
