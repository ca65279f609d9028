/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/uki_options.h"

#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "printable.h"

/* "257", "257.4", "257.4-1": the number counts. */
static enum exit_status take_systemd(void *launching, const char *value)
{
    struct launch_boot *b = &((struct launching *)launching)->launch.boot;
    const size_t digits = strspn(value, "0123456789");
    const unsigned long number = digits == 3 ? strtoul(value, NULL, 10) : 0;
    if (number < MRTD_UKI_SYSTEMD_FIRST || number > MRTD_UKI_SYSTEMD_LAST ||
        (value[digits] && value[digits] != '.')) {
        return diagnostic_usage("--systemd needs the version of systemd whose "
                                "stub the image has, from %d to %d, not '%s'",
                                MRTD_UKI_SYSTEMD_FIRST, MRTD_UKI_SYSTEMD_LAST,
                                printable(value));
    }
    b->systemd = (uint32_t)number;
    return EXIT_DONE;
}

static const struct option_row rows[] = {
    {OPTION("uki", INPUT, struct launching, launch.boot.uki, OPTION_IS_FILE,
            "instead of --kernel, a unified kernel image of systemd")},
    {OPTION("disk", INPUT, struct launching, launch.boot.disk, OPTION_IS_FILE,
            "the raw disk image that the firmware starts it from")},
    {OPTION_CALL("systemd", take_systemd, OPTION_IS("VERSION", "a version"),
                 "that of its stub (default: as the image says)")},
};
const struct option_table uki_options = OPTION_TABLE(rows);

const char *uki_options_given(const struct launch_boot *boot)
{
    return boot->uki       ? "--uki"
           : boot->disk    ? "--disk"
           : boot->systemd ? "--systemd"
                           : NULL;
}

bool uki_options_needed(const struct launch_boot *boot)
{
    return boot->disk || boot->systemd || boot->named & LAUNCH_OF_UKI;
}

bool uki_options_check(const struct launch_options *o)
{
    const struct launch_boot *b = &o->boot;
    const bool has_line = o->guest.append || b->cmdline;
    return options_must(!o->guest.kernel && !o->guest.initrd,
                        "--uki excludes --kernel and --initrd: a unified "
                        "kernel image has both in it") &&
           options_must(!(b->named & LAUNCH_KERNEL),
                        "--register kernel is of --kernel; the event of a "
                        "unified kernel image is --register uki") &&
           options_must(!b->disk || !has_line,
                        "--disk excludes --append and --cmdline: the firmware "
                        "gives what it starts from a disk no command line") &&
           options_must(!b->disk || !b->qemu,
                        "--qemu is of a kernel that QEMU gives to the "
                        "firmware, and with --disk it gives none") &&
           options_must(!launch_is_patched(b),
                        "QEMU before 10.2 writes into a unified kernel image "
                        "that it is given with -kernel, and what is not "
                        "predicted here") &&
           options_must(!b->ram, "--ram is of --kernel and of RTMR0, which is "
                                 "not predicted of --uki") &&
           options_must(!b->td_hob, "--td-hob is of td-shim, and --uki of "
                                    "OVMF") &&
           options_must(!launch_ovmf_option(b),
                        "RTMR0 of OVMF, which --acpi-tables and the like are "
                        "for, is not predicted of --uki") &&
           options_must(!b->measures || !b->registers ||
                            b->registers & LAUNCH_OF_CMDLINE,
                        "--kernel-measures is for --register rtmr2 and "
                        "cmdline");
}
