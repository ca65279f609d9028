/* SPDX-License-Identifier: Apache-2.0 */
/* How a TD is launched: what TDH.MEM.PAGE.ADD and TDH.MR.EXTEND are done with,
 * by the rules of a VMM. */
#ifndef LAUNCH_TDX_BUILD_H
#define LAUNCH_TDX_BUILD_H

#include "launch/plan.h"
#include "launch/tdx/vmm.h"

/* Bytes hashed for one page: a block, or 16 * (a block and 256 bytes). */
#define TDX_ADD_BYTES    128
#define TDX_EXTEND_BYTES 6144

/* The rules of the plan's VMM, changed by the deviations asked for. */
struct tdx_launch_rules tdx_rules(const struct mrtd_plan *plan);

/* Makes the runs of the plan, which has image, VMM, deviations and payload. */
enum mrtd_code tdx_build(struct mrtd_plan *plan, struct mrtd_error *error);

/* Counts a run; false where a count does not fit 64 bits. */
bool tdx_count(struct mrtd_plan_info *info, const struct mrtd_run *run);

/* Does this VMM extend the region's pages? */
bool tdx_extends(const struct tdx_launch_rules *rules,
                 const struct mrtd_region *region);

/* Does this VMM load the region's data, if any, from the image? */
bool tdx_takes_data(const struct tdx_launch_rules *rules,
                    const struct mrtd_region *region);

#endif
