/* SPDX-License-Identifier: Apache-2.0 */
#include "mrtd.h"

/* [IGVM]: Flags of a page that the host sees. */
#define IGVM_PAGE_SHARED UINT32_C(0x4)

static const char *igvm_name(const struct mrtd_region *region)
{
    return region->kind == MRTD_REGION_PARAMETERS  ? "parameters"
           : region->attributes & IGVM_PAGE_SHARED ? "shared pages"
           : region->data_size > 0                 ? "pages"
                                                   : "zero pages";
}

const char *mrtd_region_name(const struct mrtd_region *region)
{
    if (!region) {
        return NULL;
    }
    switch (region->view) {
    case MRTD_VIEW_IGVM:
        return igvm_name(region);
    case MRTD_VIEW_SEV:
        return mrtd_sev_section_type_name(region->type);
    case MRTD_VIEW_FILE:
        return "firmware";
    default:
        return mrtd_section_type_name(region->type);
    }
}
