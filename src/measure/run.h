/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a plan's runs, for platforms that measure them as they are. */
#ifndef MEASURE_RUN_H
#define MEASURE_RUN_H

#include "base/span.h"
#include "launch/plan.h"

/* Copies len bytes of the run's data, from offset on; they are inside. */
enum mrtd_code run_read(const struct mrtd_plan *plan,
                        const struct mrtd_run *run, uint64_t offset, size_t len,
                        uint8_t *bytes, struct mrtd_error *error);

/* The same bytes as *view, in memory where the source has them there, or else
 * copied. */
enum mrtd_code run_view(const struct mrtd_plan *plan,
                        const struct mrtd_run *run, uint64_t offset, size_t len,
                        uint8_t *bytes, struct span *view,
                        struct mrtd_error *error);

#endif
