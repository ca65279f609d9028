/* SPDX-License-Identifier: Apache-2.0 */
#include "model/boot_search.h"

#include <string.h>

#include "model/boot_kinds.h"

/* Digests that depend on rules: each is computed once. */
struct parts {
    struct mrtd_event events[BOOT_EVENTS]; /* of today */
    size_t count;
    bool has_patched;
    struct mrtd_digest patched; /* of the kernel that QEMU has written into */
    bool has_last;
    struct mrtd_digest last; /* of the line with edk2's argument at its end */
};

struct search {
    struct boot *boot;
    boot_fit_fn *fit;
    const void *context;
    struct failure *failure;
    struct parts parts;
    size_t best; /* 1 more than how well those that were kept fit */
};

/* What releases of edk2 do, the newest first. */
static const uint32_t edk2_rules[] = {0, MRTD_BOOT_INITRD_LAST,
                                      MRTD_BOOT_INITRD_LAST |
                                          MRTD_BOOT_SEPARATOR_RTMR0};

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
}

/* Keeps them where they fit better than what was kept. */
static void try(struct search *s, uint32_t rules)
{
    const struct boot kept = *s->boot;
    assemble(s, rules);
    const size_t fit = 1 + s->fit(s->context, s->boot);
    if (fit > s->best) {
        s->best = fit;
    } else {
        *s->boot = kept;
    }
}

/* May edk2 do so, by --edk2, and by where the line has its argument? */
static bool may_be_edk2(const struct boot *b, uint32_t rules)
{
    const bool is_last = rules & MRTD_BOOT_INITRD_LAST;
    return boot_ovmf_edk2(b->e->options->boot.edk2, rules) &&
           (!b->line.is_final || b->line.is_last == is_last);
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
    const bool is_old = b->e->kernel.name && b->kernel.has_numbers &&
                        !boot_measures(&b->kernel);
    return said == LAUNCH_MEASURES       ? measures
           : said == LAUNCH_MEASURES_NOT ? !measures
                                         : measures || is_old;
}

static void try_all(struct search *s)
{
    struct boot *b = s->boot;
    const uint32_t line = b->line.is_final ? MRTD_BOOT_FINAL_CMDLINE : 0;
    for (size_t i = 0; i < sizeof edk2_rules / sizeof *edk2_rules; i++) {
        for (unsigned k = 0; k < 4; k++) {
            const bool is_patched = k & 1;
            const bool is_silent = k & 2;
            if (may_be_edk2(b, edk2_rules[i]) &&
                may_be_patched(s, edk2_rules[i], is_patched) &&
                may_measure(b, !is_silent)) {
                b->tried_patched |= is_patched;
                try(s, line | edk2_rules[i] |
                           (is_patched ? MRTD_BOOT_PATCHED_KERNEL : 0) |
                           (is_silent ? MRTD_BOOT_SILENT_KERNEL : 0));
            }
        }
    }
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
           : o->ram && !(has_initrd && b->e->kernel.name)
               ? "--ram is for a kernel that QEMU before 10.2 changes, with an "
                 "--initrd"
               : NULL;
}

static enum exit_status search_ovmf(struct search *s)
{
    struct boot *b = s->boot;
    const char *wrong = unusable(b);
    if (wrong) {
        return failure_usage(s->failure, "%s", wrong);
    }
    const enum exit_status status = make_parts(s);
    if (!status) {
        try_all(s);
    }
    if (!status && b->line.text && !*b->line.text && !b->e->initrd.name) {
        boot_note(b, "boot-empty",
                  "the command line is empty, and nothing is measured of it: "
                  "RTMR2 stays zero");
    }
    if (!status && s->best == 0) {
        return boot_line_refuse(
            b->e, s->failure,
            "no release of QEMU and edk2 boots so: where the line has edk2's "
            "initrd=initrd, and what --edk2 and --qemu say, do not fit, or "
            "QEMU does not load the kernel");
    }
    return status;
}

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
                             const struct mrtd_shim *shim, boot_fit_fn *fit,
                             const void *context, struct failure *failure)
{
    struct search s = {
        .boot = boot, .fit = fit, .context = context, .failure = failure};
    const bool has_line = e->options->guest.append || e->cmdline.name;
    const enum exit_status status = boot_open(
        boot, e, shim,
        (e->kernel.name ? LAUNCH_RTMR1 : 0U) | (has_line ? LAUNCH_RTMR2 : 0U),
        failure);
    return status ? status : boot->is_shim ? search_shim(&s) : search_ovmf(&s);
}
