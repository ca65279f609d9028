/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEASURE_TDX_H
#define MEASURE_TDX_H

#include "mrtd.h"

/* Does mrtd_measure() for a plan of TDX. */
enum mrtd_code tdx_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error);

#endif
