/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/boot_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "groups/uki_options.h"
#include "io/diagnostic.h"
#include "model/boot.h"
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

/* The register of that name, in whichever case; or NULL. */
static const struct boot_register *find_register(const char *name, size_t len)
{
    const struct boot_register *r;
    for (size_t i = 0; (r = boot_register_at(i)); i++) {
        if (strlen(r->name) == len && strncasecmp(r->name, name, len) == 0) {
            break;
        }
    }
    return r;
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
        "--register needs mrtd, rtmr1, rtmr2, kernel, "
        "cmdline, uki, sections or all, not '%s'%s",
        printable(text), spelling_meant(meant, "", text, register_name, NULL));
}

static enum exit_status take_registers(void *launching, const char *value)
{
    struct launch_boot *b = boot(launching);
    for (const char *at = value; at;) {
        const size_t len = strcspn(at, ",");
        const struct boot_register *r = find_register(at, len);
        const bool is_all = len == 3 && strncasecmp(at, "all", len) == 0;
        if (!r && !is_all) {
            return bad_register(at, len);
        }
        b->named |= is_all ? 0 : r->bit;
        b->registers |= is_all ? LAUNCH_ALL : r->bit;
        at = at[len] ? at + len + 1 : NULL;
    }
    return EXIT_DONE;
}

/* A number of at most 4 digits at the start of the text, which moves on. */
static bool take_number(const char **text, uint32_t *number)
{
    const size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 4) {
        return false;
    }
    *number = (uint32_t)strtoul(*text, NULL, 10);
    *text += digits;
    return true;
}

/* "10.2", "9.2.1", "9.2.1+tdx1.0": the first two numbers count. */
static enum exit_status take_qemu(void *launching, const char *value)
{
    const char *at = value;
    uint32_t major = 0;
    uint32_t minor = 0;
    if (!take_number(&at, &major) || *at++ != '.' ||
        !take_number(&at, &minor) || minor > 999 || major < 8 ||
        !strchr(".-+~", *at)) {
        return diagnostic_usage("--qemu needs the version of QEMU from 8.0 on, "
                                "as 10.2, not '%s'",
                                printable(value));
    }
    boot(launching)->qemu = 1000 * major + minor;
    return EXIT_DONE;
}

/* "202511", "edk2-stable202511", "edk2-stable202408.01". */
static enum exit_status take_edk2(void *launching, const char *value)
{
    static const char stable[] = "edk2-stable";
    const char *at = value;
    if (strncmp(at, stable, strlen(stable)) == 0) {
        at += strlen(stable);
    }
    const size_t digits = strspn(at, "0123456789");
    const unsigned long release = digits == 6 ? strtoul(at, NULL, 10) : 0;
    const unsigned long month = release % 100;
    /* There are four releases a year, and corrections of them. */
    if (release < 201000 || month % 3 != 2 || month > 11 ||
        (at[digits] && (at[digits] != '.' || !at[digits + 1]))) {
        return diagnostic_usage("--edk2 needs a release of edk2, as 202511 or "
                                "edk2-stable202511 (months 02, 05, 08, 11), "
                                "not '%s'",
                                printable(value));
    }
    boot(launching)->edk2 = (uint32_t)release;
    return EXIT_DONE;
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
                 "mrtd (default), rtmr1, rtmr2, kernel, cmdline, uki, "
                 "sections or all, of a TD that QEMU boots"),
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
                         : uki_options_given(b);
}

bool boot_options_fit(const struct launching *l, const char *kernel)
{
    const char *given = boot_options_given(l);
    if (l->launch.boot.registers & LAUNCH_BOOT) {
        return true;
    }
    if (given) {
        diagnostic_usage("%s is for --register rtmr1, rtmr2, kernel, cmdline, "
                         "uki and sections; it does not change an MRTD",
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
    if (b->uki) {
        return uki_options_check(o);
    }
    return options_must(!uki_options_needed(b),
                        "missing --uki FILE: --disk, --systemd and --register "
                        "uki and sections are of a unified kernel image") &&
           options_must(!of_kernel || o->guest.kernel,
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

bool boot_options_check(const struct launching *l, const struct files *files)
{
    const struct launch_options *o = &l->launch;
    const struct mrtd_vmm *vmm = o->vmm;
    const bool is_qemu = vmm == mrtd_vmm_default(MRTD_PLATFORM_TDX) ||
                         strcmp(vmm->name, "qemu") == 0 ||
                         strcmp(vmm->name, "kvm-v19") == 0;
    if (!(o->boot.registers & LAUNCH_BOOT)) {
        return true;
    }
    return options_must(files->operand_count <= 1 && o->vmm_count == 1,
                        "--register is for a single file and VMM") &&
           options_must(is_qemu, "--register is of a kernel that QEMU starts: "
                                 "--vmm spec, qemu or kvm-v19") &&
           options_must(!o->payload,
                        "--payload is of td-shim, and --register of a kernel "
                        "that QEMU gives to OVMF") &&
           OPTIONS_EXCLUDE({"--append", o->guest.append != NULL},
                           {"--cmdline", o->boot.cmdline != NULL}) &&
           check_inputs(o);
}
