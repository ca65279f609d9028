/* SPDX-License-Identifier: Apache-2.0 */
/* What TDX asks of an IGVM file. */
#include "launch/tdx/igvm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/error.h"
#include "image/igvm/walk.h"
#include "image/tdvf/rules.h"

static enum mrtd_code check_platform(const struct mrtd_image *image,
                                     struct mrtd_error *error)
{
    const struct igvm *igvm = image->igvm;
    char list[100] = "";
    size_t used = 0;
    if (mrtd_image_igvm_mask(image, MRTD_IGVM_TDX)) {
        return MRTD_OK;
    }
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        used += (size_t)snprintf(
            list + used, sizeof list - used, "%s%s", i ? ", " : "",
            mrtd_igvm_platform_name(igvm->platforms[i].type));
    }
    return error_set(error, MRTD_ERR_IGVM_PLATFORM, igvm->info.headers_offset,
                     "the IGVM file is not for TDX; its platforms: %s",
                     *list ? list : "none");
}

static enum mrtd_code check_contexts(const struct igvm *igvm, uint32_t mask,
                                     struct mrtd_error *error)
{
    for (uint32_t i = 0; i < igvm->context_count; i++) {
        const struct igvm_context *c = &igvm->contexts[i];
        if (c->mask & mask) {
            return error_set(error, MRTD_ERR_IGVM_CONTEXT, c->field + 8u,
                             "VP_CONTEXT: CompatibilityMask 0x%" PRIx32
                             " has TDX, whose virtual CPUs start in their "
                             "reset state",
                             c->mask);
        }
    }
    return MRTD_OK;
}

static void warn_of_debug(const struct igvm *igvm, uint32_t mask,
                          struct findings *findings)
{
    struct mrtd_error what;
    for (uint32_t i = 0; i < igvm->policy_count; i++) {
        const struct igvm_policy *p = &igvm->policies[i];
        if (p->mask & mask && p->policy & MRTD_IGVM_TDX_DEBUG) {
            error_set(&what, MRTD_WARN_IGVM_DEBUG, p->field,
                      "GUEST_POLICY: it ALLOWS DEBUGGING: the host may read "
                      "and change the TD's memory. The MRTD does not tell; "
                      "ATTRIBUTES bit 0 does");
            findings_add(findings, MRTD_WARNING, MRTD_NO_REGION, &what);
            return;
        }
    }
}

/* --- Pages ------------------------------------------------------------- */

static bool is_private(const struct mrtd_region *r)
{
    return r->platforms & MRTD_PLATFORM_BIT(MRTD_PLATFORM_TDX) &&
           !(r->asks & MRTD_ASKS_SHARED);
}

static uint64_t boundary(const struct igvm *igvm)
{
    for (uint32_t i = 0; i < igvm->info.platform_count; i++) {
        const struct mrtd_igvm_platform *p = &igvm->platforms[i];
        if (p->type == MRTD_IGVM_TDX && p->shared_gpa_boundary != 0 &&
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
static enum mrtd_code check_boundary(const struct mrtd_image *image,
                                     struct mrtd_error *error)
{
    const uint64_t end = boundary(image->igvm);
    for (uint32_t i = 0; i < image->info.region_count; i++) {
        const struct mrtd_region *r = &image->regions[i];
        const bool parameters = r->kind == MRTD_REGION_PARAMETERS;
        const uint64_t size = parameters ? r->size : MRTD_PAGE_SIZE;
        if (is_private(r) && (r->gpa > end || size > end - r->gpa)) {
            return error_set(error, MRTD_ERR_IGVM_FIELD, r->field,
                             "%s: GPA 0x%" PRIx64 " and 0x%" PRIx64
                             " bytes reach past 0x%" PRIx64
                             ", where TDX's shared memory begins",
                             parameters ? "PARAMETER_INSERT" : "PAGE_DATA",
                             r->gpa, size, end);
        }
    }
    return MRTD_OK;
}

struct placed {
    uint64_t gpa;
    uint64_t end;
    uint32_t region;
};

static int by_gpa(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    return x->gpa < y->gpa ? -1 : x->gpa > y->gpa;
}

/* A page that is added twice: TDH.MEM.PAGE.ADD fails. */
static enum mrtd_code check_overlaps(const struct mrtd_image *image,
                                     struct placed *placed, uint32_t count,
                                     struct mrtd_error *error)
{
    qsort(placed, count, sizeof *placed, by_gpa);
    for (uint32_t i = 1; i < count; i++) {
        const struct placed *a = &placed[i - 1];
        const struct placed *b = &placed[i];
        if (b->gpa >= a->end) {
            continue;
        }
        const uint32_t later = a->region > b->region ? a->region : b->region;
        return error_set(error, MRTD_ERR_IGVM_OVERLAP,
                         image->regions[later].field,
                         "region %" PRIu32 " (%s): GPA 0x%" PRIx64
                         " is also in region %" PRIu32 "; TDX adds a page once",
                         later, mrtd_region_name(&image->regions[later]),
                         b->gpa, later == a->region ? b->region : a->region);
    }
    return MRTD_OK;
}

/* A vCPU of a TD starts at the reset vector, whatever the file asks for. */
static void warn_of_reset_vector(const struct placed *placed, uint32_t count,
                                 struct findings *findings)
{
    struct mrtd_error what;
    for (uint32_t i = 0; i < count; i++) {
        if (placed[i].gpa <= RESET_VECTOR && RESET_VECTOR < placed[i].end) {
            return;
        }
    }
    error_set(&what, MRTD_WARN_RESET_VECTOR, MRTD_NO_OFFSET,
              "no page for TDX is at GPA 0xfffff000, where a TD starts");
    findings_add(findings, MRTD_WARNING, MRTD_NO_REGION, &what);
}

/*
 * Finds the regions that are added, in the file's order; returns their number.
 */
static uint32_t place(const struct mrtd_image *image, struct placed *placed)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < image->info.region_count; i++) {
        const struct mrtd_region *r = &image->regions[i];
        struct placed *p = &placed[count];
        /* No overflow: an end past 2^52 was refused before. */
        if (is_private(r) && r->size > 0 &&
            checked_add(r->gpa, r->size, &p->end)) {
            p->gpa = r->gpa;
            p->region = i;
            count++;
        }
    }
    return count;
}

static enum mrtd_code check_places(const struct mrtd_image *image,
                                   struct findings *findings,
                                   struct mrtd_error *error)
{
    struct placed *placed =
        calloc((size_t)image->info.region_count + 1, sizeof *placed);
    if (!placed) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the IGVM file's pages");
    }
    const uint32_t count = place(image, placed);
    enum mrtd_code code =
        count == 0 ? error_set(error, MRTD_ERR_IGVM_PAGES, MRTD_NO_OFFSET,
                               "the IGVM file has no private page for TDX")
                   : check_overlaps(image, placed, count, error);
    if (!code) {
        warn_of_reset_vector(placed, count, findings);
    }
    free(placed);
    return code;
}

enum mrtd_code tdx_igvm_check(const struct mrtd_image *image,
                              struct findings *findings,
                              struct mrtd_error *error)
{
    const uint32_t mask = mrtd_image_igvm_mask(image, MRTD_IGVM_TDX);
    enum mrtd_code code = check_platform(image, error);
    if (!code) {
        warn_of_debug(image->igvm, mask, findings);
        code = check_contexts(image->igvm, mask, error);
    }
    if (!code) {
        code = check_boundary(image, error);
    }
    return code ? code : check_places(image, findings, error);
}
