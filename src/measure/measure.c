/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one launch plan, as its platform measures it. */
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
