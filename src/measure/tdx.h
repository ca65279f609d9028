/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEASURE_TDX_H
#define MEASURE_TDX_H

#include "mrtd.h"

/* Does mrtd_measure() for a plan of TDX. */
enum mrtd_code tdx_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error);

/* Does mrtd_measure_many() for those of the plans that are of TDX. */
void tdx_measure_many(const struct mrtd_plan *const plans[], size_t count,
                      struct mrtd_measurement results[]);

#endif
