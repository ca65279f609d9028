/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel that QEMU gives to OVMF. */
#include "model/boot_kinds.h"
#include "model/boot_words.h"

/* The releases from which on something is done as today. */
#define EDK2_SEPARATOR 202411 /* the separator is in RTMR1 */
#define EDK2_FIRST     202508 /* initrd=initrd is first */

static bool wants(const struct boot *b, unsigned bits)
{
    return b->wanted & bits;
}

/* --- What must be given --------------------------------------------------- */

/* What a register is made of; QEMU before 10.2 puts where the command line is
 * into the kernel, and where the initrd is. */
static const char *missing(const struct boot *b)
{
    const struct launch_boot *o = &b->e->options->boot;
    const bool has_initrd = b->e->initrd.name != NULL;
    const bool of_kernel = wants(b, LAUNCH_OF_KERNEL);
    const bool is_patched = of_kernel && launch_is_patched(o);
    const bool of_rtmr0 = wants(b, LAUNCH_RTMR0) &&
                          (o->named & LAUNCH_RTMR0 || launch_ovmf_option(o));
    return of_kernel && !b->e->kernel.name
               ? "missing --kernel FILE: --register rtmr1 and kernel are made "
                 "of it"
           : wants(b, LAUNCH_OF_CMDLINE) && !b->line.text
               ? "missing --append TEXT or --cmdline FILE: --register rtmr2 "
                 "and cmdline are made of the command line"
           : is_patched && !b->line.text
               ? "missing --append TEXT or --cmdline FILE: QEMU before 10.2 "
                 "changes the kernel by it"
           : is_patched && has_initrd && !o->ram
               ? "missing --ram SIZE: QEMU before 10.2 writes into the kernel "
                 "where the initrd is"
           : o->ram && !(is_patched && has_initrd) && !of_rtmr0
               ? "--ram is for a kernel that QEMU before 10.2 changes, with an "
                 "--initrd, and for --register rtmr0"
           : o->measures && !wants(b, LAUNCH_OF_CMDLINE)
               ? "--kernel-measures is for --register rtmr2 and cmdline"
               : NULL;
}

enum exit_status boot_ovmf_check(struct boot *b, struct failure *failure)
{
    const struct launch_options *o = b->e->options;
    bool is_qemu = true;
    for (unsigned i = 0; i < o->vmm_count; i++) {
        is_qemu &= boot_words_is_qemu(o->vmms[i]);
    }
    if (o->boot.uki && o->boot.named & LAUNCH_RTMR0) {
        return failure_usage(failure,
                             "--register: RTMR0 of OVMF is predicted of a "
                             "kernel that QEMU gives it, and not of --uki");
    }
    if (o->boot.uki) {
        b->wanted &= ~(unsigned)LAUNCH_RTMR0;
    }
    if (!is_qemu) {
        return failure_usage(failure,
                             "--register is of a kernel that QEMU gives to "
                             "OVMF, which this image is: --vmm spec, qemu or "
                             "kvm-v19");
    }
    return o->boot.td_hob
               ? failure_usage(failure, "--td-hob is of td-shim, and the image "
                                        "is of OVMF")
               : EXIT_DONE;
}

static enum exit_status check_given(struct boot *b, struct failure *failure)
{
    const enum exit_status status = boot_ovmf_check(b, failure);
    const char *lack = missing(b);
    return status ? status
           : lack ? failure_usage(failure, "%s", lack)
                  : EXIT_DONE;
}

/* --- Rules ---------------------------------------------------------------- */

static bool is_before(uint32_t version, uint32_t first)
{
    return version && version < first;
}

uint32_t boot_ovmf_rules(uint32_t edk2)
{
    return (is_before(edk2, EDK2_FIRST) ? MRTD_BOOT_INITRD_LAST : 0) |
           (is_before(edk2, EDK2_SEPARATOR) ? MRTD_BOOT_SEPARATOR_RTMR0 : 0);
}

static void take_releases(struct boot *b)
{
    const struct launch_boot *o = &b->e->options->boot;
    if (launch_is_patched(o)) {
        b->rules |= MRTD_BOOT_PATCHED_KERNEL;
    } else if (is_before(o->qemu, LAUNCH_QEMU_RAW) &&
               wants(b, LAUNCH_OF_KERNEL)) {
        boot_note(b, "boot-code",
                  "that QEMU 10.0 and 10.1 with edk2 since edk2-stable202502 "
                  "give the kernel as it is in its file was read in their code "
                  "alone, and seen of no guest here");
    }
    b->rules |= boot_ovmf_rules(o->edk2);
    if (is_before(o->qemu, LAUNCH_QEMU_RAW) && wants(b, LAUNCH_MRTD) &&
        !b->e->options->vmm_given) {
        boot_note(b, "boot-vmm",
                  "--qemu says nothing of the launch: the MRTD is that of "
                  "--vmm spec, and older QEMU and KVM have others, see --vmm "
                  "help");
    }
}

/* A line that has edk2's argument already must be of the release. */
static enum exit_status take_final(struct boot *b, struct failure *failure)
{
    const uint32_t edk2 = b->e->options->boot.edk2;
    if (!b->line.is_final) {
        return EXIT_DONE;
    }
    if (edk2 && b->line.is_last != (edk2 < EDK2_FIRST)) {
        return boot_line_refuse(
            b->e, failure,
            "edk2 puts initrd=initrd at the start of the command line since "
            "edk2-stable202508, and at its end before, and --edk2 says "
            "otherwise than the line");
    }
    if (b->line.is_last && !edk2 && wants(b, LAUNCH_OF_KERNEL)) {
        return boot_line_refuse(
            b->e, failure,
            "edk2 before edk2-stable202508 puts initrd=initrd at the end of "
            "the command line, and RTMR1 depends on which of them it is: give "
            "--edk2");
    }
    b->rules |= MRTD_BOOT_FINAL_CMDLINE;
    boot_note(b, "boot-initrd",
              "the command line has edk2's initrd=initrd already, as "
              "/proc/cmdline of the guest has it: nothing is added");
    return EXIT_DONE;
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
        measures = boot_measures(k);
    }
    if (!measures) {
        b->rules |= MRTD_BOOT_SILENT_KERNEL;
        boot_note(b, "boot-silent",
                  "Linux%s%s is taken to measure neither its command line nor "
                  "the initrd, %s: RTMR2 stays zero",
                  *k->version ? " " : "", k->version,
                  said == LAUNCH_MEASURES_NOT
                      ? "by --kernel-measures no"
                      : "as before 6.9; of a backport say --kernel-measures "
                        "yes");
    } else if (!*b->line.text && !b->e->initrd.name) {
        boot_note(b, "boot-empty",
                  "the command line is empty, and nothing is measured of it: "
                  "RTMR2 stays zero");
    }
    /* What was asked for by name must be there. */
    if (b->e->options->boot.named & LAUNCH_CMDLINE && !measures) {
        return failure_refused(failure, file->name, "boot-silent",
                               "there is no event of the command line: the "
                               "kernel is taken to measure none, as before "
                               "Linux 6.9");
    }
    return b->e->options->boot.named & LAUNCH_CMDLINE && !*b->line.text &&
                   !b->e->initrd.name
               ? failure_refused(failure, b->e->cmdline.name, "boot-empty",
                                 "there is no event of the command line: it "
                                 "is empty")
               : EXIT_DONE;
}

enum exit_status boot_ovmf_take(struct boot *b, struct failure *failure)
{
    enum exit_status status = check_given(b, failure);
    if (!status && wants(b, LAUNCH_OF_CMDLINE)) {
        status = take_final(b, failure);
    }
    if (!status) {
        take_releases(b);
    }
    return !status && wants(b, LAUNCH_OF_CMDLINE) ? take_measures(b, failure)
                                                  : status;
}

/* --- Events --------------------------------------------------------------- */

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

enum exit_status boot_ovmf_events(struct boot *b, uint32_t rules,
                                  struct failure *failure)
{
    const struct evaluation *e = b->e;
    const uint32_t silent =
        wants(b, LAUNCH_OF_CMDLINE) ? 0 : MRTD_BOOT_SILENT_KERNEL;
    const struct mrtd_boot boot = {
        .struct_size = sizeof boot,
        .rules = rules | silent,
        .has_cmdline = b->line.text != NULL,
        .ram = e->options->boot.ram,
        .kernel = wants(b, LAUNCH_OF_KERNEL) ? &e->kernel.source : NULL,
        .initrd = e->initrd.name ? &e->initrd.source : NULL,
        .cmdline = b->line.text,
        .cmdline_size = b->line.size};
    struct mrtd_error error;
    const enum mrtd_code code =
        mrtd_boot_events(b->events, &b->count, &boot, &error);
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure, file_of(e, &error), &error, NULL);
}
