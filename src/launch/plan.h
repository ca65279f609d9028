/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCH_PLAN_H
#define LAUNCH_PLAN_H

#include "base/findings.h"
#include "image/image.h"
#include "launch/vmm.h"
#include "mrtd.h"

/* Bytes hashed for one page: a block, or 16 * (a block and 256 bytes). */
#define PLAN_ADD_BYTES    128
#define PLAN_EXTEND_BYTES 6144

/* A launch plan. Built by mrtd_plan_build(), constant afterwards. */
struct mrtd_plan {
    const struct mrtd_image *image;
    const struct vmm *vmm;
    struct launch_rules rules;  /* with the deviations asked for */
    struct mrtd_source payload; /* size 0: none */
    /* Bytes that are in no file, which the plan itself makes: made.data points
     * to made_bytes, which are freed with it. size 0: none. */
    struct mrtd_source made;
    uint8_t *made_bytes;
    struct mrtd_plan_info info;
    struct mrtd_run *runs; /* info.run_count of them */
    struct findings findings;
};

/* Does this VMM extend the region's pages? */
bool plan_extends(const struct launch_rules *rules,
                  const struct mrtd_region *region);

/* Does this VMM load the region's data, if any, from the image? */
bool plan_takes_data(const struct launch_rules *rules,
                     const struct mrtd_region *region);

/* Where the bytes of a run that is not only zeros are. */
const struct mrtd_source *plan_run_source(const struct mrtd_plan *plan,
                                          const struct mrtd_run *run);

#endif
