/* SPDX-License-Identifier: Apache-2.0 */
#include "model/beside.h"

#include "model/reach.h"

/* Makes a plan; none where the image is refused. */
static enum exit_status plan(struct mrtd_plan **made,
                             const struct evaluation *e,
                             enum mrtd_platform platform, unsigned flags,
                             struct failure *failure)
{
    const struct mrtd_launch launch = {.struct_size = sizeof launch,
                                       .vmm = mrtd_vmm_default(platform),
                                       .limit = e->options->limit,
                                       .vcpus = platform == MRTD_PLATFORM_SNP,
                                       .guest_features =
                                           platform == MRTD_PLATFORM_SNP,
                                       .flags = flags};
    struct mrtd_error error;
    const enum mrtd_code code =
        mrtd_plan_build(made, e->image, &launch, &error);
    return mrtd_code_class(code) == MRTD_CLASS_FAULT
               ? evaluation_failed(e, &error, failure)
               : EXIT_DONE;
}

/* The plan whose value is asked for. */
static enum exit_status plan_side(struct mrtd_plan **made,
                                  const struct evaluation *e,
                                  enum mrtd_platform platform,
                                  struct failure *failure)
{
    struct mrtd_plan *whole = NULL;
    if (platform == MRTD_PLATFORM_TDX) {
        return plan(made, e, platform, 0, failure);
    }
    /* Are its sections launched, too? */
    enum exit_status status = plan(&whole, e, platform, 0, failure);
    if (!status && whole) {
        status = plan(made, e, platform, MRTD_LAUNCH_FIRMWARE_ONLY, failure);
    }
    mrtd_plan_free(whole);
    return status;
}

static enum exit_status measure_side(struct beside *beside, unsigned side,
                                     const struct mrtd_plan *made,
                                     const struct evaluation *e,
                                     struct failure *failure)
{
    struct mrtd_error error;
    if (mrtd_measure(made, NULL, &beside->values[side], &error)) {
        return evaluation_failed(e, &error, failure);
    }
    return reach_make(&beside->reach[side], made, false)
               ? EXIT_DONE
               : failure_memory(failure, e->name);
}

enum exit_status beside_make(struct beside *beside,
                             const struct evaluation *const sides[2],
                             struct failure *failure)
{
    const enum mrtd_platform other =
        sides[0]->options->platform == MRTD_PLATFORM_TDX ? MRTD_PLATFORM_SNP
                                                         : MRTD_PLATFORM_TDX;
    struct mrtd_plan *plans[2] = {NULL, NULL};
    enum exit_status status = EXIT_DONE;
    *beside = (struct beside){.platform = 0};
    for (unsigned i = 0; !status && i < 2; i++) {
        if (!mrtd_image_igvm(sides[i]->image)) {
            status = plan_side(&plans[i], sides[i], other, failure);
        }
    }
    const bool both = plans[0] && plans[1];
    for (unsigned i = 0; both && !status && i < 2; i++) {
        status = measure_side(beside, i, plans[i], sides[i], failure);
    }
    if (both && !status) {
        beside->platform = other;
        beside->vmm =
            other == MRTD_PLATFORM_TDX ? mrtd_vmm_default(other) : NULL;
        beside->same = mrtd_value_equal(&beside->values[0], &beside->values[1]);
    }
    mrtd_plan_free(plans[0]);
    mrtd_plan_free(plans[1]);
    return status;
}

void beside_free(struct beside *beside)
{
    cover_free(&beside->reach[0]);
    cover_free(&beside->reach[1]);
    *beside = (struct beside){.platform = 0};
}
