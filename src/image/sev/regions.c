/* SPDX-License-Identifier: Apache-2.0 */
/* What a flat image asks to have in the memory of a guest of SEV. */
#include <stdlib.h>

#include "base/error.h"
#include "image/sev/metadata.h"

#define ALL_SEV                                                                \
    (MRTD_PLATFORM_BIT(MRTD_PLATFORM_SNP) |                                    \
     MRTD_PLATFORM_BIT(MRTD_PLATFORM_SEV_ES) |                                 \
     MRTD_PLATFORM_BIT(MRTD_PLATFORM_SEV))

static enum mrtd_region_kind kind_of(uint32_t type)
{
    switch (type) {
    case MRTD_SEV_SNP_SECRETS:
        return MRTD_REGION_SECRETS;
    case MRTD_SEV_CPUID:
        return MRTD_REGION_CPUID;
    case MRTD_SEV_SNP_KERNEL_HASHES:
        return MRTD_REGION_HASHES;
    default:
        return MRTD_REGION_DATA;
    }
}

enum mrtd_code sev_add_regions(struct mrtd_image *image,
                               struct mrtd_error *error)
{
    struct sev *sev = image->sev;
    const uint64_t size = image->source.size;
    const uint32_t first = image->info.region_count;
    const uint32_t count = sev->info.section_count;
    struct mrtd_region *regions =
        realloc(image->regions, ((size_t)first + 1 + count) * sizeof *regions);
    if (!regions) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the image's regions");
    }
    image->regions = regions;
    regions[first] = (struct mrtd_region){.kind = MRTD_REGION_DATA,
                                          .view = MRTD_VIEW_FILE,
                                          .platforms = ALL_SEV,
                                          .asks = MRTD_ASKS_MEASURE,
                                          .gpa = SEV_GPA_END - size,
                                          .size = size,
                                          .data_size = (uint32_t)size};
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_sev_section *s = &sev->sections[i];
        regions[first + 1 + i] = (struct mrtd_region){
            .kind = (uint8_t)kind_of(s->type),
            .view = MRTD_VIEW_SEV,
            .platforms = MRTD_PLATFORM_BIT(MRTD_PLATFORM_SNP),
            .asks = MRTD_ASKS_MEASURE,
            .type = s->type,
            .gpa = s->gpa,
            .size = s->size,
            .field = (uint32_t)s->field};
    }
    sev->first_region = first;
    image->info.region_count = first + 1 + count;
    return MRTD_OK;
}
