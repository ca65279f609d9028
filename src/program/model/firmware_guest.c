/* SPDX-License-Identifier: Apache-2.0 */
#include "model/firmware_guest.h"

#include <stdlib.h>
#include <string.h>

#include "model/guest_facts.h"
#include "model/refusals.h"
#include "reference/claims.h"

/* A launch of the same image with other options. */
struct guest {
    struct launch_options options;
    struct evaluation e;
};

static void begin(struct guest *g, const struct evaluation *e)
{
    g->options = *e->options;
    g->e = *e;
    g->e.options = &g->options;
    g->e.plan = NULL;
    g->e.accept = NULL;
}

/* --- The firmware's part ------------------------------------------------- */

/*
 * The pages of a flat firmware come first in every launch of a guest of SNP:
 * of several, their part of the digest is computed once for all.
 */
static bool is_worth_it(const struct evaluation *e)
{
    const struct launch_options *o = e->options;
    return o->platform == MRTD_PLATFORM_SNP && launch_count(o) > 1 &&
           !mrtd_image_igvm(e->image) && !e->svsm.name &&
           o->guest.firmware_digest.size == 0;
}

static enum exit_status measure_pages(struct mrtd_digest *digest,
                                      const struct evaluation *e,
                                      struct failure *failure)
{
    struct guest g;
    struct mrtd_value value;
    struct mrtd_error error;
    begin(&g, e);
    g.options.guest = (struct launch_guest){.firmware_only = true};
    g.e.kernel.name = g.e.initrd.name = NULL;
    if (evaluation_plan(&g.e, g.options.vmm, 0, &g.e.plan, &error)) {
        return evaluation_failed(e, &error, failure);
    }
    const enum exit_status status =
        evaluation_measure(&g.e, NULL, NULL, &value, failure);
    mrtd_plan_free(g.e.plan);
    if (!status) {
        *digest = value.digest;
    }
    return status;
}

/* --- Launches ------------------------------------------------------------ */

static struct guest_launch launch_of(const struct evaluation *e)
{
    const struct launch_options *o = e->options;
    const uint32_t vcpus = o->guest.vcpus;
    const bool has_vcpu =
        vcpus > 0 && o->guest.has_vcpu && o->vmm->takes_signature;
    return (struct guest_launch){
        .vmm = o->vmm,
        .vcpus = vcpus,
        .has_vcpu = has_vcpu,
        .type = has_vcpu ? o->guest.vcpu.type : NULL,
        .signature = has_vcpu ? o->guest.vcpu.signature : 0,
        .has_features = vcpus > 0,
        .features = o->guest.features,
    };
}

/* A VMM that ignores the type is not asked twice. */
static bool is_there(const struct reference_firmware *f,
                     const struct guest_launch *launch)
{
    for (size_t i = 0; i < f->value_count; i++) {
        const struct guest_launch *other = &f->values[i].guest;
        if (other->vmm == launch->vmm && other->vcpus == launch->vcpus &&
            other->type == launch->type &&
            other->signature == launch->signature) {
            return true;
        }
    }
    return false;
}

/* Says what the plan of the first launch by a VMM warns of. */
static enum exit_status report(const struct reference_firmware *f,
                               struct evaluation *e,
                               const struct firmware_order *order,
                               struct failure *failure)
{
    const struct mrtd_vmm *vmm = e->options->vmm;
    bool is_first = true;
    for (size_t i = 0; i < f->value_count; i++) {
        is_first = is_first && f->values[i].guest.vmm != vmm;
    }
    if (!is_first) {
        return EXIT_DONE;
    }
    if (refusals_ask(e, failure)) {
        return failure->status;
    }
    evaluation_findings(e, order->each, order->context);
    return EXIT_DONE;
}

static enum exit_status make_plan(struct guest *g, struct failure *failure)
{
    struct mrtd_error error;
    mrtd_plan_free(g->e.plan);
    g->e.plan = NULL;
    return evaluation_plan(&g->e, g->options.vmm, 0, &g->e.plan, &error)
               ? evaluation_failed(&g->e, &error, failure)
               : EXIT_DONE;
}

static enum exit_status add(struct reference_firmware *f, struct guest *g,
                            const struct mrtd_digest *pages,
                            const struct firmware_order *order,
                            struct failure *failure)
{
    struct reference_value *v = &f->values[f->value_count];
    v->guest = launch_of(&g->e);
    if (is_there(f, &v->guest)) {
        return EXIT_DONE;
    }
    enum exit_status status = evaluation_check_vcpus(&g->e, failure);
    if (!status) {
        status = make_plan(g, failure);
    }
    /* Of an IGVM file they are its own. */
    if (!status) {
        status = guest_first_features(&g->e, &v->guest.features, failure);
    }
    if (!status) {
        status = report(f, &g->e, order, failure);
    }
    if (!status && pages->size > 0) {
        g->options.guest.firmware_digest = *pages;
        status = make_plan(g, failure);
    }
    if (!status) {
        status = evaluation_measure(&g->e, NULL, NULL, &v->value, failure);
    }
    if (status) {
        return status;
    }
    evaluation_value_findings(&g->e, &v->value, order->each, order->context);
    v->vmms[0] = v->guest.vmm->name;
    mrtd_hex_encode(v->hex, v->value.digest.bytes, v->value.digest.size);
    f->value_count++;
    return EXIT_DONE;
}

enum exit_status firmware_measure_guest(struct reference_firmware *f,
                                        const struct evaluation *e,
                                        const struct firmware_order *order,
                                        struct failure *failure)
{
    const size_t count = launch_count(e->options);
    struct mrtd_digest pages = {.size = 0};
    struct guest g;
    enum exit_status status = EXIT_DONE;
    if (count > CLAIMS_MAX) {
        return failure_usage(failure,
                             "%zu launches are asked for; a document has no "
                             "more than %d values",
                             count, CLAIMS_MAX);
    }
    f->values = calloc(count, sizeof *f->values);
    if (!f->values) {
        return failure_memory(failure, e->name);
    }
    if (is_worth_it(e)) {
        status = measure_pages(&pages, e, failure);
    }
    for (size_t i = 0; !status && i < count; i++) {
        begin(&g, e);
        launch_select(&g.options, i);
        g.options.vmm = evaluation_vmm(&g.e);
        status = add(f, &g, &pages, order, failure);
        mrtd_plan_free(g.e.plan);
        mrtd_accept_free(g.e.accept);
    }
    return status;
}
