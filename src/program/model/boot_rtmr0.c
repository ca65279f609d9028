/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_rtmr0.h"

#include <stdio.h>
#include <string.h>

/* Room for all that is missing. */
#define MISSING_SIZE 700

static bool is_named(const struct boot *b)
{
    return b->e->options->boot.named & LAUNCH_RTMR0;
}

/* --- What is missing ------------------------------------------------------ */

static const char *option_of(uint32_t file)
{
    static const char *const options[MRTD_OVMF_FIRST_ITEM] = {
        [MRTD_OVMF_ACPI_LOADER] = "--acpi-loader FILE",
        [MRTD_OVMF_ACPI_RSDP] = "--acpi-rsdp FILE",
        [MRTD_OVMF_ACPI_TABLES] = "--acpi-tables FILE",
        [MRTD_OVMF_SMBIOS] = "--smbios FILE"};
    return file < MRTD_OVMF_FIRST_ITEM ? options[file] : NULL;
}

const char *boot_rtmr0_need(const struct mrtd_ovmf_event *event,
                            const char **reason, char text[BOOT_RTMR0_NEED])
{
    *reason = NULL;
    switch (event->needs) {
    case MRTD_OVMF_NEEDS_RAM:
        return "--ram SIZE";
    case MRTD_OVMF_NEEDS_SECURE_BOOT:
        return "--secure-boot none|off";
    case MRTD_OVMF_NEEDS_FILE:
        if (option_of(event->file)) {
            return option_of(event->file);
        }
        snprintf(text, BOOT_RTMR0_NEED, "--fw-cfg %s=%s",
                 mrtd_ovmf_file_name(event->file),
                 event->file == MRTD_OVMF_BOOT_MENU ? "FILE" : "[FILE]");
        return text;
    case MRTD_OVMF_NEEDS_EMPTY_STORE:
        *reason = "the image's CFV is not a variable store without variables, "
                  "and what the firmware makes of those in it is not known "
                  "here";
        return NULL;
    case MRTD_OVMF_NEEDS_RULE:
        *reason = "which boot options edk2 makes since edk2-stable202605 is "
                  "not known here";
        return NULL;
    default:
        return NULL;
    }
}

/* The options that are missing, as a list. */
static void list_missing(const struct boot_rtmr0 *r, char list[MISSING_SIZE])
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < r->count; i++) {
        char text[BOOT_RTMR0_NEED];
        const char *reason;
        const char *need = boot_rtmr0_need(&r->events[i], &reason, text);
        if (need) {
            const int more = snprintf(list + used, MISSING_SIZE - used, "%s%s",
                                      used > 0 ? ", " : "", need);
            used += more > 0 ? (size_t)more : 0;
        }
        if (used >= MISSING_SIZE) {
            return;
        }
    }
}

/* Why it cannot be known here, whatever is given; or NULL. */
static const char *unknowable(const struct boot_rtmr0 *r)
{
    for (size_t i = 0; i < r->count; i++) {
        char text[BOOT_RTMR0_NEED];
        const char *reason;
        if (!boot_rtmr0_need(&r->events[i], &reason, text) && reason) {
            return reason;
        }
    }
    return NULL;
}

enum exit_status boot_rtmr0_refuse(const struct boot_rtmr0 *r,
                                   const struct evaluation *e, const char *what,
                                   const char *hint, struct failure *failure)
{
    char list[MISSING_SIZE];
    const char *reason = unknowable(r);
    if (reason) {
        return failure_refused(failure, e->name, "boot-rtmr0",
                               "RTMR0 is not predicted: %s%s", reason, hint);
    }
    list_missing(r, list);
    return failure_usage(failure, "missing %s: %s is made of it%s", list, what,
                         hint);
}

/* It is not predicted: refused where it was asked for by name, and otherwise
 * left out. */
static enum exit_status leave_out(struct boot *b, struct failure *failure)
{
    const bool lists = b->e->options->boot.lists;
    b->wanted &= ~(unsigned)LAUNCH_RTMR0;
    if (is_named(b) && !lists) {
        return boot_rtmr0_refuse(&b->rtmr0, b->e, "--register rtmr0",
                                 "; --list-events prints the events that are "
                                 "known",
                                 failure);
    }
    if (!lists && launch_ovmf_option(&b->e->options->boot)) {
        boot_note(b, "boot-rtmr0",
                  "RTMR0 is left out: %s; --register rtmr0 says all that it "
                  "is made of",
                  unknowable(&b->rtmr0) ? "it is not known here"
                                        : "something is missing");
    }
    return EXIT_DONE;
}

/* --- Events --------------------------------------------------------------- */

bool boot_rtmr0_is_known(const struct boot_rtmr0 *r)
{
    bool known = r->count > 0;
    for (size_t i = 0; i < r->count; i++) {
        known = known && !r->events[i].needs;
    }
    return known;
}

void boot_rtmr0_add(struct boot *b)
{
    for (size_t i = 0; i < b->rtmr0.count; i++) {
        b->events[b->count++] = b->rtmr0.events[i].event;
    }
}

void boot_rtmr0_note(struct boot *b)
{
    boot_note(b, "boot-rtmr0-code",
              "RTMR0 is that of a q35 machine without a virtual TPM; its rules "
              "were read in the code of QEMU and edk2, and seen in event logs "
              "of releases before 202505 alone");
}

enum exit_status boot_rtmr0_read(struct boot_rtmr0 *r,
                                 const struct evaluation *e, uint32_t edk2,
                                 uint32_t secure_boot, struct failure *failure)
{
    const struct launch_boot *o = &e->options->boot;
    struct mrtd_ovmf ovmf = {.struct_size = sizeof ovmf,
                             .edk2 = edk2,
                             .secure_boot = secure_boot,
                             .ram = o->ram,
                             .image = e->image,
                             .absent = o->absent};
    uint32_t file = MRTD_OVMF_FILES;
    struct mrtd_error error;
    for (uint32_t i = 0; i < MRTD_OVMF_FILES; i++) {
        ovmf.files[i] = e->ovmf[i].name ? &e->ovmf[i].source : NULL;
    }
    const enum mrtd_code code =
        mrtd_ovmf_events(r->events, &r->count, &ovmf, &file, &error);
    r->edk2 = edk2;
    r->secure_boot = secure_boot;
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure,
                                 file < MRTD_OVMF_FILES ? e->ovmf[file].name
                                                        : e->name,
                                 &error, NULL);
}

const char *boot_rtmr0_wrong(const struct launch_boot *o, uint32_t edk2)
{
    bool has_items = o->absent != 0;
    for (uint32_t i = MRTD_OVMF_FIRST_ITEM; i < MRTD_OVMF_FILES; i++) {
        has_items |= o->ovmf_files[i] != NULL;
    }
    return edk2 < 202311
               ? "RTMR0 of OVMF is known of edk2 since edk2-stable202311"
           : edk2 < 202505 && (has_items || o->ovmf_files[MRTD_OVMF_SMBIOS])
               ? "--smbios and --fw-cfg are of edk2 since edk2-stable202505, "
                 "which measures them"
           : o->ram % 4096 != 0 || o->ram > MRTD_OVMF_MOST_RAM
               ? "--ram needs a multiple of 4096 bytes, of no more than 2048T, "
                 "for RTMR0"
               : NULL;
}

enum exit_status boot_rtmr0_make(struct boot *b, struct failure *failure)
{
    const struct launch_boot *o = &b->e->options->boot;
    const bool is_given = launch_ovmf_option(o) != NULL;
    const bool is_asked = is_named(b) || is_given;
    const char *wrong =
        !o->edk2 ? "missing --edk2 YYYYMM: what RTMR0 of OVMF is made of "
                   "depends on the release"
                 : boot_rtmr0_wrong(o, o->edk2);
    if (!(b->wanted & LAUNCH_RTMR0) && is_given) {
        return failure_usage(failure,
                             "--acpi-loader, --acpi-rsdp, --acpi-tables, "
                             "--smbios, --fw-cfg and --secure-boot are for "
                             "--register rtmr0 and all");
    }
    if (!(b->wanted & LAUNCH_RTMR0) || !is_asked) {
        b->wanted &= ~(unsigned)LAUNCH_RTMR0;
        return EXIT_DONE;
    }
    if (wrong) {
        return failure_usage(failure, "%s", wrong);
    }
    const enum exit_status status =
        boot_rtmr0_read(&b->rtmr0, b->e, o->edk2, o->secure_boot, failure);
    if (status || !boot_rtmr0_is_known(&b->rtmr0)) {
        return status ? status : leave_out(b, failure);
    }
    boot_rtmr0_add(b);
    boot_rtmr0_note(b);
    return EXIT_DONE;
}
