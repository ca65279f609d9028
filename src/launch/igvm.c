/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/igvm.h"

#include <inttypes.h>

#include "base/error.h"
#include "image/igvm/walk.h"

bool igvm_is_private(const struct mrtd_region *region,
                     enum mrtd_platform platform)
{
    return region->platforms & MRTD_PLATFORM_BIT(platform) &&
           !(region->asks & MRTD_ASKS_SHARED);
}

static uint64_t boundary(const struct igvm *igvm, uint32_t type)
{
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        const struct mrtd_igvm_platform *p = &igvm->platforms[i];
        if (p->type == type && p->shared_gpa_boundary != 0 &&
            p->shared_gpa_boundary < IGVM_GPA_END) {
            return p->shared_gpa_boundary;
        }
    }
    return IGVM_GPA_END;
}

/*
 * Pages are joined to regions only up to where shared memory begins: the first
 * page of a region is like all others.
 */
enum mrtd_code igvm_check_boundary(const struct mrtd_image *image,
                                   enum mrtd_platform platform, uint32_t type,
                                   struct mrtd_error *error)
{
    const uint64_t end = boundary(image->igvm, type);
    for (uint32_t i = 0; i < image->info.region_count; i++) {
        const struct mrtd_region *r = &image->regions[i];
        const bool parameters = r->kind == MRTD_REGION_PARAMETERS;
        const uint64_t size = parameters ? r->size : MRTD_PAGE_SIZE;
        if (igvm_is_private(r, platform) &&
            (r->gpa > end || size > end - r->gpa)) {
            return error_set(error, MRTD_ERR_IGVM_FIELD, r->field,
                             "%s: GPA 0x%" PRIx64 " and 0x%" PRIx64
                             " bytes reach past 0x%" PRIx64
                             ", where %s's shared memory begins",
                             parameters ? "PARAMETER_INSERT" : "PAGE_DATA",
                             r->gpa, size, end, mrtd_igvm_platform_name(type));
        }
    }
    return MRTD_OK;
}
