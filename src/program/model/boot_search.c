/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_search.h"

#include <string.h>

#include "model/boot_kinds.h"
#include "model/boot_rtmr0.h"
#include "model/boot_uki.h"

/* Digests that depend on rules: each is computed once. */
struct parts {
    struct mrtd_event events[BOOT_EVENTS]; /* of today */
    size_t count;
    bool has_patched;
    struct mrtd_digest patched; /* of the kernel that QEMU has written into */
    bool has_last;
    struct mrtd_digest last; /* of the line with edk2's argument at its end */
    struct boot_rtmr0 rtmr0; /* of the release that is tried */
};

struct search {
    struct boot *boot;
    const struct boot_fit *fit;
    struct failure *failure;
    struct parts parts;
    size_t best; /* 1 more than how well those that were kept fit */
};

/* The first releases of edk2 that do something as later ones do, the newest
 * first; since the last one RTMR0 is known. */
static const uint32_t releases[] = {202508, 202505, 202411, 202311};
#define RELEASES (sizeof releases / sizeof *releases)

/* The stubs of systemd that do something as no others do, the newest first. */
static const uint32_t stubs[] = {
    MRTD_UKI_SYSTEMD_LAST_RTMR2, MRTD_UKI_SYSTEMD_CONSOLE - 1,
    MRTD_UKI_SYSTEMD_DIRECT - 1, MRTD_UKI_SYSTEMD_MEASURES - 1};
#define STUBS (sizeof stubs / sizeof *stubs)

/* --- Digests -------------------------------------------------------------- */

static bool is_kernel(const struct mrtd_event *event)
{
    return event->type == MRTD_EV_EFI_BOOT_SERVICES_APPLICATION;
}

/* What QEMU writes may not be possible, and then nobody boots so. */
static enum exit_status make_patched(struct search *s)
{
    const struct boot *b = s->boot;
    const struct evaluation *e = b->e;
    const struct mrtd_boot boot = {
        .struct_size = sizeof boot,
        .rules = MRTD_BOOT_PATCHED_KERNEL | MRTD_BOOT_SILENT_KERNEL,
        .has_cmdline = 1,
        .ram = e->options->boot.ram ? e->options->boot.ram : BOOT_SEARCH_RAM,
        .kernel = &e->kernel.source,
        .initrd = e->initrd.name ? &e->initrd.source : NULL,
        .cmdline = b->line.text,
        .cmdline_size = b->line.size};
    struct mrtd_event events[MRTD_BOOT_EVENTS];
    struct mrtd_error error;
    size_t count = 0;
    if (!b->line.text || !(b->wanted & LAUNCH_OF_KERNEL)) {
        return EXIT_DONE;
    }
    const enum mrtd_code code = mrtd_boot_events(events, &count, &boot, &error);
    if (code == MRTD_ERR_READ) {
        return evaluation_read_failed(e, s->failure);
    }
    if (code == MRTD_ERR_MEMORY) {
        return failure_memory(s->failure, e->kernel.name);
    }
    s->parts.has_patched = !code;
    s->parts.patched = events[0].digest;
    return EXIT_DONE;
}

/* With an initrd of which only counts that there is one. */
static enum exit_status make_last(struct search *s)
{
    static const char byte = 0;
    const struct mrtd_source some = {.size = 1, .data = &byte};
    const struct boot *b = s->boot;
    const struct mrtd_boot boot = {.struct_size = sizeof boot,
                                   .rules = MRTD_BOOT_INITRD_LAST,
                                   .has_cmdline = 1,
                                   .initrd = &some,
                                   .cmdline = b->line.text,
                                   .cmdline_size = b->line.size};
    struct mrtd_event events[MRTD_BOOT_EVENTS];
    struct mrtd_error error;
    size_t count = 0;
    if (!b->line.text || !b->e->initrd.name || b->line.is_final) {
        return EXIT_DONE;
    }
    const enum mrtd_code code = mrtd_boot_events(events, &count, &boot, &error);
    s->parts.has_last = !code;
    s->parts.last = events[0].digest;
    return code ? failure_library(s->failure, b->e->cmdline.name, &error, NULL)
                : EXIT_DONE;
}

static enum exit_status make_parts(struct search *s)
{
    struct boot *b = s->boot;
    const uint32_t rules = b->line.is_final ? MRTD_BOOT_FINAL_CMDLINE : 0;
    enum exit_status status = boot_events(b, rules, s->failure);
    memcpy(s->parts.events, b->events, sizeof b->events);
    s->parts.count = b->count;
    if (!status) {
        status = make_patched(s);
    }
    return status ? status : make_last(s);
}

/* --- Combinations --------------------------------------------------------- */

/* The events of the parts by those rules. */
static void assemble(struct search *s, uint32_t rules)
{
    struct boot *b = s->boot;
    b->rules = rules;
    b->count = 0;
    for (size_t i = 0; i < s->parts.count; i++) {
        struct mrtd_event event = s->parts.events[i];
        const bool is_line =
            event.id == MRTD_REGISTER_RTMR2 &&
            (i == 0 || s->parts.events[i - 1].id != MRTD_REGISTER_RTMR2);
        if ((event.id == MRTD_REGISTER_RTMR2 &&
             rules & MRTD_BOOT_SILENT_KERNEL) ||
            (event.type == MRTD_EV_SEPARATOR &&
             rules & MRTD_BOOT_SEPARATOR_RTMR0)) {
            continue;
        }
        if (is_kernel(&event) && rules & MRTD_BOOT_PATCHED_KERNEL) {
            event.digest = s->parts.patched;
        } else if (is_line && rules & MRTD_BOOT_INITRD_LAST &&
                   s->parts.has_last) {
            event.digest = s->parts.last;
        }
        b->events[b->count++] = event;
    }
    b->rtmr0 = s->parts.rtmr0;
    if (boot_rtmr0_is_known(&b->rtmr0)) {
        boot_rtmr0_add(b);
    }
}

/* Keeps what *s->boot has where it fits better than what was kept. */
static void judge(struct search *s, const struct boot *kept)
{
    const size_t fit = 1 + s->fit->count(s->fit->context, s->boot);
    if (fit > s->best) {
        s->best = fit;
    } else {
        *s->boot = *kept;
    }
}

static void try(struct search *s, uint32_t rules)
{
    const struct boot kept = *s->boot;
    assemble(s, rules);
    judge(s, &kept);
}

/* May edk2 do so, by where the line has its argument? */
static bool may_be_edk2(const struct boot *b, uint32_t rules)
{
    const bool is_last = rules & MRTD_BOOT_INITRD_LAST;
    return !b->line.is_final || b->line.is_last == is_last;
}

/* May QEMU have written into the kernel, or not, with an edk2 that does so?
 * QEMU 10.0 and 10.1 give the file, too, which edk2 takes since
 * edk2-stable202502. */
static bool may_be_patched(const struct search *s, uint32_t rules,
                           bool is_patched)
{
    const struct launch_boot *o = &s->boot->e->options->boot;
    const bool gives_both = o->qemu >= 10000 && o->qemu < LAUNCH_QEMU_RAW;
    if (is_patched && !s->parts.has_patched) {
        return false;
    }
    if (!o->qemu) {
        return true;
    }
    if (o->edk2 || !gives_both) {
        return launch_is_patched(o) == is_patched;
    }
    return rules & MRTD_BOOT_SEPARATOR_RTMR0 ? is_patched
           : rules & MRTD_BOOT_INITRD_LAST   ? true
                                             : !is_patched;
}

/* May Linux measure its command line, or not? That it does not proves nothing
 * of the line. */
static bool may_measure(const struct boot *b, bool measures)
{
    const enum launch_measures said = b->e->options->boot.measures;
    const bool is_old = b->kernel.has_numbers && !boot_measures(&b->kernel);
    return said == LAUNCH_MEASURES       ? measures
           : said == LAUNCH_MEASURES_NOT ? !measures
                                         : measures || is_old;
}

static void try_kernels(struct search *s, uint32_t rules)
{
    struct boot *b = s->boot;
    rules |= b->line.is_final ? MRTD_BOOT_FINAL_CMDLINE : 0;
    for (unsigned k = 0; k < 4; k++) {
        const bool is_patched = k & 1;
        const bool is_silent = k & 2;
        if (may_be_edk2(b, rules) && may_be_patched(s, rules, is_patched) &&
            may_measure(b, !is_silent)) {
            b->tried_patched |= is_patched;
            try(s, rules | (is_patched ? MRTD_BOOT_PATCHED_KERNEL : 0) |
                       (is_silent ? MRTD_BOOT_SILENT_KERNEL : 0));
        }
    }
}

/* With RTMR0 as a build of that kind makes it. */
static enum exit_status try_build(struct search *s, uint32_t edk2,
                                  uint32_t secure_boot)
{
    struct boot_rtmr0 *rtmr0 = &s->parts.rtmr0;
    const enum exit_status status =
        boot_rtmr0_read(rtmr0, s->boot->e, edk2, secure_boot, s->failure);
    if (!status && (s->fit->by_event || boot_rtmr0_is_known(rtmr0))) {
        try_kernels(s, boot_ovmf_rules(edk2));
    }
    return status;
}

static enum exit_status try_release(struct search *s, uint32_t edk2)
{
    const struct launch_boot *o = &s->boot->e->options->boot;
    if (!(s->boot->wanted & LAUNCH_RTMR0)) {
        try_kernels(s, boot_ovmf_rules(edk2));
        return EXIT_DONE;
    }
    if (boot_rtmr0_wrong(o, edk2)) {
        return EXIT_DONE;
    }
    if (o->secure_boot) {
        return try_build(s, edk2, o->secure_boot);
    }
    const enum exit_status status =
        try_build(s, edk2, MRTD_OVMF_SECURE_BOOT_NONE);
    return status ? status : try_build(s, edk2, MRTD_OVMF_SECURE_BOOT_OFF);
}

static enum exit_status try_all(struct search *s)
{
    const uint32_t said = s->boot->e->options->boot.edk2;
    enum exit_status status = said ? try_release(s, said) : EXIT_DONE;
    for (size_t i = 0; !status && !said && i < RELEASES; i++) {
        status = try_release(s, releases[i]);
    }
    return status;
}

/* --- RTMR0 of OVMF -------------------------------------------------------- */

/* Nobody asked for RTMR0: an image of which it is not known, as CODE alone, is
 * compared without it. */
static enum exit_status probe_rtmr0(struct search *s, uint32_t edk2)
{
    struct boot *b = s->boot;
    struct boot_rtmr0 rtmr0;
    const enum exit_status status = boot_rtmr0_read(
        &rtmr0, b->e, edk2, MRTD_OVMF_SECURE_BOOT_NONE, s->failure);
    if (status != EXIT_REFUSED) {
        return status;
    }
    b->wanted &= ~(unsigned)LAUNCH_RTMR0;
    boot_note(b, "boot-rtmr0", "RTMR0 is left out: %s", s->failure->message);
    return EXIT_DONE;
}

/* Is it compared? What of its options is wrong, is said. */
static enum exit_status take_rtmr0(struct search *s)
{
    struct boot *b = s->boot;
    const struct launch_boot *o = &b->e->options->boot;
    const char *given = launch_ovmf_option(o);
    const uint32_t edk2 = o->edk2 ? o->edk2 : releases[0];
    const char *wrong = boot_rtmr0_wrong(o, edk2);
    if (given && !b->e->image) {
        return failure_usage(s->failure,
                             "%s is for RTMR0, which is made of the image, "
                             "too: --firmware-image FILE",
                             given);
    }
    if (!given && !(s->fit->by_event && b->e->image)) {
        return EXIT_DONE;
    }
    if (wrong && (given || o->edk2 >= releases[RELEASES - 1])) {
        return failure_usage(s->failure, "%s", wrong);
    }
    if (wrong) {
        return EXIT_DONE;
    }
    b->wanted |= LAUNCH_RTMR0;
    return given ? EXIT_DONE : probe_rtmr0(s, edk2);
}

/* Nothing was tried: is that so since something of RTMR0 is not known? */
static enum exit_status refuse_rtmr0(struct search *s)
{
    const struct boot *b = s->boot;
    const bool wanted = b->wanted & LAUNCH_RTMR0 && !s->fit->by_event;
    return wanted && s->parts.rtmr0.count > 0 &&
                   !boot_rtmr0_is_known(&s->parts.rtmr0)
               ? boot_rtmr0_refuse(&s->parts.rtmr0, b->e, "RTMR0",
                                   "; 'mrtd-calc events --firmware-image' "
                                   "compares the events that are known",
                                   s->failure)
               : EXIT_DONE;
}

/* --- The search ----------------------------------------------------------- */

/* What was given and compared with nothing. */
static const char *unusable(const struct boot *b)
{
    const struct launch_boot *o = &b->e->options->boot;
    const bool has_initrd = b->e->initrd.name != NULL;
    return o->td_hob ? "--td-hob is of td-shim, and the image is of OVMF"
           : has_initrd && !b->line.text
               ? "--initrd is measured with the command line: --append TEXT or "
                 "--cmdline FILE"
           : !b->wanted
               ? "missing --kernel FILE, --append TEXT or --cmdline FILE: what "
                 "is compared is made of them"
           : o->measures && !b->line.text
               ? "--kernel-measures is of a command line: --append TEXT or "
                 "--cmdline FILE"
           : o->ram && !(has_initrd && b->e->kernel.name) &&
                   !(b->wanted & LAUNCH_RTMR0)
               ? "--ram is for a kernel that QEMU before 10.2 changes, with an "
                 "--initrd, and for RTMR0"
               : NULL;
}

static enum exit_status search_ovmf(struct search *s)
{
    struct boot *b = s->boot;
    enum exit_status status = take_rtmr0(s);
    const char *wrong = unusable(b);
    if (status || wrong) {
        return status ? status : failure_usage(s->failure, "%s", wrong);
    }
    status = make_parts(s);
    if (!status) {
        status = try_all(s);
    }
    if (!status && s->best == 0) {
        status = refuse_rtmr0(s);
    }
    if (!status && s->best == 0) {
        return boot_line_refuse(
            b->e, s->failure,
            "no release of QEMU and edk2 boots so: where the line has edk2's "
            "initrd=initrd, and what --edk2 and --qemu say, do not fit, or "
            "QEMU does not load the kernel");
    }
    if (!status && b->line.text && !*b->line.text && !b->e->initrd.name) {
        boot_note(b, "boot-empty",
                  "the command line is empty, and nothing is measured of it: "
                  "RTMR2 stays zero");
    }
    if (!status && b->wanted & LAUNCH_RTMR0) {
        boot_rtmr0_note(b);
    }
    return status;
}

/* --- A unified kernel image ----------------------------------------------- */

/* Each place of a separator, and each kernel that may be. */
static enum exit_status try_stub(struct search *s, uint32_t systemd)
{
    static const uint32_t separators[] = {0, MRTD_BOOT_SEPARATOR_RTMR0};
    const uint32_t edk2 = s->boot->e->options->boot.edk2;
    enum exit_status status = EXIT_DONE;
    for (unsigned k = 0; !status && k < 4; k++) {
        const struct boot kept = *s->boot;
        const uint32_t separator = separators[k & 1];
        const bool is_silent = k & 2;
        if ((!edk2 || (boot_ovmf_rules(edk2) & MRTD_BOOT_SEPARATOR_RTMR0) ==
                          separator) &&
            may_measure(s->boot, !is_silent)) {
            status = boot_uki_events(
                s->boot, separator | (is_silent ? MRTD_BOOT_SILENT_KERNEL : 0),
                systemd, s->failure);
            if (status) {
                *s->boot = kept;
            } else {
                judge(s, &kept);
            }
        }
    }
    return status;
}

/* By the stub that the image has; or by each, of which some may not take what
 * is given. */
static enum exit_status try_stubs(struct search *s)
{
    const struct boot *b = s->boot;
    const uint32_t said = b->e->options->boot.systemd;
    const uint32_t known = said ? said : b->uki.systemd;
    enum exit_status status = known ? try_stub(s, known) : EXIT_DONE;
    for (size_t i = 0; !known && i < STUBS; i++) {
        status = try_stub(s, stubs[i]);
        if (status && status != EXIT_REFUSED) {
            return status;
        }
    }
    return s->best > 0 ? EXIT_DONE : status;
}

/* Of some images RTMR2 is not known. */
static enum exit_status try_rtmr1(struct search *s)
{
    const struct failure why = *s->failure;
    s->boot->wanted = LAUNCH_RTMR1;
    const enum exit_status status = try_stubs(s);
    if (!status) {
        boot_note(s->boot, "uki-rtmr2", "RTMR2 is not compared: %s",
                  why.message);
    }
    return status;
}

static enum exit_status search_uki(struct search *s)
{
    struct boot *b = s->boot;
    enum exit_status status = boot_uki_open(b, s->failure);
    if (status) {
        return status;
    }
    b->wanted = LAUNCH_RTMR1 | LAUNCH_RTMR2;
    status = try_stubs(s);
    if (status == EXIT_REFUSED && !b->line.text) {
        status = try_rtmr1(s);
    }
    if (!status) {
        boot_uki_note(b);
    }
    return status;
}

/* --- td-shim, and all of them --------------------------------------------- */

static enum exit_status search_shim(struct search *s)
{
    struct boot *b = s->boot;
    if (!b->shim.has_td_hob || b->e->td_hob.name) {
        b->wanted |= LAUNCH_RTMR0;
    }
    b->wanted |= LAUNCH_RTMR1 | LAUNCH_RTMR2;
    const enum exit_status status = boot_shim_take(b, s->failure);
    return status ? status : boot_events(b, 0, s->failure);
}

enum exit_status boot_search(struct boot *boot, const struct evaluation *e,
                             const struct mrtd_shim *shim,
                             const struct boot_fit *fit,
                             struct failure *failure)
{
    struct search s = {.boot = boot, .fit = fit, .failure = failure};
    const bool has_line = e->options->guest.append || e->cmdline.name;
    const enum exit_status status = boot_open(
        boot, e, shim,
        (e->kernel.name ? LAUNCH_RTMR1 : 0U) | (has_line ? LAUNCH_RTMR2 : 0U),
        failure);
    return status          ? status
           : boot->is_shim ? search_shim(&s)
           : e->uki.name   ? search_uki(&s)
                           : search_ovmf(&s);
}
