/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a platform knows: one table of functions each. The tables are in
 * measure/platform.c, since that floor alone sees both how a launch is built
 * and how it is measured.
 */
#ifndef LAUNCH_PLATFORM_H
#define LAUNCH_PLATFORM_H

#include "launch/plan.h"

struct platform {
    enum mrtd_platform id;
    /* mrtd_vmm_launches() for a VMM of the platform that launches. */
    bool (*launches)(const struct mrtd_vmm *vmm,
                     const struct mrtd_image *image);
    /* Makes the runs of a plan that has image, VMM, deviations and payload, by
     * plan_add_run(). */
    enum mrtd_code (*build)(struct mrtd_plan *plan, struct mrtd_error *error);
    /* Counts a run in the plan's totals; false where one does not fit. */
    bool (*count)(struct mrtd_plan_info *info, const struct mrtd_run *run);
    /* Adds the notes and warnings of a plan whose runs are made; NULL: build()
     * adds all of them. */
    enum mrtd_code (*notes)(struct mrtd_plan *plan, struct mrtd_error *error);
    /* mrtd_accept_check() for a VMM of the platform with `acceptance`: makes
     * accept->image, and finds what it finds. What it leaves is freed. */
    enum mrtd_code (*accept)(struct mrtd_accept *accept,
                             const struct mrtd_source *source,
                             struct mrtd_error *error);
    /* mrtd_measure(), whose arguments are there. */
    enum mrtd_code (*measure)(const struct mrtd_plan *plan,
                              const struct mrtd_observer *observer,
                              struct mrtd_value *value,
                              struct mrtd_error *error);
    /* mrtd_measure_many() for those of the plans that are of this platform:
     * passes over the others, and over NULL, whose results stay as they are.
     * NULL: they are measured one after the other. */
    void (*measure_many)(const struct mrtd_plan *const plans[], size_t count,
                         struct mrtd_measurement results[]);
};

/* The platform's table; NULL if there is none. */
const struct platform *platform_of(enum mrtd_platform id);

#endif
