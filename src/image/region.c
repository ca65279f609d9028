/* SPDX-License-Identifier: Apache-2.0 */
#include "mrtd.h"

/* [IGVM]: the types of structures that make regions. */
#define IGVM_PAGE_DATA        0x302
#define IGVM_PARAMETER_INSERT 0x303
#define IGVM_PAGE_SHARED      UINT32_C(0x4)

const char *mrtd_region_name(const struct mrtd_region *region)
{
    if (!region) {
        return NULL;
    }
    switch (region->type) {
    case IGVM_PAGE_DATA:
        return region->attributes & IGVM_PAGE_SHARED ? "shared pages"
               : region->data_size > 0               ? "pages"
                                                     : "zero pages";
    case IGVM_PARAMETER_INSERT:
        return "parameters";
    default:
        return mrtd_section_type_name(region->type);
    }
}
