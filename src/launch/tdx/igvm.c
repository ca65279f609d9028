/* SPDX-License-Identifier: Apache-2.0 */
/* What TDX asks of an IGVM file. */
#include "launch/tdx/igvm.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/error.h"
#include "image/igvm/walk.h"
#include "launch/igvm.h"

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
    return igvm_is_private(r, MRTD_PLATFORM_TDX);
}

/* Is the region added? Without pages it is nowhere. */
static bool is_added(const struct mrtd_region *r)
{
    return is_private(r) && r->size > 0;
}

/* Where the region ends: at most at 2^52, or it was refused before. */
static uint64_t end_of(const struct mrtd_region *r)
{
    uint64_t end = 0;
    checked_add(r->gpa, r->size, &end);
    return end;
}

/* Of regions at one GPA, the one that is earlier in the file is the first. */
static int by_gpa(const void *a, const void *b)
{
    const struct mrtd_region *x = *(const struct mrtd_region *const *)a;
    const struct mrtd_region *y = *(const struct mrtd_region *const *)b;
    return x->gpa != y->gpa ? (x->gpa > y->gpa) - (x->gpa < y->gpa)
                            : (x > y) - (x < y);
}

/* A page that is added twice: TDH.MEM.PAGE.ADD fails. */
static enum mrtd_code find_overlap(const struct mrtd_image *image,
                                   const struct mrtd_region **placed,
                                   uint32_t count, struct mrtd_error *error)
{
    qsort(placed, count, sizeof(void *), by_gpa);
    for (uint32_t i = 1; i < count; i++) {
        const struct mrtd_region *a = placed[i - 1];
        const struct mrtd_region *b = placed[i];
        const struct mrtd_region *later = a > b ? a : b;
        const struct mrtd_region *other = a > b ? b : a;
        if (b->gpa < end_of(a)) {
            return error_set(
                error, MRTD_ERR_IGVM_OVERLAP, later->field,
                "region %" PRIu32 " (%s): GPA 0x%" PRIx64
                " is also in region %" PRIu32 "; TDX adds a page once",
                (uint32_t)(later - image->regions), mrtd_region_name(later),
                b->gpa, (uint32_t)(other - image->regions));
        }
    }
    return MRTD_OK;
}

/* Sorts the regions that are added, count of them, to compare neighbours. */
static enum mrtd_code check_overlaps(const struct mrtd_image *image,
                                     uint32_t count, struct mrtd_error *error)
{
    const struct mrtd_region **placed = calloc(count, sizeof(void *));
    uint32_t n = 0;
    if (!placed) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the IGVM file's pages");
    }
    for (uint32_t i = 0; i < image->info.region_count; i++) {
        if (is_added(&image->regions[i])) {
            placed[n++] = &image->regions[i];
        }
    }
    enum mrtd_code code = find_overlap(image, placed, count, error);
    free(placed);
    return code;
}

/* A vCPU of a TD starts at the reset vector, whatever the file asks for. */
static void warn_of_reset_vector(struct findings *findings)
{
    struct mrtd_error what;
    error_set(&what, MRTD_WARN_RESET_VECTOR, MRTD_NO_OFFSET,
              "no page for TDX is at GPA 0xfffff000, where a TD starts");
    findings_add(findings, MRTD_WARNING, MRTD_NO_REGION, &what);
}

static enum mrtd_code check_places(const struct mrtd_image *image,
                                   struct findings *findings,
                                   struct mrtd_error *error)
{
    uint32_t count = 0;
    uint64_t end = 0;
    bool ascends = true; /* then none overlaps another */
    bool starts = false;
    for (uint32_t i = 0; i < image->info.region_count; i++) {
        const struct mrtd_region *r = &image->regions[i];
        if (is_added(r)) {
            count++;
            ascends = ascends && r->gpa >= end;
            end = end_of(r);
            starts |= r->gpa <= RESET_VECTOR && RESET_VECTOR < end;
        }
    }
    if (count == 0) {
        return error_set(error, MRTD_ERR_IGVM_PAGES, MRTD_NO_OFFSET,
                         "the IGVM file has no private page for TDX");
    }
    enum mrtd_code code =
        ascends ? MRTD_OK : check_overlaps(image, count, error);
    if (!code && !starts) {
        warn_of_reset_vector(findings);
    }
    return code;
}

enum mrtd_code tdx_igvm_check(const struct mrtd_image *image,
                              struct findings *findings,
                              struct mrtd_error *error)
{
    const uint32_t mask = mrtd_image_igvm_mask(image, MRTD_IGVM_TDX);
    warn_of_debug(image->igvm, mask, findings);
    enum mrtd_code code = check_contexts(image->igvm, mask, error);
    if (!code) {
        code =
            igvm_check_boundary(image, MRTD_PLATFORM_TDX, MRTD_IGVM_TDX, error);
    }
    return code ? code : check_places(image, findings, error);
}
