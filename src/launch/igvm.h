/* SPDX-License-Identifier: Apache-2.0 */
/* What platforms ask alike of an IGVM file. */
#ifndef LAUNCH_IGVM_H
#define LAUNCH_IGVM_H

#include <stdbool.h>

#include "image/image.h"

/* Is it memory of the platform that the host does not see? */
bool igvm_is_private(const struct mrtd_region *region,
                     enum mrtd_platform platform);

/* Refuses private pages of the platform past where its shared memory begins;
 * type is what IGVM calls the platform, an enum mrtd_igvm_platform_type. */
enum mrtd_code igvm_check_boundary(const struct mrtd_image *image,
                                   enum mrtd_platform platform, uint32_t type,
                                   struct mrtd_error *error);

#endif
