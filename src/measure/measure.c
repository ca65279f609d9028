/* SPDX-License-Identifier: Apache-2.0 */
/* The values of launch plans, each as its platform measures it. */
#include "base/error.h"
#include "launch/platform.h"

enum mrtd_code mrtd_measure(const struct mrtd_plan *plan,
                            const struct mrtd_observer *observer,
                            struct mrtd_value *value, struct mrtd_error *error)
{
    if (!plan || !value) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no plan, or no place for the value");
    }
    return plan->platform->measure(plan, observer, value, error);
}

void mrtd_measure_many(const struct mrtd_plan *const plans[], size_t count,
                       struct mrtd_measurement results[])
{
    uint32_t done = 0; /* platforms that have measured all of theirs */
    for (size_t i = 0; plans && results && i < count; i++) {
        const struct platform *platform = plans[i] ? plans[i]->platform : NULL;
        if (!platform) {
            error_set(&results[i].error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                      "there is no plan");
        } else if (!platform->measure_many) {
            results[i].error.code = platform->measure(
                plans[i], NULL, &results[i].value, &results[i].error);
        } else if (!(done & MRTD_PLATFORM_BIT(platform->id))) {
            done |= MRTD_PLATFORM_BIT(platform->id);
            platform->measure_many(plans + i, count - i, results + i);
        }
    }
}

enum mrtd_code mrtd_measure_source(struct mrtd_value *value,
                                   const struct mrtd_source *source,
                                   const struct mrtd_launch *launch,
                                   struct mrtd_error *error)
{
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    enum mrtd_code code = mrtd_image_open(&image, source, 0, error);
    if (!code) {
        code = mrtd_plan_build(&plan, image, launch, error);
    }
    if (!code) {
        code = mrtd_measure(plan, NULL, value, error);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
    return code;
}
