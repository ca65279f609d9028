/* SPDX-License-Identifier: Apache-2.0 */
#include "model/refusals.h"

#include <stdio.h>
#include <string.h>

/* Has the plan a warning of that already? */
static bool is_said(const struct mrtd_plan *plan, enum mrtd_code code)
{
    const struct mrtd_finding *f;
    bool said = false;
    for (uint32_t i = 0; (f = mrtd_plan_finding(plan, i)); i++) {
        said |= f->code == code;
    }
    return said;
}

static const char *effect_words(enum mrtd_effect effect)
{
    switch (effect) {
    case MRTD_EFFECT_REFUSED:
        return "refuses it";
    case MRTD_EFFECT_STOPS:
        return "starts it, but the guest does not run";
    case MRTD_EFFECT_UNDEFINED:
        return "does something undefined with it";
    default:
        return NULL;
    }
}

static void give_refusal(const struct evaluation *e,
                         const struct mrtd_accept_finding *f, finding_fn *each,
                         void *context)
{
    const char *words = effect_words(f->effect);
    struct mrtd_finding note = {.code = f->code,
                                .severity = MRTD_NOTE,
                                .region = MRTD_NO_REGION,
                                .offset = f->offset};
    if (words && !is_said(e->plan, f->code)) {
        snprintf(note.message, sizeof note.message, "%.160s; VMM %s %s",
                 f->message, mrtd_plan_info(e->plan)->vmm->name, words);
        each(context, &note);
    }
}

/* The rules are about an image that is launched as a whole, and alone. */
static bool is_known(const struct evaluation *e, const struct mrtd_vmm *vmm)
{
    return vmm->platform == MRTD_PLATFORM_SNP && vmm->acceptance &&
           !e->options->guest.firmware_only && !e->svsm_image &&
           !e->options->image_format;
}

enum exit_status refusals_ask(struct evaluation *e, struct failure *failure)
{
    const struct mrtd_launch launch = {
        .struct_size = sizeof launch,
        .vmm = mrtd_plan_info(e->plan)->vmm,
        .kernel = e->kernel.name ? &e->kernel.source : NULL};
    struct mrtd_error error = {.code = MRTD_OK};
    enum mrtd_code code = MRTD_OK;
    mrtd_accept_free(e->accept);
    e->accept = NULL;
    if (is_known(e, launch.vmm)) {
        code = mrtd_accept_launch(&e->accept, &e->source, &launch, &error);
    }
    return mrtd_code_class(code) == MRTD_CLASS_FAULT
               ? evaluation_failed(e, &error, failure)
               : EXIT_DONE;
}

/* A value is computed all the same, as calculators do; lint says it, too. */
void refusals_give(const struct evaluation *e, finding_fn *each, void *context)
{
    const struct mrtd_accept_finding *f;
    for (uint32_t i = 0; (f = mrtd_accept_finding(e->accept, i)); i++) {
        give_refusal(e, f, each, context);
    }
}
