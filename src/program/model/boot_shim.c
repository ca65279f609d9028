/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel that td-shim starts, or a payload of its own. */
#include "model/boot_kinds.h"

static bool wants(const struct boot *b, unsigned bits)
{
    return b->wanted & bits;
}

static bool names(const struct boot *b, unsigned bits)
{
    return b->e->options->boot.named & bits;
}

/* --- What must be given --------------------------------------------------- */

/* An option that says nothing of td-shim. */
static const char *of_ovmf(const struct evaluation *e)
{
    const struct launch_boot *o = &e->options->boot;
    return o->qemu                 ? "--qemu"
           : o->edk2               ? "--edk2"
           : o->measures           ? "--kernel-measures"
           : o->ram                ? "--ram"
           : o->uki                ? "--uki"
           : launch_ovmf_option(o) ? launch_ovmf_option(o)
           : e->initrd.name        ? "--initrd"
                                   : NULL;
}

/* What the registers are made of. */
static const char *missing(const struct boot *b)
{
    const bool of_line = wants(b, LAUNCH_RTMR1 | LAUNCH_CMDLINE);
    const bool of_kernel =
        wants(b, LAUNCH_OF_KERNEL) && b->shim.extends_payload;
    return !b->shim.takes_kernel ? NULL
           : of_kernel && !b->e->kernel.name
               ? "missing --kernel FILE: RTMR1 of td-shim and the kernel's "
                 "event are made of it"
           : of_line && !b->line.text
               ? "missing --append TEXT or --cmdline FILE: RTMR1 of td-shim "
                 "and the command line's event are made of it"
               : NULL;
}

/* What there is not in the image's boot, though it was asked for or given. */
static enum exit_status check_image(const struct boot *b,
                                    struct failure *failure)
{
    const struct evaluation *e = b->e;
    if (!b->shim.takes_kernel && (e->kernel.name || b->line.text ||
                                  names(b, LAUNCH_KERNEL | LAUNCH_CMDLINE))) {
        return failure_refused(failure, e->name, "boot-image",
                               "a td-shim that starts a payload of its own: "
                               "it has no sections TD_HOB, Payload and "
                               "PayloadParam for a kernel and a command line "
                               "of the VMM, which have no events");
    }
    return b->shim.takes_kernel && names(b, LAUNCH_KERNEL) &&
                   !b->shim.extends_payload
               ? failure_refused(failure, e->name, "boot-image",
                                 "its Payload section is measured into the "
                                 "MRTD, and the kernel has no event")
               : EXIT_DONE;
}

/* Do all the VMMs load a kernel into the Payload section? */
static bool all_load(const struct launch_options *o)
{
    bool all = true;
    for (unsigned i = 0; i < o->vmm_count; i++) {
        all &= o->vmms[i]->takes_payload;
    }
    return all;
}

/* Is each VMM one that starts a td-shim, as the specification's rules do and
 * those who load a kernel for it? */
static bool all_start_shims(const struct launch_options *o)
{
    bool all = true;
    for (unsigned i = 0; i < o->vmm_count; i++) {
        all &= o->vmms[i]->takes_payload ||
               o->vmms[i] == mrtd_vmm_default(MRTD_PLATFORM_TDX);
    }
    return all;
}

/* A kernel that RTMR1 is not extended with is in the MRTD, of a VMM that loads
 * it, or in nothing. */
static enum exit_status check_payload(const struct boot *b,
                                      struct failure *failure)
{
    const struct evaluation *e = b->e;
    const unsigned registers = e->options->boot.registers;
    if (!e->image || !e->kernel.name || !b->shim.takes_kernel ||
        b->shim.extends_payload) {
        return EXIT_DONE;
    }
    if (!(evaluation_payload(e)->attributes & MRTD_ATTR_MR_EXTEND)) {
        return failure_refused(failure, e->name, "boot-image",
                               "the Attributes of its Payload section are "
                               "neither 0 nor those of what the MRTD is "
                               "extended with: the kernel is measured nowhere");
    }
    return registers && (!(registers & LAUNCH_MRTD) || !all_load(e->options))
               ? failure_usage(failure,
                               "the kernel of this image is measured into the "
                               "MRTD, and into no other register: ask for "
                               "mrtd, too, with --vmm cloud-hypervisor, or "
                               "leave --kernel out")
               : EXIT_DONE;
}

static enum exit_status check_given(const struct boot *b,
                                    struct failure *failure)
{
    const char *other = of_ovmf(b->e);
    const char *lack = missing(b);
    if (other) {
        return failure_usage(failure,
                             "%s is of a kernel that QEMU gives to OVMF, and "
                             "the image is td-shim's, which measures no such "
                             "thing",
                             other);
    }
    if (!all_start_shims(b->e->options)) {
        return failure_usage(failure,
                             "a kernel that td-shim starts, which this image "
                             "is, is of --vmm spec or cloud-hypervisor");
    }
    if (b->e->options->boot.td_hob && !b->shim.has_td_hob) {
        return failure_usage(failure, "--td-hob is for an image with a TD_HOB "
                                      "section, and this one has none");
    }
    return lack ? failure_usage(failure, "%s", lack) : EXIT_DONE;
}

/* Of all, what can be known. */
static enum exit_status leave_out(struct boot *b, struct failure *failure)
{
    const bool needs_hob = b->shim.has_td_hob && !b->e->td_hob.name;
    if (needs_hob && names(b, LAUNCH_RTMR0)) {
        return failure_usage(failure,
                             "missing --td-hob FILE: --register rtmr0 is made "
                             "of what the VMM writes into the TD_HOB section, "
                             "with the guest's RAM and ACPI tables");
    }
    if (needs_hob && wants(b, LAUNCH_RTMR0)) {
        b->wanted &= ~(unsigned)LAUNCH_RTMR0;
        boot_note(b, "boot-td-hob",
                  "RTMR0 is left out: it is made of what the VMM writes into "
                  "the TD_HOB section; --td-hob FILE");
    }
    return EXIT_DONE;
}

enum exit_status boot_shim_take(struct boot *b, struct failure *failure)
{
    enum exit_status status = check_image(b, failure);
    if (!status) {
        status = check_given(b, failure);
    }
    if (!status) {
        status = check_payload(b, failure);
    }
    if (!status) {
        status = leave_out(b, failure);
    }
    boot_note(b, "boot-shim",
              "the image is taken for td-shim's, of a build with an event log; "
              "one with no-acpi-ccel extends separators only, and no image "
              "says that%s",
              b->shim.takes_kernel
                  ? ""
                  : "; a payload of its own, as MigTD is, may extend the "
                    "registers further, which is not known here");
    return status;
}

/* --- Events --------------------------------------------------------------- */

/* Which file a refusal is about. */
static const char *file_of(const struct evaluation *e,
                           const struct mrtd_error *error)
{
    return error->code == MRTD_ERR_KERNEL   ? e->kernel.name
           : error->code == MRTD_ERR_TD_HOB ? e->td_hob.name
                                            : e->name;
}

enum exit_status boot_shim_events(struct boot *b, struct failure *failure)
{
    const struct evaluation *e = b->e;
    /* Only what was asked for needs to be there. */
    struct mrtd_shim shim = b->shim;
    shim.extends_payload &= wants(b, LAUNCH_OF_KERNEL) || !shim.takes_kernel;
    const struct mrtd_shim_boot boot = {
        .struct_size = sizeof boot,
        .registers =
            (wants(b, LAUNCH_RTMR0) ? MRTD_SHIM_RTMR0 : 0) |
            (wants(b, LAUNCH_OF_KERNEL | LAUNCH_CMDLINE) ? MRTD_SHIM_RTMR1 : 0),
        .has_cmdline = shim.takes_kernel,
        .shim = &shim,
        .limit = e->options->limit,
        .kernel = e->kernel.name ? &e->kernel.source : NULL,
        .td_hob = e->td_hob.name ? &e->td_hob.source : NULL,
        .cmdline = b->line.text,
        .cmdline_size = b->line.size};
    struct mrtd_error error;
    const enum mrtd_code code =
        mrtd_shim_events(b->events, &b->count, &boot, &error);
    if (!code && wants(b, LAUNCH_OF_KERNEL) && shim.takes_kernel &&
        !b->line.text) {
        /* The last event is of a line that was not given. */
        b->count--;
    }
    return !code ? EXIT_DONE
           : code == MRTD_ERR_READ
               ? evaluation_read_failed(e, failure)
               : failure_library(failure, file_of(e, &error), &error, NULL);
}
