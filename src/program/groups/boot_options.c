/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/boot_options.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "groups/uki_options.h"
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
    if (len == 5 && strncasecmp(name, "rtmr3", len) == 0) {
        return diagnostic_usage("--register: RTMR3 depends on what the guest "
                                "extends it with, and is not predicted here");
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
                 "mrtd (default), rtmr0, rtmr1, rtmr2, kernel, "
                 "cmdline, uki, sections or all"),
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
                 "the guest's RAM, for RTMR0, or an initrd before QEMU 10.2")},
    {OPTION("td-hob", INPUT, struct launching, launch.boot.td_hob,
            OPTION_IS_FILE, "what the VMM wrote for td-shim, for its RTMR0")},
};
const struct option_table boot_options = OPTION_TABLE(rows);
const struct option_table boot_documents = {rows, 6};
const struct option_table boot_rules = {rows + 1, 6};

/* --- Checks ------------------------------------------------------------ */

const char *boot_options_given(const struct launching *l)
{
    const struct launch_boot *b = &l->launch.boot;
    return b->cmdline              ? "--cmdline"
           : b->qemu               ? "--qemu"
           : b->edk2               ? "--edk2"
           : b->measures           ? "--kernel-measures"
           : b->ram                ? "--ram"
           : b->td_hob             ? "--td-hob"
           : launch_ovmf_option(b) ? launch_ovmf_option(b)
                                   : uki_options_given(b);
}

bool boot_options_fit(const struct launching *l, const char *kernel)
{
    const char *given = boot_options_given(l);
    if (l->launch.boot.registers & LAUNCH_BOOT) {
        return true;
    }
    if (given) {
        diagnostic_usage("%s is for --register rtmr0, rtmr1, rtmr2, kernel, "
                         "cmdline, uki and sections; it does not change an "
                         "MRTD",
                         given);
    } else if (kernel) {
        diagnostic_usage("%s is for --platform snp, sev-es or sev, or where "
                         "registers are printed, for --register rtmr1, rtmr2, "
                         "kernel and cmdline; it does not change an MRTD",
                         kernel);
    }
    return !given && !kernel;
}

bool boot_options_with_mrtd(const struct launching *l)
{
    const struct launch_options *o = &l->launch;
    const unsigned registers = o->boot.registers;
    return options_must(!registers || registers & LAUNCH_MRTD,
                        "--register of a document has mrtd in it, as "
                        "mrtd,rtmr1: what else there is, is beside MRTDs") &&
           options_must(!(o->boot.named & (LAUNCH_RTMR0 | LAUNCH_OF_UKI)),
                        "--register of a document is mrtd, rtmr1, rtmr2, "
                        "kernel and cmdline: none has a place for others");
}

/* Does what is booted fit together? */
static bool check_boot(const struct launch_options *o)
{
    return (o->boot.uki ? uki_options_check(o)
                        : options_must(!uki_options_needed(&o->boot),
                                       "missing --uki FILE: --disk, --systemd "
                                       "and --register uki and sections are of "
                                       "a unified kernel image")) &&
           OPTIONS_EXCLUDE({"--append", o->guest.append != NULL},
                           {"--cmdline", o->boot.cmdline != NULL});
}

bool boot_options_check(const struct launching *l)
{
    const struct launch_options *o = &l->launch;
    if (!(o->boot.registers & LAUNCH_BOOT)) {
        return true;
    }
    return options_must(
               !o->payload,
               "--kernel takes the place of --payload for --register") &&
           check_boot(o);
}

bool boot_options_decide(struct launching *l, bool has_registers,
                         bool may_be_snp)
{
    const struct launch_options *o = &l->launch;
    const char *rule = boot_options_given(l);
    const char *given = rule ? rule : guest_kernel_given(l);
    if (!given || l->guest.platform == MRTD_PLATFORM_SNP) {
        return true;
    }
    if (has_registers) {
        l->guest.platform = MRTD_PLATFORM_TDX;
        return options_must(!o->payload || !o->guest.kernel,
                            "--kernel takes the place of --payload") &&
               check_boot(o);
    }
    if (l->guest.platform == MRTD_PLATFORM_TDX || !may_be_snp) {
        diagnostic_usage("%s is compared with the RTMRs of one quote, "
                         "TDREPORT or TDINFO; those of reference values are "
                         "compared by 'reference --verify --register'",
                         given);
        return false;
    }
    l->guest.platform = MRTD_PLATFORM_SNP;
    return guest_check_kernel(&o->guest);
}
