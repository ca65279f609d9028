/* SPDX-License-Identifier: Apache-2.0 */
#include "model/portrait.h"

#include <stdlib.h>

#include "base/array.h"
#include "printable.h"

/* --- Launches of a guest ----------------------------------------------- */

void portrait_options(const struct evaluation *e, size_t index,
                      struct launch_options *options)
{
    const struct launch_options *o = e->options;
    *options = *o;
    launch_select(options, index);
    /* What is not a list is as it is at hand. */
    if (o->range_count == 0) {
        options->guest.vcpus = o->guest.vcpus;
    }
    if (o->type_count == 0) {
        options->guest.has_vcpu = o->guest.has_vcpu;
        options->guest.vcpu = o->guest.vcpu;
    }
}

/* Is it the launch that the evaluation is of? */
static bool is_at_hand(const struct evaluation *e,
                       const struct launch_options *options)
{
    const struct launch_guest *a = &e->options->guest;
    const struct launch_guest *b = &options->guest;
    return e->options->vmm == options->vmm && a->vcpus == b->vcpus &&
           a->vcpu.type == b->vcpu.type &&
           a->vcpu.signature == b->vcpu.signature;
}

/* Measures the last of the launches and frees its plan: there may be many. */
static enum exit_status measure_last(struct launches *launches,
                                     struct evaluation *e,
                                     struct failure *failure)
{
    struct launch *last = &launches->items[launches->count - 1];
    enum exit_status status = EXIT_DONE;
    e->plan = last->plan;
    if (last->plan) {
        status = evaluation_measure(e, NULL, NULL, &last->value, failure);
    }
    mrtd_plan_free(last->plan);
    last->plan = NULL;
    return status;
}

/* Adds a launch of the image with other options, measured. */
static enum exit_status add(struct launches *launches,
                            const struct evaluation *e,
                            const struct launch_options *options,
                            struct failure *failure)
{
    struct evaluation one = *e;
    one.options = options;
    const enum exit_status status =
        launches_add(launches, &one, evaluation_vmm(&one), 0, failure);
    return status ? status : measure_last(launches, &one, failure);
}

static enum exit_status add_guests(struct portrait *p, struct failure *failure)
{
    const size_t count = launch_count(p->e->options);
    enum exit_status status = EXIT_DONE;
    /* Options that name no VMM of several have the one at hand. */
    for (size_t i = 0; !status && (i == 0 || i < count); i++) {
        struct launch_options options;
        portrait_options(p->e, i, &options);
        if (is_at_hand(p->e, &options)) {
            p->at_hand = i;
        }
        status = add(&p->launches, p->e, &options, failure);
    }
    return status;
}

/* --- Launches of a TD -------------------------------------------------- */

/* By each VMM that there is for the image; known is the value of the plan of
 * the evaluation, or NULL. */
static enum exit_status add_each(struct launches *launches,
                                 const struct evaluation *e,
                                 const struct mrtd_value *known,
                                 struct failure *failure)
{
    enum exit_status status = launches_add_each(launches, e, failure);
    if (!status) {
        status = launches_measure(launches, e, known, failure);
    }
    /* There may be many runs, and the values are there. */
    for (size_t i = 0; i < launches->count; i++) {
        mrtd_plan_free(launches->items[i].plan);
        launches->items[i].plan = NULL;
    }
    return status;
}

static enum exit_status add_tds(struct portrait *p, struct failure *failure)
{
    const struct mrtd_vmm *vmm = p->e->options->vmm->launches_as;
    const enum exit_status status =
        add_each(&p->launches, p->e, &p->facts.value, failure);
    while (p->at_hand + 1 < p->launches.count &&
           p->launches.items[p->at_hand].vmm != vmm) {
        p->at_hand++;
    }
    return status;
}

/* --- The other platform ------------------------------------------------ */

/* Adds a launch of which it is known only why there is none. */
static enum exit_status add_refused(struct launches *launches,
                                    const struct evaluation *e,
                                    const struct mrtd_vmm *vmm,
                                    const struct mrtd_error *error,
                                    struct failure *failure)
{
    struct launch *items =
        array_room(launches->items, launches->count, sizeof *items);
    if (!items) {
        return failure_memory(failure, e->name);
    }
    launches->items = items;
    items[launches->count++] = (struct launch){.vmm = vmm, .error = *error};
    return EXIT_DONE;
}

/* The digest after the firmware's pages, unless there is no launch with them,
 * whatever the virtual CPUs: then why. */
static enum exit_status add_firmware(struct launches *launches,
                                     const struct evaluation *e,
                                     const struct launch_options *options,
                                     struct failure *failure)
{
    struct launch_options whole = *options;
    struct evaluation one = *e;
    whole.guest.vcpus = 1;
    whole.guest.features = 1;
    one.options = &whole;
    const enum exit_status status =
        launches_add(launches, &one, whole.vmm, 0, failure);
    if (status || !launches->items[0].plan) {
        return status;
    }
    launches_drop(launches);
    whole.guest = (struct launch_guest){.firmware_only = true};
    return add(launches, e, &whole, failure);
}

/* Of a split image CODE is measured, and not VARS. */
static enum exit_status add_code(struct launches *launches,
                                 const struct evaluation *e,
                                 const struct launch_options *options,
                                 struct failure *failure)
{
    const unsigned flags = MRTD_FORMAT_TDVF | MRTD_WITHOUT_METADATA |
                           (options->permissive ? MRTD_PERMISSIVE : 0);
    struct evaluation code = *e;
    struct mrtd_error error;
    code.source = e->file.source;
    code.image = NULL;
    if (mrtd_image_open(&code.image, &code.source, flags, &error)) {
        return mrtd_code_class(error.code) == MRTD_CLASS_FAULT
                   ? evaluation_failed(e, &error, failure)
                   : add_refused(launches, e, options->vmm, &error, failure);
    }
    const enum exit_status status =
        add_firmware(launches, &code, options, failure);
    mrtd_image_free(code.image);
    return status;
}

static enum exit_status add_snp(struct portrait *p, struct failure *failure)
{
    const struct evaluation *e = p->e;
    const struct launch_options options = {
        .platform = MRTD_PLATFORM_SNP,
        .vmm = mrtd_vmm_default(MRTD_PLATFORM_SNP),
        .permissive = e->options->permissive,
        .limit = e->options->limit,
    };
    if (mrtd_image_igvm(e->image)) {
        return add(&p->others, e, &options, failure);
    }
    return e->options->vars && !mrtd_image_refusal(e->image, MRTD_PLATFORM_SNP)
               ? add_code(&p->others, e, &options, failure)
               : add_firmware(&p->others, e, &options, failure);
}

/* --- The whole --------------------------------------------------------- */

static enum exit_status measure(struct portrait *p, struct failure *failure)
{
    const bool is_tdx = p->other == MRTD_PLATFORM_SNP;
    enum exit_status status =
        is_tdx ? EXIT_DONE : guest_facts_make(&p->guest, p->e, failure);
    if (!status) {
        status = is_tdx ? add_tds(p, failure) : add_guests(p, failure);
    }
    if (!status) {
        status = is_tdx ? add_snp(p, failure)
                        : add_each(&p->others, p->e, NULL, failure);
    }
    return status;
}

enum exit_status portrait_make(struct portrait *portrait,
                               const struct evaluation *e,
                               struct failure *failure)
{
    const struct launch_options *o = e->options;
    const bool is_tdx = o->platform == MRTD_PLATFORM_TDX;
    *portrait = (struct portrait){
        .e = e,
        .file = printable_base_name(e->name),
        .vars = printable_base_name(o->vars),
        .payload = printable_base_name(o->payload),
        /* No MRTD depends on them. */
        .kernel = is_tdx ? NULL : printable_base_name(o->guest.kernel),
        .initrd = is_tdx ? NULL : printable_base_name(o->guest.initrd),
        .svsm = printable_base_name(o->guest.svsm),
        .svsm_vars = printable_base_name(o->guest.vars_file),
        .other = is_tdx ? MRTD_PLATFORM_SNP : MRTD_PLATFORM_TDX,
    };
    enum exit_status status = facts_make(&portrait->facts, e, failure);
    if (status) {
        return status;
    }
    portrait->edges = calloc(2 * (size_t)portrait->facts.section_count + 1,
                             sizeof *portrait->edges);
    status = portrait->edges ? measure(portrait, failure)
                             : failure_memory(failure, e->name);
    if (status) {
        portrait_free(portrait);
    }
    return status;
}

void portrait_free(struct portrait *portrait)
{
    facts_free(&portrait->facts);
    guest_facts_free(&portrait->guest);
    launches_free(&portrait->launches);
    launches_free(&portrait->others);
    free(portrait->edges);
}
