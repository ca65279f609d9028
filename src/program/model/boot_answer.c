/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    enum mrtd_register id;
    unsigned bit;
} registers[BOOT_ANSWER_REGISTERS] = {{MRTD_REGISTER_RTMR0, LAUNCH_RTMR0},
                                      {MRTD_REGISTER_RTMR1, LAUNCH_RTMR1},
                                      {MRTD_REGISTER_RTMR2, LAUNCH_RTMR2}};

bool boot_answer_is_asked(const struct launch_options *o)
{
    const struct launch_boot *b = &o->boot;
    const struct launch_guest *g = &o->guest;
    return g->kernel || g->initrd || g->append || b->cmdline || b->qemu ||
           b->edk2 || b->measures || b->ram || b->td_hob || b->uki || b->disk ||
           b->systemd || launch_ovmf_option(b);
}

/* How many registers are as reported. */
static size_t count_same(const void *context, const struct boot *boot)
{
    const struct mrtd_tdinfo *reported = context;
    struct mrtd_digest digest;
    size_t count = 0;
    for (size_t i = 0; i < BOOT_ANSWER_REGISTERS; i++) {
        count += boot->wanted & registers[i].bit &&
                 boot_digest(boot, registers[i].bit, &digest) &&
                 memcmp(digest.bytes, reported->rtmr[i], MRTD_DIGEST_SIZE) == 0;
    }
    return count;
}

enum exit_status boot_answer_make(struct boot_answer *a,
                                  const struct evaluation *e,
                                  const struct mrtd_tdinfo *reported,
                                  struct failure *failure)
{
    *a = (struct boot_answer){.is_asked = true, .match = true};
    const struct boot_fit fit = {.count = count_same, .context = reported};
    const enum exit_status status =
        boot_search(&a->boot, e, NULL, &fit, failure);
    for (size_t i = 0; !status && i < BOOT_ANSWER_REGISTERS; i++) {
        struct boot_answer_register *r = &a->registers[i];
        r->id = registers[i].id;
        r->reported = reported->rtmr[i];
        r->is_asked = a->boot.wanted & registers[i].bit &&
                      boot_digest(&a->boot, registers[i].bit, &r->computed);
        r->same = r->is_asked &&
                  memcmp(r->computed.bytes, r->reported, MRTD_DIGEST_SIZE) == 0;
        a->match = a->match && (r->same || !r->is_asked);
    }
    return status;
}

void boot_answer_free(struct boot_answer *a)
{
    if (a->is_asked) {
        boot_free(&a->boot);
    }
}

bool boot_answer_in_mrtd(const struct boot_answer *a)
{
    return a->boot.is_shim && a->boot.e->kernel.name &&
           a->boot.shim.takes_kernel && !a->boot.shim.extends_payload;
}

/* --- In words ------------------------------------------------------------- */

static const char *kernel_words(const struct boot *b)
{
    return !(b->rules & MRTD_BOOT_PATCHED_KERNEL) ? "the kernel as in its file"
           : b->e->initrd.name && !b->e->options->boot.ram
               ? "the kernel as QEMU before 10.2 changes it, with RAM of 2 GiB "
                 "or at least 2.75 GiB"
               : "the kernel as QEMU before 10.2 changes it";
}

static bool has_uki(const struct boot *b)
{
    return b->uki.section_count > 0;
}

/* What a stub makes of RTMR2. */
static const char *uki_words(const struct boot *b, char text[BOOT_ANSWER_TEXT])
{
    const bool is_silent = b->rules & MRTD_BOOT_SILENT_KERNEL;
    const bool measures = b->systemd >= MRTD_UKI_SYSTEMD_MEASURES;
    if (!measures && is_silent) {
        return "nothing: neither the stub measures, nor the kernel";
    }
    snprintf(text, BOOT_ANSWER_TEXT,
             "%ssections as the stub of systemd %" PRIu32 " measures them%s",
             measures ? "the " : "no ", b->systemd,
             is_silent ? "; the kernel measures neither its command line nor "
                         "an initrd"
                       : ", the command line and the initrd");
    return text;
}

static const char *line_words(const struct boot *b)
{
    if (!*b->line.text && !b->e->initrd.name) {
        return "nothing: the command line is empty; and nothing is what a "
               "kernel measures, too, that measures no command line";
    }
    return b->rules & MRTD_BOOT_SILENT_KERNEL
               ? "nothing: the kernel is one that measures neither its command "
                 "line nor an initrd"
           : !b->e->initrd.name ? "the command line"
           : b->rules & MRTD_BOOT_FINAL_CMDLINE
               ? "the command line, which has initrd=initrd already, and the "
                 "initrd"
           : b->rules & MRTD_BOOT_INITRD_LAST
               ? "the command line with initrd=initrd at its end (edk2 before "
                 "edk2-stable202508), and the initrd"
               : "the command line with initrd=initrd at its start (edk2 since "
                 "edk2-stable202508), and the initrd";
}

static const char *shim_words(const struct boot *b, enum mrtd_register id)
{
    return id == MRTD_REGISTER_RTMR2 ? "nothing: td-shim extends no RTMR2"
           : id == MRTD_REGISTER_RTMR0
               ? b->shim.has_td_hob ? "the TD HOB, a separator" : "a separator"
           : !b->shim.takes_kernel ? "a separator"
           : b->shim.extends_payload
               ? "a separator, the kernel, the command line"
               : "a separator, the command line";
}

const char *boot_answer_rules(const struct boot_answer *a,
                              enum mrtd_register id,
                              char text[BOOT_ANSWER_TEXT])
{
    const struct boot *b = &a->boot;
    if (b->is_shim) {
        return shim_words(b, id);
    }
    if (id == MRTD_REGISTER_RTMR2) {
        return has_uki(b) ? uki_words(b, text) : line_words(b);
    }
    if (id == MRTD_REGISTER_RTMR0) {
        snprintf(text, BOOT_ANSWER_TEXT,
                 "the firmware and the machine as edk2-stable%" PRIu32
                 " measures them, %s",
                 b->rtmr0.edk2,
                 b->rtmr0.secure_boot == MRTD_OVMF_SECURE_BOOT_OFF
                     ? "with Secure Boot that is off"
                     : "built without Secure Boot");
        return text;
    }
    snprintf(text, BOOT_ANSWER_TEXT, "%s; the separator %s edk2-stable202411",
             !has_uki(b) ? kernel_words(b)
             : b->e->boot_disk.name
                 ? "the unified kernel image, from a disk with that GPT"
                 : "the unified kernel image, which QEMU gives",
             b->rules & MRTD_BOOT_SEPARATOR_RTMR0
                 ? "in RTMR0, as edk2 has it before"
                 : "here, as edk2 has it since");
    return text;
}

/* --- Reasons -------------------------------------------------------------- */

static bool is_zero(const struct boot_answer_register *r)
{
    static const uint8_t zeros[MRTD_DIGEST_SIZE];
    return memcmp(r->reported, zeros, sizeof zeros) == 0;
}

static bool differs(const struct boot_answer *a, enum mrtd_register id)
{
    const struct boot_answer_register *r =
        &a->registers[id - MRTD_REGISTER_RTMR0];
    return r->is_asked && !r->same;
}

static bool other_kernel(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR1) && !a->boot.is_shim &&
           !has_uki(&a->boot);
}

static bool no_line(const struct boot_answer *a)
{
    return other_kernel(a) && !a->boot.line.text;
}

static bool low_ram(const struct boot_answer *a)
{
    return other_kernel(a) && a->boot.tried_patched && a->boot.e->initrd.name &&
           !a->boot.e->options->boot.ram;
}

static bool other_uki(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR1) && has_uki(&a->boot);
}

static bool other_sections(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR2) && has_uki(&a->boot) &&
           !is_zero(&a->registers[2]);
}

static bool other_shim(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR1) && a->boot.is_shim;
}

static bool other_hob(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR0) && a->boot.is_shim;
}

static bool other_machine(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR0) && !a->boot.is_shim;
}

static bool zero_line(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR2) && !a->boot.is_shim &&
           is_zero(&a->registers[2]);
}

static bool other_line(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR2) && !a->boot.is_shim &&
           !has_uki(&a->boot) && !is_zero(&a->registers[2]);
}

static bool initrd_unknown(const struct boot_answer *a)
{
    return other_line(a) && !a->boot.e->initrd.name;
}

static bool is_later(const struct boot_answer *a)
{
    return differs(a, MRTD_REGISTER_RTMR2) && a->boot.is_shim;
}

static const struct {
    const char *code;
    bool (*applies)(const struct boot_answer *answer);
    const char *text;
} reasons[] = {
    {"boot-line", no_line,
     "QEMU before 10.2 writes into the kernel, by the command line, which is "
     "not given: --append TEXT or --cmdline FILE"},
    {"boot-ram", low_ram,
     "QEMU before 10.2 writes into the kernel where the initrd is, by the "
     "guest's RAM; 2 GiB, and 2.75 GiB and more, were tried: --ram SIZE"},
    {"boot-other-kernel", other_kernel,
     "another kernel, or it is started otherwise: through shim, GRUB or "
     "systemd-boot, from a disk, after another attempt to boot; 'mrtd-calc "
     "events' shows what the TD's log has"},
    {"boot-other-kernel", other_shim,
     "another kernel or command line than the VMM loaded, or a build of "
     "td-shim "
     "with no-acpi-ccel, which extends separators only; 'mrtd-calc events' "
     "shows what the TD's log has"},
    {"boot-other-uki", other_uki,
     "another unified kernel image, or it is started otherwise: through shim "
     "or systemd-boot, from another disk, or whose GPT has changed since; "
     "'mrtd-calc events' shows what the TD's log has"},
    {"boot-other-machine", other_machine,
     "another machine than that of the files given (another version of QEMU, "
     "other RAM, virtual CPUs or devices), another state of Secure Boot, "
     "variables or boot options; 'mrtd-calc events --firmware-image' shows "
     "which event"},
    {"boot-other-hob", other_hob,
     "another TD HOB: another number of virtual CPUs, other RAM or devices"},
    {"boot-zero", zero_line,
     "RTMR2 is zero: nothing was measured of the command line, as by Linux "
     "before 6.9, or in a guest that has a vTPM, too; then no quote shows "
     "which "
     "line it was; --kernel-measures no accepts that"},
    {"boot-other-sections", other_sections,
     "another unified kernel image, another command line, the stub of another "
     "systemd (--systemd), or the stub took addons, credentials or extensions "
     "from the disk"},
    {"boot-initrd-missing", initrd_unknown,
     "the guest may have an initrd, which is not given: --initrd FILE"},
    {"boot-other-line", other_line,
     "another command line, of which each byte counts, or another initrd; "
     "compare with the guest's /proc/cmdline (--cmdline takes it as it is); "
     "Kata before 3.32 has nr_cpus=N, another line for each number of virtual "
     "CPUs"},
    {"boot-later", is_later,
     "RTMR2 was extended after the boot, which td-shim does not do"},
};

const char *boot_answer_reason(const struct boot_answer *a, size_t index,
                               const char **code)
{
    for (size_t i = 0; a->is_asked && i < sizeof reasons / sizeof *reasons;
         i++) {
        if (reasons[i].applies(a) && index-- == 0) {
            *code = reasons[i].code;
            return reasons[i].text;
        }
    }
    return NULL;
}
