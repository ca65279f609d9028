/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/boot_options.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/diagnostic.h"
#include "model/boot_words.h"
#include "options/spelling.h"
#include "options/values.h"
#include "printable.h"

static struct launch_boot *boot(void *launching)
{
    return &((struct launching *)launching)->launch.boot;
}

/* --- Arguments --------------------------------------------------------- */

static const char *register_name(const void *context, size_t index)
{
    (void)context;
    const struct boot_register *r = boot_register_at(index);
    return r ? r->name : NULL;
}

static enum exit_status bad_register(const char *name, size_t len)
{
    char meant[SPELLING_TEXT];
    char text[64];
    if (len == 5 && (strncasecmp(name, "rtmr0", len) == 0 ||
                     strncasecmp(name, "rtmr3", len) == 0)) {
        return diagnostic_usage("--register: RTMR0 depends on the machine's "
                                "shape, and RTMR3 on what the guest extends it "
                                "with; neither is predicted here");
    }
    snprintf(text, sizeof text, "%.*s",
             (int)(len < sizeof text ? len : sizeof text), name);
    return diagnostic_usage(
        "--register needs " BOOT_WORDS_REGISTERS ", not '%s'%s",
        printable(text), spelling_meant(meant, "", text, register_name, NULL));
}

static enum exit_status take_registers(void *launching, const char *value)
{
    for (const char *at = value; at;) {
        const size_t len = strcspn(at, ",");
        if (!boot_words_register(boot(launching), at, len)) {
            return bad_register(at, len);
        }
        at = at[len] ? at + len + 1 : NULL;
    }
    return EXIT_DONE;
}

static enum exit_status take_qemu(void *launching, const char *value)
{
    return boot_words_qemu(boot(launching), value)
               ? EXIT_DONE
               : diagnostic_usage("--qemu needs the version of QEMU from 8.0 "
                                  "on, as 10.2, not '%s'",
                                  printable(value));
}

static enum exit_status take_edk2(void *launching, const char *value)
{
    return boot_words_edk2(boot(launching), value)
               ? EXIT_DONE
               : diagnostic_usage("--edk2 needs a release of edk2, as 202511 "
                                  "or edk2-stable202511 (months 02, 05, 08, "
                                  "11), not '%s'",
                                  printable(value));
}

static enum exit_status take_measures(void *launching, const char *value)
{
    const bool yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0) {
        return diagnostic_usage("--kernel-measures needs yes or no, not '%s'",
                                printable(value));
    }
    boot(launching)->measures = yes ? LAUNCH_MEASURES : LAUNCH_MEASURES_NOT;
    return EXIT_DONE;
}

static enum exit_status take_ram(void *launching, const char *value)
{
    return option_size(value, &boot(launching)->ram)
               ? EXIT_DONE
               : diagnostic_usage("--ram needs a number of bytes above 0, as "
                                  "2G, not '%s'",
                                  printable(value));
}

/* --- Table ------------------------------------------------------------- */

static const struct option_row rows[] = {
    {OPTION_CALL("register", take_registers,
                 OPTION_IS("NAME,...", "a register"),
                 "mrtd (default), rtmr1, rtmr2, kernel, cmdline or all, of a "
                 "TD that QEMU boots"),
     .repeats = true},
    {OPTION("cmdline", INPUT, struct launching, launch.boot.cmdline,
            OPTION_IS_FILE, "instead of --append, a file with it")},
    {OPTION_CALL("qemu", take_qemu, OPTION_IS("VERSION", "a version"),
                 "that of QEMU, where it is before 10.2")},
    {OPTION_CALL("edk2", take_edk2, OPTION_IS("YYYYMM", "a release"),
                 "that of edk2, where it is before 202508")},
    {OPTION_CALL("kernel-measures", take_measures,
                 OPTION_IS("yes|no", "yes or no"),
                 "does Linux measure its command line? (default: since 6.9)")},
    {OPTION_CALL("ram", take_ram, OPTION_IS("SIZE", "a number"),
                 "the guest's RAM, for an initrd before QEMU 10.2")},
};
const struct option_table boot_options = OPTION_TABLE(rows);

/* --- Checks ------------------------------------------------------------ */

const char *boot_options_given(const struct launching *l)
{
    const struct launch_boot *b = &l->launch.boot;
    return b->cmdline    ? "--cmdline"
           : b->qemu     ? "--qemu"
           : b->edk2     ? "--edk2"
           : b->measures ? "--kernel-measures"
           : b->ram      ? "--ram"
                         : NULL;
}

bool boot_options_fit(const struct launching *l, const char *kernel)
{
    const char *given = boot_options_given(l);
    if (l->launch.boot.registers & LAUNCH_BOOT) {
        return true;
    }
    if (given) {
        diagnostic_usage("%s is for --register rtmr1, rtmr2, kernel and "
                         "cmdline; it does not change an MRTD",
                         given);
    } else if (kernel) {
        diagnostic_usage("%s is for --platform snp, sev-es or sev, or where "
                         "registers are printed, for --register rtmr1, rtmr2, "
                         "kernel and cmdline; it does not change an MRTD",
                         kernel);
    }
    return !given && !kernel;
}

/* What a register is made of; QEMU before 10.2 puts where the command line is
 * into the kernel, and where the initrd is. */
static bool check_inputs(const struct launch_options *o)
{
    const struct launch_boot *b = &o->boot;
    const bool has_cmdline = o->guest.append || b->cmdline;
    const bool of_kernel = b->registers & LAUNCH_OF_KERNEL;
    const bool is_patched = of_kernel && launch_is_patched(b);
    return options_must(!of_kernel || o->guest.kernel,
                        "missing --kernel FILE: --register rtmr1 and kernel "
                        "are made of it") &&
           options_must(!(b->registers & LAUNCH_OF_CMDLINE) || has_cmdline,
                        "missing --append TEXT or --cmdline FILE: --register "
                        "rtmr2 and cmdline are made of the command line") &&
           options_must(!is_patched || has_cmdline,
                        "missing --append TEXT or --cmdline FILE: QEMU before "
                        "10.2 changes the kernel by it") &&
           options_must(!is_patched || !o->guest.initrd || b->ram,
                        "missing --ram SIZE: QEMU before 10.2 writes into the "
                        "kernel where the initrd is") &&
           options_must(!b->ram || (is_patched && o->guest.initrd),
                        "--ram is for a kernel that QEMU before 10.2 changes, "
                        "with an --initrd") &&
           options_must(!b->measures || b->registers & LAUNCH_OF_CMDLINE,
                        "--kernel-measures is for --register rtmr2 and "
                        "cmdline");
}

bool boot_options_with_mrtd(const struct launching *l)
{
    const unsigned registers = l->launch.boot.registers;
    return options_must(!registers || registers & LAUNCH_MRTD,
                        "--register of a document has mrtd in it, as "
                        "mrtd,rtmr1: what else there is, is beside MRTDs");
}

bool boot_options_check(const struct launching *l)
{
    const struct launch_options *o = &l->launch;
    bool of_qemu = true;
    if (!(o->boot.registers & LAUNCH_BOOT)) {
        return true;
    }
    for (unsigned i = 0; i < o->vmm_count; i++) {
        of_qemu &= boot_words_is_qemu(o->vmms[i]);
    }
    return options_must(of_qemu, "--register is of a kernel that QEMU starts: "
                                 "--vmm spec, qemu or kvm-v19") &&
           options_must(!o->payload,
                        "--payload is of td-shim, and --register of a kernel "
                        "that QEMU gives to OVMF") &&
           OPTIONS_EXCLUDE({"--append", o->guest.append != NULL},
                           {"--cmdline", o->boot.cmdline != NULL}) &&
           check_inputs(o);
}
