/* SPDX-License-Identifier: Apache-2.0 */
/* Directives: what is loaded, in the order of launch. */
#include "image/igvm/walk.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/checked.h"

enum {
    PARAMETER_AREA = 0x301,
    PAGE_DATA = 0x302,
    PARAMETER_INSERT = 0x303,
    VP_CONTEXT = 0x304,
    REQUIRED_MEMORY = 0x305,
    SNP_ID_BLOCK = 0x30b,
};

/* IGVM_VHS_SNP_ID_BLOCK: offset of Ld */
#define ID_BLOCK_LD 8

/* IGVM_PAGE_DATA_FLAGS */
#define PAGE_IS_2MB UINT32_C(0x1)
#define PAGE_SHARED UINT32_C(0x4)

/* The platforms of a mask that are known beyond this format. */
static uint8_t platforms_of(const struct igvm_walk *w, uint32_t mask)
{
    static const struct {
        uint32_t type;
        enum mrtd_platform platform;
    } known[] = {
        {MRTD_IGVM_TDX, MRTD_PLATFORM_TDX},
        {MRTD_IGVM_SEV_SNP, MRTD_PLATFORM_SNP},
        {MRTD_IGVM_SEV_ES, MRTD_PLATFORM_SEV_ES},
        {MRTD_IGVM_SEV, MRTD_PLATFORM_SEV},
    };
    uint8_t platforms = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (mask & mrtd_image_igvm_mask(w->image, known[i].type)) {
            platforms =
                (uint8_t)(platforms | MRTD_PLATFORM_BIT(known[i].platform));
        }
    }
    return platforms;
}

/* The mask names no platform of the file: the structure is never used. */
static void check_mask(struct igvm_walk *w, unsigned field, uint32_t mask)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < w->igvm->info.platform_count; i++) {
        known |= w->igvm->platforms[i].mask;
    }
    if (!(mask & known) && !w->has_unused) {
        w->has_unused = true;
        igvm_say(w, MRTD_WARN_IGVM_MASK, MRTD_WARNING, field,
                 "the first whose CompatibilityMask is of no platform: it is "
                 "never used");
    }
}

/* --- Regions ----------------------------------------------------------- */

/* Is between these GPAs where a platform's shared memory begins? */
static bool has_boundary(const struct igvm *igvm, uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        const uint64_t boundary = igvm->platforms[i].shared_gpa_boundary;
        if (start <= boundary && boundary < end) {
            return true;
        }
    }
    return false;
}

/* Are they pages that are alike in all but their place? */
static bool is_alike(const struct mrtd_region *a, const struct mrtd_region *b)
{
    return a->kind == MRTD_REGION_DATA && b->kind == MRTD_REGION_DATA &&
           a->type == b->type && a->attributes == b->attributes &&
           a->mask == b->mask && a->detail == b->detail &&
           (a->data_size == 0) == (b->data_size == 0);
}

/* Is the structure of b the next one after those of a, which are pages? */
static bool is_next(const struct mrtd_region *a, const struct mrtd_region *b)
{
    return (uint64_t)a->field + a->size / MRTD_PAGE_SIZE * IGVM_PAGE_STRIDE ==
           b->field;
}

/*
 * Joins b to a if it continues a, in memory and in the file. Not if another
 * structure is between them: it may be a VP_CONTEXT, which has its place in the
 * order of launch.
 */
static bool join(const struct igvm *igvm, struct mrtd_region *a,
                 const struct mrtd_region *b)
{
    uint64_t gpa_end = 0;
    uint64_t data_end = 0;
    uint64_t data_size = 0;
    if (!is_alike(a, b) || !is_next(a, b) ||
        !checked_add(a->gpa, a->size, &gpa_end) || b->gpa != gpa_end ||
        !checked_add(a->offset, a->data_size, &data_end) ||
        (b->data_size > 0 && b->offset != data_end) ||
        has_boundary(igvm, b->gpa, b->gpa + b->size)) {
        return false;
    }
    /* At most 2^52, the end of guest-physical addresses; and less than 2^32,
     * since it is of the file, after the header. */
    checked_add(a->size, b->size, &a->size);
    checked_add(a->data_size, b->data_size, &data_size);
    a->data_size = (uint32_t)data_size;
    return true;
}

/* Adds the region of the structure at hand, or joins it to the last one. */
static enum mrtd_code add_region(struct igvm_walk *w,
                                 const struct mrtd_region *region)
{
    struct mrtd_image *image = w->image;
    const uint32_t count = image->info.region_count;
    if (count > 0 && join(w->igvm, &image->regions[count - 1], region)) {
        return MRTD_OK;
    }
    if (count == MRTD_MAX_IGVM_REGIONS) {
        return igvm_refuse(w, MRTD_ERR_IGVM_PAGES, 0,
                           "more than %" PRIu32 " runs of pages",
                           MRTD_MAX_IGVM_REGIONS);
    }
    struct mrtd_region *regions =
        array_room(image->regions, count, sizeof *regions);
    if (!regions) {
        return igvm_no_memory(w);
    }
    image->regions = regions;
    regions[count] = *region;
    regions[count].platforms = platforms_of(w, region->mask);
    image->info.region_count++;
    return MRTD_OK;
}

/* --- PAGE_DATA --------------------------------------------------------- */

static enum mrtd_code check_gpa(const struct igvm_walk *w, uint64_t gpa,
                                uint64_t size)
{
    if (gpa % MRTD_PAGE_SIZE != 0) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 0,
                           "GPA 0x%" PRIx64 " is not a multiple of 0x1000",
                           gpa);
    }
    if (gpa > IGVM_GPA_END || size > IGVM_GPA_END - gpa) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 0,
                           "GPA 0x%" PRIx64 " and 0x%" PRIx64
                           " bytes reach past 0x%" PRIx64
                           ", the end of guest-physical addresses",
                           gpa, size, IGVM_GPA_END);
    }
    return MRTD_OK;
}

static enum mrtd_code check_page(const struct igvm_walk *w)
{
    const uint32_t flags = igvm_u32(w, 16);
    if (flags & PAGE_IS_2MB) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 16,
                           "Flags 0x%" PRIx32 " ask for a page of 2 MiB, which "
                           "loaders disagree about; build with 4 KiB pages",
                           flags);
    }
    if (flags & ~(IGVM_PAGE_UNMEASURED | PAGE_SHARED)) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 16,
                           "Flags 0x%" PRIx32 " have reserved bits", flags);
    }
    if (igvm_u16(w, 20) > IGVM_DATA_CPUID_XF) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 20,
                           "DataType %u is not 0 to 3", igvm_u16(w, 20));
    }
    if (igvm_u16(w, 22) != 0) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 22, "Reserved 0x%x is not 0",
                           igvm_u16(w, 22));
    }
    return igvm_u32(w, 12) ? igvm_check_data(w, 12, MRTD_PAGE_SIZE) : MRTD_OK;
}

static uint8_t asks_of(uint32_t flags)
{
    if (flags & PAGE_SHARED) {
        return MRTD_ASKS_SHARED;
    }
    if (flags & IGVM_PAGE_UNMEASURED) {
        return 0;
    }
    return MRTD_ASKS_MEASURE;
}

static enum mrtd_code take_page(struct igvm_walk *w)
{
    const uint32_t flags = igvm_u32(w, 16);
    const struct mrtd_region region = {
        .gpa = igvm_u64(w, 0),
        .size = MRTD_PAGE_SIZE,
        .field = (uint32_t)w->offset,
        .offset = igvm_u32(w, 12),
        .data_size = igvm_u32(w, 12) ? MRTD_PAGE_SIZE : 0,
        .type = w->type,
        .attributes = flags,
        .mask = igvm_u32(w, 8),
        .detail = igvm_u16(w, 20),
        .kind = MRTD_REGION_DATA,
        .view = MRTD_VIEW_IGVM,
        .asks = asks_of(flags),
    };
    enum mrtd_code code = check_page(w);
    if (!code) {
        code = check_gpa(w, region.gpa, region.size);
    }
    if (code) {
        return code;
    }
    check_mask(w, 8, region.mask);
    return add_region(w, &region);
}

/* --- Parameters -------------------------------------------------------- */

static struct igvm_area *find_area(struct igvm_walk *w, uint32_t index)
{
    for (uint32_t i = 0; i < w->area_count; i++) {
        if (w->areas[i].index == index) {
            return &w->areas[i];
        }
    }
    return NULL;
}

static enum mrtd_code take_area(struct igvm_walk *w)
{
    const uint64_t size = igvm_u64(w, 0);
    const uint32_t index = igvm_u32(w, 8);
    if (size % MRTD_PAGE_SIZE != 0 || size > IGVM_GPA_END) {
        return igvm_refuse(w, MRTD_ERR_IGVM_AREA, 0,
                           "NumberOfBytes 0x%" PRIx64 " is not a multiple of "
                           "0x1000, or too large",
                           size);
    }
    if (find_area(w, index)) {
        return igvm_refuse(w, MRTD_ERR_IGVM_AREA, 8,
                           "ParameterAreaIndex %" PRIu32 " is there twice",
                           index);
    }
    if (w->area_count == IGVM_MAX_AREAS) {
        return igvm_refuse(w, MRTD_ERR_IGVM_AREA, 8,
                           "more than %d parameter areas", IGVM_MAX_AREAS);
    }
    enum mrtd_code code =
        igvm_u32(w, 12) ? igvm_check_data(w, 12, size) : MRTD_OK;
    if (code) {
        return code;
    }
    w->areas[w->area_count++] = (struct igvm_area){size, index, false};
    return igvm_add_range(w, &(struct mrtd_igvm_range){
                                 .kind = MRTD_IGVM_AREA,
                                 .area = index,
                                 .size = size,
                             });
}

/* Refuses the structure unless its area exists and is not inserted yet. */
static enum mrtd_code open_area(struct igvm_walk *w, unsigned field,
                                struct igvm_area **area)
{
    const uint32_t index = igvm_u32(w, field);
    *area = find_area(w, index);
    if (!*area || (*area)->used) {
        return igvm_refuse(w, MRTD_ERR_IGVM_AREA, field,
                           "ParameterAreaIndex %" PRIu32 " %s", index,
                           *area ? "is inserted already"
                                 : "is of no parameter area before it");
    }
    return MRTD_OK;
}

static enum mrtd_code take_insert(struct igvm_walk *w)
{
    struct mrtd_region region = {
        .gpa = igvm_u64(w, 0),
        .field = (uint32_t)w->offset,
        .type = w->type,
        .mask = igvm_u32(w, 8),
        .detail = igvm_u32(w, 12),
        .kind = MRTD_REGION_PARAMETERS,
        .view = MRTD_VIEW_IGVM,
    };
    struct igvm_area *area = NULL;
    enum mrtd_code code = open_area(w, 12, &area);
    if (!code) {
        code = check_gpa(w, region.gpa, area->size);
    }
    if (code) {
        return code;
    }
    check_mask(w, 8, region.mask);
    area->used = true;
    region.size = area->size;
    return add_region(w, &region);
}

/* --- Others ------------------------------------------------------------ */

/* Only decoded here: each platform says whether its virtual CPUs can be set. */
static enum mrtd_code take_context(struct igvm_walk *w)
{
    struct igvm *igvm = w->igvm;
    const uint32_t mask = igvm_u32(w, 8);
    bool is_platform = false;
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        is_platform |= igvm->platforms[i].mask == mask;
    }
    if (!is_platform) {
        return igvm_refuse(w, MRTD_ERR_IGVM_CONTEXT, 8,
                           "CompatibilityMask 0x%" PRIx32
                           " is not that of one platform",
                           mask);
    }
    enum mrtd_code code =
        igvm_u32(w, 12) ? igvm_check_data(w, 12, MRTD_PAGE_SIZE) : MRTD_OK;
    if (code) {
        return code;
    }
    struct igvm_context *contexts =
        array_room(igvm->contexts, igvm->context_count, sizeof *contexts);
    if (!contexts) {
        return igvm_no_memory(w);
    }
    igvm->contexts = contexts;
    contexts[igvm->context_count++] = (struct igvm_context){
        .gpa = igvm_u64(w, 0),
        .mask = mask,
        .offset = igvm_u32(w, 12),
        .region = w->image->info.region_count,
        .field = (uint32_t)w->offset,
        .vp_index = igvm_u16(w, 16),
    };
    return MRTD_OK;
}

static enum mrtd_code take_required(struct igvm_walk *w)
{
    const struct mrtd_igvm_range range = {
        .kind = MRTD_IGVM_REQUIRED,
        .mask = igvm_u32(w, 8),
        .gpa = igvm_u64(w, 0),
        .size = igvm_u32(w, 12),
    };
    if (igvm_u32(w, 20) != 0) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 20,
                           "Reserved 0x%" PRIx32 " is not 0", igvm_u32(w, 20));
    }
    enum mrtd_code code = check_gpa(w, range.gpa, range.size);
    return code ? code : igvm_add_range(w, &range);
}

static enum mrtd_code take_id_block(struct igvm_walk *w)
{
    struct mrtd_igvm_info *info = &w->igvm->info;
    const uint32_t mask = igvm_u32(w, 0);
    check_mask(w, 0, mask);
    if (mask & mrtd_image_igvm_mask(w->image, MRTD_IGVM_SEV_SNP)) {
        w->igvm->has_second_id_block = info->has_snp_digest;
        info->has_snp_digest = span_copy(
            w->body, ID_BLOCK_LD, sizeof info->snp_digest, info->snp_digest);
        w->igvm->id_block_digest = (uint32_t)w->offset + ID_BLOCK_LD;
    }
    return MRTD_OK;
}

enum mrtd_code igvm_take_directive(struct igvm_walk *w)
{
    struct igvm_area *area = NULL;
    switch (w->type) {
    case PARAMETER_AREA:
        return take_area(w);
    case PAGE_DATA:
        return take_page(w);
    case PARAMETER_INSERT:
        return take_insert(w);
    case VP_CONTEXT:
        return take_context(w);
    case REQUIRED_MEMORY:
        return take_required(w);
    case SNP_ID_BLOCK:
        return take_id_block(w);
    default: /* a parameter that is written into an area */
        return open_area(w, 0, &area);
    }
}
