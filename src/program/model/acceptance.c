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

bool acceptance_is_known(enum mrtd_platform platform)
{
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = vmms_at(platform, i)); i++) {
        if (vmm->acceptance) {
            return true;
        }
    }
    return false;
}

/* --- What the VMMs make of it ------------------------------------------ */

static bool is_tdx(const struct acceptance *r)
{
    return r->files.options->platform == MRTD_PLATFORM_TDX;
}

/* What a VMM launches. What SEV-SNP measures depends on virtual CPUs that no
 * rule is about: of them there is one. */
static struct mrtd_launch launch_of(const struct acceptance *r,
                                    const struct mrtd_vmm *vmm)
{
    struct mrtd_launch launch = {.struct_size = sizeof(struct mrtd_launch),
                                 .vmm = vmm,
                                 .limit = r->files.options->limit};
    if (!is_tdx(r)) {
        launch.vcpus = 1;
        launch.guest_features = 1;
        launch.kernel = r->files.kernel.name ? &r->files.kernel.source : NULL;
    }
    return launch;
}

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
    const struct mrtd_launch launch = launch_of(r, vmm);
    if (mrtd_plan_build(plan, image, &launch, error) &&
        (mrtd_code_class(error->code) == MRTD_CLASS_FAULT ||
         error->code == MRTD_ERR_LIMIT)) {
        return evaluation_failed(&r->files, error, failure);
    }
    return EXIT_DONE;
}

/* Is there a launch of an IGVM file? What it needs beside the file is in the
 * file, so that any that a search can try will do. */
static enum exit_status search(struct acceptance *r,
                               const struct mrtd_image *image,
                               const struct mrtd_vmm *vmm,
                               struct mrtd_error *error,
                               struct failure *failure)
{
    const uint8_t zeros[MRTD_DIGEST_SIZE] = {0};
    const struct mrtd_search asked = {.struct_size = sizeof asked,
                                      .vcpus = 1,
                                      .kernel = launch_of(r, vmm).kernel,
                                      .limit = r->files.options->limit,
                                      .vmm = vmm};
    struct mrtd_search_result result;
    struct mrtd_value value;
    mrtd_value_set(&value, MRTD_REGISTER_SNP, zeros);
    if (mrtd_search_snp(&result, image, &value, &asked, error) &&
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

/* What was tried to be opened is no flat image; of SEV nothing is said there.
 */
static enum exit_status refuse_file(struct acceptance *r,
                                    struct failure *failure)
{
    struct mrtd_error error = r->error;
    if (!is_tdx(r) && error.code == MRTD_ERR_NO_TABLE) {
        error = (struct mrtd_error){
            .code = MRTD_ERR_NO_TABLE,
            .offset = MRTD_NO_OFFSET,
            .message = "no GUIDed table ends 0x20 bytes before the end of the "
                       "file; not a firmware image for SEV"};
    }
    return evaluation_failed(&r->files, &error, failure);
}

/* The rules of TDX are those of TDVF images. */
static enum exit_status refuse_igvm(struct acceptance *r,
                                    struct failure *failure)
{
    const struct mrtd_error error = {
        .code = MRTD_ERR_IGVM,
        .message = "this is an IGVM file; the VMMs whose rules are known here "
                   "load TDVF images"};
    return evaluation_failed(&r->files, &error, failure);
}

/* The image could not be opened: is it one that rules are about? */
static enum exit_status unopened(struct acceptance *r, unsigned said,
                                 struct failure *failure)
{
    const enum mrtd_code code = r->error.code;
    const bool is_ambiguous = code == MRTD_ERR_AMBIGUOUS_FORMAT;
    r->loads &= !is_ambiguous;
    return mrtd_code_class(code) == MRTD_CLASS_FAULT || is_no_image(code) ||
                   said == MRTD_FORMAT_IGVM || (is_ambiguous && !is_tdx(r))
               ? refuse_file(r, failure)
               : EXIT_DONE;
}

/* The specification's image and plan; a refused image is no failure here. */
static enum exit_status specify(struct acceptance *r, struct failure *failure)
{
    struct evaluation *e = &r->files;
    const unsigned said =
        e->options->vars ? MRTD_FORMAT_TDVF : e->options->image_format;
    enum exit_status status = EXIT_DONE;
    if (mrtd_image_open(&e->image, &e->source, MRTD_PERMISSIVE | said,
                        &r->error)) {
        status = unopened(r, said, failure);
    } else if (mrtd_image_igvm(e->image) && is_tdx(r)) {
        return refuse_igvm(r, failure);
    } else {
        status = evaluation_check_joined(e, failure);
    }
    if (!is_tdx(r)) {
        r->error.code = MRTD_OK; /* it was about TDX */
    } else if (!status && e->image) {
        status = build(r, e->image, mrtd_vmm_default(MRTD_PLATFORM_TDX),
                       &e->plan, &r->error, failure);
    }
    return status;
}

static enum exit_status ask(struct acceptance *r, const struct mrtd_vmm *vmm,
                            struct failure *failure)
{
    struct acceptance_of *x = &r->results[r->count];
    struct mrtd_error error;
    const struct mrtd_source *source = &r->files.source;
    const struct mrtd_launch launch = launch_of(r, vmm);
    x->vmm = vmm;
    if (is_tdx(r) ? mrtd_accept_check(&x->accept, source, vmm, &error)
                  : mrtd_accept_launch(&x->accept, source, &launch, &error)) {
        return evaluation_failed(&r->files, &error, failure);
    }
    r->count++;
    enum mrtd_verdict verdict = mrtd_accept_info(x->accept)->verdict;
    if (verdict != MRTD_VERDICT_LOADS &&
        (verdict != MRTD_VERDICT_NOT_FOR_IT || r->files.options->vmm_given)) {
        r->loads = false;
    }
    const struct mrtd_image *image = mrtd_accept_image(x->accept);
    if (!image || !vmm->launches_as) {
        return EXIT_DONE;
    }
    if (mrtd_image_igvm(image)) {
        return search(r, image, vmm, &x->error, failure);
    }
    const enum exit_status status =
        build(r, image, vmm, &x->plan, &x->error, failure);
    if (!is_tdx(r)) {
        /* Nothing but whether there is one: it is not that of any guest. */
        mrtd_plan_free(x->plan);
        x->plan = NULL;
    }
    return status;
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

/* One that loads no IGVM files has nothing to say of one, unless it is asked
 * for. */
static bool loads_format(const struct acceptance *r, const struct mrtd_vmm *vmm)
{
    const struct mrtd_image *image = r->files.image;
    return is_tdx(r) || !mrtd_image_igvm(image) ||
           mrtd_vmm_launches(vmm, image);
}

enum exit_status acceptance_make(struct acceptance *r, struct failure *failure)
{
    const struct mrtd_vmm *vmm;
    r->loads = true;
    enum exit_status status = specify(r, failure);
    for (size_t i = 0;
         !status && (vmm = vmms_at(r->files.options->platform, i)); i++) {
        if (vmm->acceptance && vmms_wanted(r->files.options, vmm->name) &&
            (r->files.options->vmm_given || loads_format(r, vmm))) {
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
