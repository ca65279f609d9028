/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IGVM file's pages, parameter areas and VMSAs, in the order in which a VMM
 * launches them. The reference is microsoft/igvm, igvm/src/measurement/snp.rs;
 * what VMMs do otherwise is in igvm_vmms.c.
 */
#include "launch/snp/igvm.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/error.h"
#include "launch/igvm.h"

uint32_t snp_igvm_mask(const struct mrtd_plan *plan)
{
    return mrtd_image_igvm_mask(plan->image, MRTD_IGVM_SEV_SNP);
}

static const struct snp_igvm_rules *rules_of(const struct mrtd_plan *plan)
{
    return snp_rules_of(plan)->igvm;
}

/* --- What is refused --------------------------------------------------- */

enum mrtd_code snp_igvm_refuse_context(const struct igvm_context *context,
                                       struct mrtd_error *error,
                                       const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(error, MRTD_ERR_IGVM_CONTEXT, context->field,
                     "VP_CONTEXT of virtual CPU %u: %s", context->vp_index,
                     text);
}

/* What an IGVM file cannot be launched with, or says itself, is refused rather
 * than ignored. */
static enum mrtd_code check_request(const struct mrtd_plan *plan,
                                    struct mrtd_error *error)
{
    const struct mrtd_launch *l = &plan->launch;
    if (l->kernel || l->initrd || l->append || l->firmware_digest || l->svsm ||
        l->vars_size || l->flags) {
        return error_set(error, MRTD_ERR_IGVM_REQUEST, MRTD_NO_OFFSET,
                         "an IGVM file says itself what is launched: it takes "
                         "no kernel, initrd, command line, SVSM, or "
                         "digest of the firmware");
    }
    if (!rules_of(plan)->kvm &&
        (l->vcpus || l->vcpu_signature || l->guest_features)) {
        return error_set(error, MRTD_ERR_IGVM_REQUEST, MRTD_NO_OFFSET,
                         "virtual CPUs, their type and guest features are in "
                         "the IGVM file's VMSAs, which VMM %s takes as they "
                         "are; they cannot be asked for",
                         plan->info.vmm->name);
    }
    return MRTD_OK;
}

static enum mrtd_code check_policy(const struct mrtd_plan *plan,
                                   struct mrtd_error *error)
{
    const struct igvm *igvm = plan->image->igvm;
    for (uint32_t i = 0; i < igvm->policy_count; i++) {
        if (igvm->policies[i].mask & snp_igvm_mask(plan)) {
            return MRTD_OK;
        }
    }
    return error_set(error, MRTD_ERR_IGVM_POLICY, igvm->info.headers_offset,
                     "the IGVM file has no GUEST_POLICY for SEV_SNP, without "
                     "which it is not launched");
}

static void warn_of_debug(struct mrtd_plan *plan)
{
    const struct igvm *igvm = plan->image->igvm;
    struct mrtd_error what;
    for (uint32_t i = 0; i < igvm->policy_count; i++) {
        const struct igvm_policy *p = &igvm->policies[i];
        if (p->mask & snp_igvm_mask(plan) && p->policy & MRTD_IGVM_SNP_DEBUG) {
            error_set(&what, MRTD_WARN_IGVM_DEBUG, p->field,
                      "GUEST_POLICY: it ALLOWS DEBUGGING: the host may read "
                      "and change the guest's memory. The launch digest does "
                      "not tell; bit 19 of the report's POLICY does");
            findings_add(&plan->findings, MRTD_WARNING, MRTD_NO_REGION, &what);
            return;
        }
    }
}

/* Is the VP_CONTEXT a VMSA that the VMM takes? */
static bool is_taken(const struct mrtd_plan *plan, const struct igvm_context *c)
{
    const uint32_t es = mrtd_image_igvm_mask(plan->image, MRTD_IGVM_SEV_ES);
    return c->mask & snp_igvm_mask(plan) ||
           (rules_of(plan)->all_vmsas && c->mask & es);
}

static enum mrtd_code check_contexts(const struct mrtd_plan *plan,
                                     struct mrtd_error *error)
{
    const struct igvm *igvm = plan->image->igvm;
    for (uint32_t i = 0; i < igvm->context_count; i++) {
        const struct igvm_context *c = &igvm->contexts[i];
        if (!is_taken(plan, c)) {
            continue;
        }
        if (c->gpa % MRTD_PAGE_SIZE != 0 || c->gpa >= IGVM_GPA_END) {
            return snp_igvm_refuse_context(
                c, error,
                "GPA 0x%" PRIx64
                " is not a multiple of 0x1000, or not below 0x%" PRIx64,
                c->gpa, IGVM_GPA_END);
        }
        if (c->offset == 0) {
            return snp_igvm_refuse_context(c, error, "it has no registers");
        }
    }
    return MRTD_OK;
}

static enum mrtd_code check_file(const struct mrtd_plan *plan,
                                 struct mrtd_error *error)
{
    const struct snp_igvm_rules *rules = rules_of(plan);
    const struct igvm *igvm = plan->image->igvm;
    enum mrtd_code code =
        rules->needs_policy ? check_policy(plan, error) : MRTD_OK;
    if (!code && igvm->has_second_id_block) {
        code = error_set(error, MRTD_ERR_IGVM_STRUCTURE, igvm->id_block_digest,
                         "SNP_ID_BLOCK: a second one for SEV_SNP");
    }
    if (!code) {
        code = igvm_check_boundary(plan->image, MRTD_PLATFORM_SNP,
                                   MRTD_IGVM_SEV_SNP, error);
    }
    if (!code) {
        code = check_contexts(plan, error);
    }
    return code || !rules->check ? code : rules->check(plan, error);
}

/* --- Pages ------------------------------------------------------------- */

static enum mrtd_snp_page_type page_type(const struct snp_igvm_rules *rules,
                                         const struct mrtd_region *r)
{
    if (r->kind == MRTD_REGION_PARAMETERS) {
        return MRTD_SNP_PAGE_UNMEASURED;
    }
    switch (r->detail) {
    case IGVM_DATA_SECRETS:
        return MRTD_SNP_PAGE_SECRETS;
    case IGVM_DATA_CPUID:
    case IGVM_DATA_CPUID_XF:
        return MRTD_SNP_PAGE_CPUID;
    default:
        break;
    }
    if (r->attributes & IGVM_PAGE_UNMEASURED) {
        return MRTD_SNP_PAGE_UNMEASURED;
    }
    return r->data_size == 0 && rules->zero_pages ? MRTD_SNP_PAGE_ZERO
                                                  : MRTD_SNP_PAGE_NORMAL;
}

static enum mrtd_code add_region(struct mrtd_plan *plan, uint32_t index,
                                 struct mrtd_error *error)
{
    const struct snp_igvm_rules *rules = rules_of(plan);
    const struct mrtd_region *r = &plan->image->regions[index];
    struct mrtd_run run = {.region = index,
                           .ops = MRTD_OP_SNP_UPDATE,
                           .page_type = (uint8_t)page_type(rules, r),
                           .content = MRTD_CONTENT_ZERO,
                           .gpa = r->gpa,
                           .size = r->size};
    if (r->kind == MRTD_REGION_PARAMETERS && rules->one_page) {
        run.size = MRTD_PAGE_SIZE;
    }
    if (r->data_size > 0) {
        run.content = MRTD_CONTENT_IMAGE;
        run.data_offset = r->offset;
        run.data_size = r->data_size;
    }
    return run.size == 0 ? MRTD_OK : plan_add_run(plan, &run, error);
}

static enum mrtd_code add_context(struct mrtd_plan *plan,
                                  const struct igvm_context *c,
                                  struct mrtd_error *error)
{
    const struct mrtd_run run = {.region = MRTD_NO_REGION,
                                 .ops = MRTD_OP_SNP_UPDATE,
                                 .page_type = MRTD_SNP_PAGE_VMSA,
                                 .content = MRTD_CONTENT_IMAGE,
                                 .gpa = c->gpa,
                                 .size = MRTD_PAGE_SIZE,
                                 .data_offset = c->offset,
                                 .data_size = MRTD_PAGE_SIZE};
    return plan_add_run(plan, &run, error);
}

/* --- Their order ------------------------------------------------------- */

/* Goes through the file. */
struct walk {
    struct mrtd_plan *plan;
    struct mrtd_error *error;
    uint32_t context; /* the next VP_CONTEXT */
    /* Regions that are held back: one run of pages to the VMM. */
    uint32_t held;
    uint32_t held_count;
};

/* Does QEMU take the pages of both regions for one run? See backends/igvm.c,
 * qigvm_process_mem_page. */
static bool continues(const struct mrtd_region *a, const struct mrtd_region *b)
{
    const uint64_t pages = a->size / MRTD_PAGE_SIZE;
    uint64_t end = 0;
    return (uint64_t)a->field + pages * IGVM_PAGE_STRIDE == b->field &&
           checked_add(a->gpa, a->size, &end) && b->gpa == end &&
           a->attributes == b->attributes && a->detail == b->detail &&
           a->mask == b->mask && (a->data_size == 0) == (b->data_size == 0);
}

static enum mrtd_code release(struct walk *w)
{
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; !code && i < w->held_count; i++) {
        code = add_region(w->plan, w->held + i, w->error);
    }
    w->held_count = 0;
    return code;
}

/* A region is held back until the next one that does not continue it; what is
 * inserted is not. */
static enum mrtd_code take_region(struct walk *w, uint32_t index)
{
    const struct mrtd_region *regions = w->plan->image->regions;
    const struct mrtd_region *r = &regions[index];
    enum mrtd_code code = MRTD_OK;
    if (!rules_of(w->plan)->defers || r->kind == MRTD_REGION_PARAMETERS) {
        return add_region(w->plan, index, w->error);
    }
    if (w->held_count > 0 &&
        !continues(&regions[w->held + w->held_count - 1], r)) {
        code = release(w);
    }
    if (w->held_count == 0) {
        w->held = index;
    }
    w->held_count++;
    return code;
}

/* The VP_CONTEXTs before the region of that index. */
static enum mrtd_code take_contexts(struct walk *w, uint32_t index)
{
    const struct igvm *igvm = w->plan->image->igvm;
    enum mrtd_code code = MRTD_OK;
    while (!code && w->context < igvm->context_count &&
           igvm->contexts[w->context].region <= index) {
        const struct igvm_context *c = &igvm->contexts[w->context++];
        if (is_taken(w->plan, c)) {
            code = add_context(w->plan, c, w->error);
        }
    }
    return code;
}

static enum mrtd_code add_runs(struct mrtd_plan *plan, struct mrtd_error *error)
{
    const struct mrtd_image *image = plan->image;
    const struct snp_igvm_rules *rules = rules_of(plan);
    struct walk w = {.plan = plan, .error = error};
    const uint32_t count = image->info.region_count;
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; !code && i < count; i++) {
        const struct mrtd_region *r = &image->regions[i];
        code = rules->kvm ? MRTD_OK : take_contexts(&w, i);
        if (!code && (igvm_is_private(r, MRTD_PLATFORM_SNP) ||
                      (rules->takes_shared &&
                       r->platforms & MRTD_PLATFORM_BIT(MRTD_PLATFORM_SNP)))) {
            code = take_region(&w, i);
        }
    }
    if (!code) {
        code = release(&w);
    }
    return code || rules->kvm ? code : take_contexts(&w, count);
}

/* --- Their places ------------------------------------------------------ */

static int by_gpa(const void *a, const void *b)
{
    const struct mrtd_run *x = a;
    const struct mrtd_run *y = b;
    return (x->gpa > y->gpa) - (x->gpa < y->gpa);
}

/* Of runs at one GPA, the one that is launched earlier is the first. */
static int placed_by_gpa(const void *a, const void *b)
{
    const struct mrtd_run *x = *(const struct mrtd_run *const *)a;
    const struct mrtd_run *y = *(const struct mrtd_run *const *)b;
    return x->gpa != y->gpa ? (x->gpa > y->gpa) - (x->gpa < y->gpa)
                            : (x > y) - (x < y);
}

/* Where in the file what is launched at the GPA is asked for. */
static uint32_t field_of(const struct mrtd_plan *plan,
                         const struct mrtd_run *run)
{
    const struct igvm *igvm = plan->image->igvm;
    uint32_t field = 0;
    if (run->region != MRTD_NO_REGION) {
        return plan->image->regions[run->region].field;
    }
    for (uint32_t i = 0; i < igvm->context_count; i++) {
        if (igvm->contexts[i].gpa == run->gpa) {
            field = igvm->contexts[i].field;
        }
    }
    return field;
}

static enum mrtd_code find_overlap(const struct mrtd_plan *plan,
                                   const struct mrtd_run **placed,
                                   uint32_t count, struct mrtd_error *error)
{
    qsort(placed, count, sizeof(void *), placed_by_gpa);
    for (uint32_t i = 1; i < count; i++) {
        const struct mrtd_run *a = placed[i - 1];
        const struct mrtd_run *b = placed[i];
        if (b->gpa - a->gpa < a->size) {
            const uint32_t x = field_of(plan, a);
            const uint32_t y = field_of(plan, b);
            return error_set(error, MRTD_ERR_IGVM_OVERLAP, x > y ? x : y,
                             "GPA 0x%" PRIx64 " is already used by the "
                             "structure at 0x%" PRIx32
                             "; SEV-SNP launches a page once",
                             b->gpa, x > y ? y : x);
        }
    }
    return MRTD_OK;
}

/* VMSAs of several platforms may be in one place: only one is launched. */
static bool is_placed(const struct mrtd_plan *plan, const struct mrtd_run *run)
{
    return run->page_type != MRTD_SNP_PAGE_VMSA || !rules_of(plan)->all_vmsas;
}

static enum mrtd_code check_places(const struct mrtd_plan *plan,
                                   struct mrtd_error *error)
{
    const uint32_t count = plan->info.run_count;
    uint32_t placed_count = 0;
    uint64_t end = 0;
    bool ascends = true; /* then none overlaps another */
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_run *run = &plan->runs[i];
        ascends = ascends && run->gpa >= end;
        checked_add(run->gpa, run->size, &end);
    }
    if (count == 0) {
        return error_set(error, MRTD_ERR_IGVM_PAGES, MRTD_NO_OFFSET,
                         "the IGVM file has no page for SEV_SNP");
    }
    if (ascends) {
        return MRTD_OK;
    }
    const struct mrtd_run **placed = calloc(count, sizeof(void *));
    if (!placed) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the IGVM file's pages");
    }
    for (uint32_t i = 0; i < count; i++) {
        if (is_placed(plan, &plan->runs[i])) {
            placed[placed_count++] = &plan->runs[i];
        }
    }
    enum mrtd_code code = find_overlap(plan, placed, placed_count, error);
    free(placed);
    return code;
}

enum mrtd_code snp_igvm_build(struct mrtd_plan *plan, struct mrtd_error *error)
{
    const struct snp_igvm_rules *rules = rules_of(plan);
    enum mrtd_code code = check_request(plan, error);
    if (!code) {
        code = check_file(plan, error);
    }
    if (!code) {
        warn_of_debug(plan);
        code = add_runs(plan, error);
    }
    if (!code) {
        code = check_places(plan, error);
    }
    if (!code && rules->sorts) {
        qsort(plan->runs, plan->info.run_count, sizeof *plan->runs, by_gpa);
    }
    return code || !rules->kvm ? code : snp_igvm_add_kvm_vmsas(plan, error);
}
