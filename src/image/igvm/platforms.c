/* SPDX-License-Identifier: Apache-2.0 */
/* Structures before the directives: platforms and initialization. */
#include "image/igvm/walk.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/error.h"

static uint8_t u8(const struct igvm_walk *w, unsigned field)
{
    uint8_t value = 0;
    span_u8(w->body, field, &value);
    return value;
}

/* --- Platforms --------------------------------------------------------- */

static bool is_one_bit(uint32_t mask)
{
    return mask != 0 && (mask & (mask - 1)) == 0;
}

static enum mrtd_code check_platform(const struct igvm_walk *w,
                                     const struct mrtd_igvm_platform *p)
{
    const struct igvm *igvm = w->igvm;
    if (!is_one_bit(p->mask)) {
        return igvm_refuse(w, MRTD_ERR_IGVM_PLATFORM, 0,
                           "CompatibilityMask 0x%" PRIx32 " is not one bit",
                           p->mask);
    }
    if (p->highest_vtl != 0 && p->highest_vtl != 2) {
        return igvm_refuse(w, MRTD_ERR_IGVM_PLATFORM, 4,
                           "HighestVtl %u is neither 0 nor 2", p->highest_vtl);
    }
    if (!mrtd_igvm_platform_name(p->type)) {
        return igvm_refuse(w, MRTD_ERR_IGVM_PLATFORM, 5,
                           "PlatformType %u is not 0 to 6", p->type);
    }
    if (p->version != 1) {
        return igvm_refuse(w, MRTD_ERR_IGVM_PLATFORM, 6,
                           "PlatformVersion %u is not 1", p->version);
    }
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        if (igvm->platforms[i].type == p->type) {
            return igvm_refuse(w, MRTD_ERR_IGVM_PLATFORM, 5,
                               "PlatformType %u is there twice", p->type);
        }
        if (igvm->platforms[i].mask == p->mask) {
            return igvm_refuse(w, MRTD_ERR_IGVM_PLATFORM, 0,
                               "CompatibilityMask 0x%" PRIx32 " is there twice",
                               p->mask);
        }
    }
    return MRTD_OK;
}

enum mrtd_code igvm_take_platform(struct igvm_walk *w)
{
    struct igvm *igvm = w->igvm;
    const struct mrtd_igvm_platform p = {
        .mask = igvm_u32(w, 0),
        .highest_vtl = u8(w, 4),
        .type = u8(w, 5),
        .version = igvm_u16(w, 6),
        .shared_gpa_boundary = igvm_u64(w, 8),
    };
    enum mrtd_code code = check_platform(w, &p);
    if (!code) {
        /* No type comes twice, so there is room for all. */
        igvm->platforms[igvm->info.platform_count++] = p;
    }
    return code;
}

/* --- Initialization ---------------------------------------------------- */

enum mrtd_code igvm_take_policy(struct igvm_walk *w)
{
    const uint64_t policy = igvm_u64(w, 0);
    const uint32_t mask = igvm_u32(w, 8);
    if (igvm_u32(w, 12) != 0) {
        return igvm_refuse(w, MRTD_ERR_IGVM_FIELD, 12,
                           "Reserved 0x%" PRIx32 " is not 0", igvm_u32(w, 12));
    }
    for (uint32_t i = 0; i < w->igvm->info.platform_count; i++) {
        struct mrtd_igvm_platform *p = &w->igvm->platforms[i];
        if (p->mask & mask) {
            p->policy = policy;
            p->has_policy = 1;
        }
    }
    struct igvm_policy *policies =
        array_room(w->igvm->policies, w->igvm->policy_count, sizeof *policies);
    if (!policies) {
        return igvm_no_memory(w);
    }
    w->igvm->policies = policies;
    policies[w->igvm->policy_count++] =
        (struct igvm_policy){policy, mask, (uint32_t)w->offset};
    return MRTD_OK;
}

enum mrtd_code igvm_add_range(struct igvm_walk *w,
                              const struct mrtd_igvm_range *range)
{
    struct igvm *igvm = w->igvm;
    if (igvm->info.range_count == IGVM_MAX_ITEMS) {
        return igvm_refuse(w, MRTD_ERR_IGVM_STRUCTURE, 0,
                           "more than %d such structures", IGVM_MAX_ITEMS);
    }
    struct mrtd_igvm_range *ranges =
        array_room(igvm->ranges, igvm->info.range_count, sizeof *ranges);
    if (!ranges) {
        return igvm_no_memory(w);
    }
    igvm->ranges = ranges;
    ranges[igvm->info.range_count++] = *range;
    return MRTD_OK;
}

enum mrtd_code igvm_take_relocatable(struct igvm_walk *w)
{
    return igvm_add_range(w, &(struct mrtd_igvm_range){
                                 .kind = MRTD_IGVM_RELOCATABLE,
                                 .mask = igvm_u32(w, 0),
                                 .gpa = igvm_u64(w, 16),
                                 .size = igvm_u64(w, 24),
                                 .minimum = igvm_u64(w, 32),
                                 .maximum = igvm_u64(w, 40),
                             });
}

static enum mrtd_code take_blob(struct igvm_walk *w,
                                enum mrtd_igvm_blob_kind kind)
{
    struct igvm *igvm = w->igvm;
    const struct mrtd_igvm_blob blob = {
        .kind = kind,
        .mask = igvm_u32(w, 0),
        .offset = igvm_u32(w, 4),
        .size = igvm_u32(w, 8),
    };
    enum mrtd_code code = igvm_check_data(w, 4, blob.size);
    if (code) {
        return code;
    }
    if (igvm->info.blob_count == IGVM_MAX_ITEMS) {
        return igvm_refuse(w, MRTD_ERR_IGVM_STRUCTURE, 0,
                           "more than %d such structures", IGVM_MAX_ITEMS);
    }
    struct mrtd_igvm_blob *blobs =
        array_room(igvm->blobs, igvm->info.blob_count, sizeof *blobs);
    if (!blobs) {
        return igvm_no_memory(w);
    }
    igvm->blobs = blobs;
    blobs[igvm->info.blob_count++] = blob;
    return MRTD_OK;
}

enum mrtd_code igvm_take_corim(struct igvm_walk *w)
{
    return take_blob(w, MRTD_IGVM_CORIM);
}

enum mrtd_code igvm_take_corim_signature(struct igvm_walk *w)
{
    return take_blob(w, MRTD_IGVM_CORIM_SIGNATURE);
}
