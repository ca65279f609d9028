/* SPDX-License-Identifier: Apache-2.0 */
#include "model/regions.h"

#include <stdbool.h>

static bool is_of(const struct mrtd_region *region, enum mrtd_platform platform)
{
    return region->view == MRTD_VIEW_IGVM ||
           region->platforms & MRTD_PLATFORM_BIT(platform);
}

struct regions regions_of(const struct mrtd_image *image,
                          enum mrtd_platform platform)
{
    struct regions regions = {.image = image};
    const struct mrtd_region *r;
    while ((r = mrtd_image_region(image, regions.first)) &&
           !is_of(r, platform)) {
        regions.first++;
    }
    while ((r = mrtd_image_region(image, regions.first + regions.count)) &&
           is_of(r, platform)) {
        regions.count++;
    }
    return regions;
}

const struct mrtd_region *regions_at(const struct regions *regions,
                                     uint32_t index)
{
    return index < regions->count
               ? mrtd_image_region(regions->image, regions->first + index)
               : NULL;
}
