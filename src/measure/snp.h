/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEASURE_SNP_H
#define MEASURE_SNP_H

#include "mrtd.h"

/* mrtd_measure() of the first count runs of a plan of SEV-SNP. */
enum mrtd_code snp_measure_runs(const struct mrtd_plan *plan, uint32_t count,
                                const struct mrtd_observer *observer,
                                struct mrtd_value *value,
                                struct mrtd_error *error);

/* Do mrtd_measure() for a plan of SEV-SNP, and of SEV-ES or SEV. */
enum mrtd_code snp_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error);
enum mrtd_code sev_measure(const struct mrtd_plan *plan,
                           const struct mrtd_observer *observer,
                           struct mrtd_value *value, struct mrtd_error *error);

#endif
