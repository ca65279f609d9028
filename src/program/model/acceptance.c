/* SPDX-License-Identifier: Apache-2.0 */
#include "model/acceptance.h"

#include <string.h>

#include "model/launches.h"
#include "model/vmms.h"

/* The specification's plan, and each VMM's. */
#define MAX_PLANS (ACCEPTANCE_MAX_VMMS + 1)

bool acceptance_is_specified(const struct acceptance *report,
                             const struct acceptance_of *result)
{
    return !report->error.code && strcmp(report->mrtd, result->mrtd) == 0;
}

/* --- What the VMMs make of it ------------------------------------------ */

/*
 * A plan that cannot be made says so in its result; what has nothing to do with
 * the VMM ends the command.
 */
static enum exit_status build(struct acceptance *r,
                              const struct mrtd_image *image,
                              const struct mrtd_vmm *vmm,
                              struct mrtd_plan **plan, struct mrtd_error *error,
                              struct failure *failure)
{
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = vmm,
        .limit = r->files.options->limit,
    };
    if (mrtd_plan_build(plan, image, &options, error) &&
        (mrtd_code_class(error->code) == MRTD_CLASS_FAULT ||
         error->code == MRTD_ERR_LIMIT)) {
        return evaluation_failed(&r->files, error, failure);
    }
    return EXIT_DONE;
}

/* A text, an archive, half of an image: there is nothing that a VMM's rules
 * are about. */
static bool is_no_image(enum mrtd_code code)
{
    return code == MRTD_ERR_NO_TABLE || code == MRTD_ERR_OTHER_FORMAT;
}

/* The specification's image and plan; a refused image is no failure here. */
static enum exit_status specify(struct acceptance *r, struct failure *failure)
{
    struct evaluation *e = &r->files;
    const unsigned said =
        e->options->vars ? MRTD_FORMAT_TDVF : e->options->image_format;
    if (mrtd_image_open(&e->image, &e->source, MRTD_PERMISSIVE | said,
                        &r->error)) {
        r->loads &= r->error.code != MRTD_ERR_AMBIGUOUS_FORMAT;
        return mrtd_code_class(r->error.code) == MRTD_CLASS_FAULT ||
                       is_no_image(r->error.code) || said == MRTD_FORMAT_IGVM
                   ? evaluation_failed(e, &r->error, failure)
                   : EXIT_DONE;
    }
    if (mrtd_image_igvm(e->image)) {
        const struct mrtd_error igvm = {
            .code = MRTD_ERR_IGVM,
            .message = "this is an IGVM file; the VMMs whose rules are "
                       "known here load TDVF images"};
        return evaluation_failed(e, &igvm, failure);
    }
    enum exit_status status = evaluation_check_joined(e, failure);
    return status ? status
                  : build(r, e->image, mrtd_vmm_default(MRTD_PLATFORM_TDX),
                          &e->plan, &r->error, failure);
}

static enum exit_status ask(struct acceptance *r, const struct mrtd_vmm *vmm,
                            struct failure *failure)
{
    struct acceptance_of *x = &r->results[r->count];
    struct mrtd_error error;
    x->vmm = vmm;
    if (mrtd_accept_check(&x->accept, &r->files.source, vmm, &error)) {
        return evaluation_failed(&r->files, &error, failure);
    }
    r->count++;
    enum mrtd_verdict verdict = mrtd_accept_info(x->accept)->verdict;
    if (verdict != MRTD_VERDICT_LOADS &&
        (verdict != MRTD_VERDICT_NOT_FOR_IT || r->files.options->vmm_given)) {
        r->loads = false;
    }
    const struct mrtd_image *image = mrtd_accept_image(x->accept);
    return image && vmm->launches_as
               ? build(r, image, vmm, &x->plan, &x->error, failure)
               : EXIT_DONE;
}

/* --- Measuring --------------------------------------------------------- */

/* All plans are of the same bytes, whichever way a VMM finds them. */
static enum exit_status measure(struct acceptance *r, struct failure *failure)
{
    const struct mrtd_plan *plans[MAX_PLANS] = {r->files.plan};
    struct mrtd_measurement measured[MAX_PLANS];
    for (size_t i = 0; i < r->count; i++) {
        plans[i + 1] = r->results[i].plan;
    }
    launches_measure_plans(plans, r->count + 1, true, measured);
    for (size_t i = 0; i <= r->count; i++) {
        char *mrtd = i == 0 ? r->mrtd : r->results[i - 1].mrtd;
        if (!plans[i]) {
            continue;
        }
        if (measured[i].error.code) {
            return evaluation_failed(&r->files, &measured[i].error, failure);
        }
        mrtd_hex_encode(mrtd, measured[i].value.digest.bytes, MRTD_DIGEST_SIZE);
    }
    return EXIT_DONE;
}

enum exit_status acceptance_make(struct acceptance *r, struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    r->loads = true;
    enum exit_status status = specify(r, failure);
    for (size_t i = 0; !status && (vmm = vmms_at(MRTD_PLATFORM_TDX, i)); i++) {
        if (vmm->acceptance && vmms_wanted(r->files.options, vmm->name)) {
            status = ask(r, vmm, failure);
        }
    }
    return status ? status : measure(r, failure);
}

void acceptance_free(struct acceptance *r)
{
    for (size_t i = 0; i < r->count; i++) {
        mrtd_plan_free(r->results[i].plan);
        mrtd_accept_free(r->results[i].accept);
    }
    r->count = 0;
}
