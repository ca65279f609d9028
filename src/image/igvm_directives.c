/* SPDX-License-Identifier: Apache-2.0 */
/* Directives: what is loaded, in the order of launch. */
#include "image/igvm.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/checked.h"
#include "base/error.h"

enum {
    PARAMETER_AREA = 0x301,
    PAGE_DATA = 0x302,
    PARAMETER_INSERT = 0x303,
    VP_CONTEXT = 0x304,
    REQUIRED_MEMORY = 0x305,
    SNP_ID_BLOCK = 0x30b,
};

/* IGVM_PAGE_DATA_FLAGS */
#define PAGE_IS_2MB     UINT32_C(0x1)
#define PAGE_UNMEASURED UINT32_C(0x2)
#define PAGE_SHARED     UINT32_C(0x4)

/* IGVM_PAGE_DATA_TYPE: CPUID_XF */
#define LAST_DATA_TYPE 3

static bool is_tdx(const struct igvm_walk *w, uint32_t mask)
{
    return (mask & w->igvm->info.tdx_mask) != 0;
}

/* A mask of no platform: the structure is never used. */
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

/* --- Sections ------------------------------------------------------------ */

/* Joins b to a if it continues a, in memory and in the file. */
static bool join(struct mrtd_section *a, const struct mrtd_section *b)
{
    uint64_t memory_end = 0;
    uint64_t data_end = 0;
    uint64_t memory_size = 0;
    uint64_t data_size = 0;
    if (a->type != b->type || a->attributes != b->attributes ||
        a->type == MRTD_SECTION_IGVM_PARAMETERS ||
        !checked_add(a->memory_address, a->memory_data_size, &memory_end) ||
        !checked_add(a->data_offset, a->raw_data_size, &data_end) ||
        !checked_add(a->memory_data_size, b->memory_data_size, &memory_size) ||
        !checked_add(a->raw_data_size, b->raw_data_size, &data_size) ||
        data_size > UINT32_MAX || b->memory_address != memory_end ||
        (b->raw_data_size > 0 && b->data_offset != data_end)) {
        return false;
    }
    a->memory_data_size = memory_size;
    a->raw_data_size = (uint32_t)data_size;
    return true;
}

static enum mrtd_code add_section(struct igvm_walk *w,
                                  const struct mrtd_section *section)
{
    struct mrtd_image *image = w->image;
    const uint32_t count = image->info.section_count;
    if (count > 0 && join(&image->sections[count - 1], section)) {
        return MRTD_OK;
    }
    if (count == MRTD_MAX_IGVM_SECTIONS) {
        return igvm_refuse(w, MRTD_ERR_IGVM_PAGES, 0,
                           "more than %" PRIu32 " runs of pages",
                           MRTD_MAX_IGVM_SECTIONS);
    }
    struct mrtd_section *sections =
        array_room(image->sections, count, sizeof *sections);
    if (!sections) {
        return igvm_no_memory(w);
    }
    image->sections = sections;
    uint32_t *offsets = array_room(w->igvm->offsets, count, sizeof *offsets);
    if (!offsets) {
        return igvm_no_memory(w);
    }
    w->igvm->offsets = offsets;
    sections[count] = *section;
    offsets[count] = (uint32_t)w->offset;
    image->info.section_count++;
    return MRTD_OK;
}

/* --- PAGE_DATA ----------------------------------------------------------- */

static uint64_t boundary(const struct igvm_walk *w)
{
    for (uint32_t i = 0; i < w->igvm->info.platform_count; i++) {
        const struct mrtd_igvm_platform *p = &w->igvm->platforms[i];
        if (p->type == MRTD_IGVM_TDX && p->shared_gpa_boundary != 0 &&
            p->shared_gpa_boundary < IGVM_GPA_END) {
            return p->shared_gpa_boundary;
        }
    }
    return IGVM_GPA_END;
}

/* A range of private pages, or of any other platform's. */
static enum mrtd_code check_gpa(const struct igvm_walk *w, uint64_t gpa,
                                uint64_t size, bool is_private)
{
    const uint64_t end = is_private ? boundary(w) : IGVM_GPA_END;
    if (gpa % MRTD_PAGE_SIZE != 0) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 0,
                           "GPA 0x%" PRIx64 " is not a multiple of 0x1000",
                           gpa);
    }
    if (gpa > end || size > end - gpa) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 0,
                           "GPA 0x%" PRIx64 " and 0x%" PRIx64
                           " bytes reach past 0x%" PRIx64 ", %s",
                           gpa, size, end,
                           end < IGVM_GPA_END
                               ? "where TDX's shared memory begins"
                               : "the end of guest-physical addresses");
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
    if (flags & ~(PAGE_UNMEASURED | PAGE_SHARED)) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 16,
                           "Flags 0x%" PRIx32 " have reserved bits", flags);
    }
    if (igvm_u16(w, 20) > LAST_DATA_TYPE) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 20,
                           "DataType %u is not 0 to 3", igvm_u16(w, 20));
    }
    if (igvm_u16(w, 22) != 0) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 22, "Reserved 0x%x is not 0",
                           igvm_u16(w, 22));
    }
    return igvm_u32(w, 12) ? igvm_check_data(w, 12, MRTD_PAGE_SIZE) : MRTD_OK;
}

static void count_page(struct mrtd_igvm_info *info,
                       const struct mrtd_section *s)
{
    if (s->attributes & MRTD_ATTR_IGVM_OTHER) {
        info->other_pages++;
    } else if (!(s->attributes & MRTD_ATTR_MR_EXTEND)) {
        info->unmeasured_pages++;
    } else if (s->raw_data_size == 0) {
        info->measured_zero_pages++;
    } else {
        info->measured_pages++;
    }
}

static enum mrtd_code take_page(struct igvm_walk *w)
{
    const uint32_t mask = igvm_u32(w, 8);
    const uint32_t offset = igvm_u32(w, 12);
    const uint32_t flags = igvm_u32(w, 16);
    const bool tdx = is_tdx(w, mask);
    const struct mrtd_section section = {
        .data_offset = offset,
        .raw_data_size = offset ? MRTD_PAGE_SIZE : 0,
        .memory_address = igvm_u64(w, 0),
        .memory_data_size = MRTD_PAGE_SIZE,
        .type = offset ? MRTD_SECTION_IGVM_PAGES : MRTD_SECTION_IGVM_ZEROS,
        .attributes = ((flags & PAGE_UNMEASURED) ? 0 : MRTD_ATTR_MR_EXTEND) |
                      (tdx ? 0 : MRTD_ATTR_IGVM_OTHER),
    };
    const bool is_shared = (flags & PAGE_SHARED) != 0;
    enum mrtd_code code = check_page(w);
    if (!code) {
        code = check_gpa(w, section.memory_address, MRTD_PAGE_SIZE,
                         tdx && !is_shared);
    }
    if (code) {
        return code;
    }
    check_mask(w, 8, mask);
    if (is_shared) {
        w->igvm->info.shared_pages += tdx;
        return MRTD_OK;
    }
    count_page(&w->igvm->info, &section);
    return add_section(w, &section);
}

/* --- Parameters ---------------------------------------------------------- */

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
                                 .gpa = index,
                                 .size = size,
                             });
}

/* An area that is there and not inserted yet. */
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
    const uint64_t gpa = igvm_u64(w, 0);
    const uint32_t mask = igvm_u32(w, 8);
    const bool tdx = is_tdx(w, mask);
    struct igvm_area *area = NULL;
    enum mrtd_code code = open_area(w, 12, &area);
    if (!code) {
        code = check_gpa(w, gpa, area->size, tdx);
    }
    if (code) {
        return code;
    }
    check_mask(w, 8, mask);
    area->used = true;
    if (tdx) {
        w->igvm->info.parameter_pages += area->size / MRTD_PAGE_SIZE;
    } else {
        w->igvm->info.other_pages += area->size / MRTD_PAGE_SIZE;
    }
    return add_section(w, &(struct mrtd_section){
                              .memory_address = gpa,
                              .memory_data_size = area->size,
                              .type = MRTD_SECTION_IGVM_PARAMETERS,
                              .attributes = tdx ? 0 : MRTD_ATTR_IGVM_OTHER,
                          });
}

/* --- Others -------------------------------------------------------------- */

static enum mrtd_code take_context(struct igvm_walk *w)
{
    const uint32_t mask = igvm_u32(w, 8);
    bool is_platform = false;
    if (is_tdx(w, mask)) {
        return igvm_refuse(w, MRTD_ERR_IGVM_CONTEXT, 8,
                           "CompatibilityMask 0x%" PRIx32 " has TDX, whose "
                           "virtual CPUs start in their reset state",
                           mask);
    }
    for (uint32_t i = 0; i < w->igvm->info.platform_count; i++) {
        is_platform |= w->igvm->platforms[i].mask == mask;
    }
    if (!is_platform) {
        return igvm_refuse(w, MRTD_ERR_IGVM_CONTEXT, 8,
                           "CompatibilityMask 0x%" PRIx32
                           " is not that of one platform",
                           mask);
    }
    return igvm_u32(w, 12) ? igvm_check_data(w, 12, MRTD_PAGE_SIZE) : MRTD_OK;
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
    enum mrtd_code code = check_gpa(w, range.gpa, range.size, false);
    return code ? code : igvm_add_range(w, &range);
}

static enum mrtd_code take_id_block(struct igvm_walk *w)
{
    struct mrtd_igvm_info *info = &w->igvm->info;
    info->has_snp_digest =
        span_copy(w->body, 8, sizeof info->snp_digest, info->snp_digest);
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

/* --- All of them --------------------------------------------------------- */

struct placed {
    uint64_t gpa;
    uint64_t end;
    uint32_t section;
};

static int by_gpa(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    return x->gpa < y->gpa ? -1 : x->gpa > y->gpa;
}

/* A page that is added twice: TDH.MEM.PAGE.ADD fails. */
static enum mrtd_code check_overlaps(const struct igvm_walk *w,
                                     struct placed *placed, uint32_t count)
{
    qsort(placed, count, sizeof *placed, by_gpa);
    for (uint32_t i = 1; i < count; i++) {
        const struct placed *a = &placed[i - 1];
        const struct placed *b = &placed[i];
        if (b->gpa >= a->end) {
            continue;
        }
        const uint32_t later =
            a->section > b->section ? a->section : b->section;
        return error_set(
            w->error, MRTD_ERR_IGVM_OVERLAP, w->igvm->offsets[later],
            "section %" PRIu32 " (%s): GPA 0x%" PRIx64
            " is also in section %" PRIu32 "; TDX adds a page once",
            later, mrtd_section_type_name(w->image->sections[later].type),
            b->gpa, later == a->section ? b->section : a->section);
    }
    return MRTD_OK;
}

enum mrtd_code igvm_finish(struct igvm_walk *w)
{
    const struct mrtd_image *image = w->image;
    const uint32_t sections = image->info.section_count;
    struct placed *placed = calloc((size_t)sections + 1, sizeof *placed);
    uint32_t count = 0;
    if (!placed) {
        return igvm_no_memory(w);
    }
    for (uint32_t i = 0; i < sections; i++) {
        const struct mrtd_section *s = &image->sections[i];
        struct placed *p = &placed[count];
        /* An end past 2^52 was refused. */
        if (!(s->attributes & MRTD_ATTR_IGVM_OTHER) &&
            s->memory_data_size > 0 &&
            checked_add(s->memory_address, s->memory_data_size, &p->end)) {
            p->gpa = s->memory_address;
            p->section = i;
            count++;
        }
    }
    enum mrtd_code code =
        count == 0 ? error_set(w->error, MRTD_ERR_IGVM_PAGES, MRTD_NO_OFFSET,
                               "the IGVM file has no private page for TDX")
                   : check_overlaps(w, placed, count);
    free(placed);
    return code;
}
