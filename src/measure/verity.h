/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files about dm-verity share. */
#ifndef MEASURE_VERITY_H
#define MEASURE_VERITY_H

#include "mrtd.h"

/* Refuses fields that no dm-verity has, with that code; offset is that of their
 * superblock, or MRTD_NO_OFFSET. */
enum mrtd_code verity_check(const struct mrtd_verity *verity,
                            enum mrtd_code code, uint64_t offset,
                            struct mrtd_error *error);

#endif
