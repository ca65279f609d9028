/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch of SEV-SNP that gives a digest, of an IGVM file. The file says all
 * that is launched but for what its VMMs do in ways of their own, and but for
 * virtual CPUs that QEMU gives the guest beyond those that the file has VMSAs
 * of: these are as at their reset, and each adds one page to the chain.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "launch/plan.h"
#include "launch/snp/igvm.h"
#include "measure/run.h"
#include "measure/snp.h"
#include "measure/snp_search.h"

static struct mrtd_launch launch_of(const struct search *s,
                                    const struct mrtd_vmm *vmm, uint32_t vcpus)
{
    return (struct mrtd_launch){.struct_size = sizeof(struct mrtd_launch),
                                .vmm = vmm,
                                .limit = s->asked.limit,
                                .vcpus = vcpus,
                                .kernel = s->asked.kernel,
                                .initrd = s->asked.initrd,
                                .append = s->asked.append,
                                .firmware_digest = s->asked.firmware_digest};
}

static void compare(struct search *s, const uint8_t digest[SHA384_SIZE],
                    const struct mrtd_launch *launch)
{
    s->result.tried++;
    if (memcmp(digest, s->wanted, SHA384_SIZE) == 0) {
        s->result.launch = *launch;
        s->result.found = 1;
    }
}

/* Measures all but the last runs of the launch's plan, which stays. */
static enum mrtd_code measure(struct search *s,
                              const struct mrtd_launch *launch, uint32_t but,
                              struct mrtd_plan **plan,
                              uint8_t digest[SHA384_SIZE],
                              struct mrtd_error *error)
{
    const struct mrtd_observer observer = {.context = s,
                                           .progress = search_before_total};
    struct mrtd_value value;
    enum mrtd_code code = plan_build(plan, s->image, launch, NULL, error);
    if (!code) {
        code = snp_measure_runs(*plan, (*plan)->info.run_count - but, &observer,
                                &value, error);
    }
    if (!code) {
        memcpy(digest, value.digest.bytes, SHA384_SIZE);
    }
    return code;
}

/* One launch, of which the file says all. */
static enum mrtd_code try_launch(struct search *s,
                                 const struct mrtd_launch *launch,
                                 struct mrtd_error *error)
{
    struct mrtd_plan *plan = NULL;
    uint8_t digest[SHA384_SIZE];
    enum mrtd_code code = measure(s, launch, 0, &plan, digest, error);
    if (!code) {
        s->result.total++;
        compare(s, digest, launch);
    }
    mrtd_plan_free(plan);
    return code;
}

/* --- Virtual CPUs of the file ------------------------------------------ */

/* A virtual CPU with a VMSA of the file. */
struct own {
    bool is_there;
    uint8_t contents[SHA384_SIZE]; /* the digest of the page */
};

/* Those of the plan's last runs, one each. */
static enum mrtd_code hash_own(const struct search *s,
                               const struct mrtd_plan *plan, struct own *own,
                               uint32_t count, struct mrtd_error *error)
{
    const uint32_t first = plan->info.run_count - count;
    uint8_t buffer[MRTD_PAGE_SIZE];
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; !code && i < count; i++) {
        const struct mrtd_run *run = &plan->runs[first + i];
        struct span page;
        own[i].is_there = run->content == MRTD_CONTENT_IMAGE;
        if (own[i].is_there) {
            code = run_view(plan, run, 0, sizeof buffer, buffer, &page, error);
        }
        if (own[i].is_there && !code) {
            const uint8_t *bytes = span_bytes(page, 0, sizeof buffer);
            uint8_t *digest = own[i].contents;
            snp_hash_pages(&s->engines, &bytes, &digest, 1);
        }
    }
    return code;
}

/* --- Virtual CPUs as at their reset ------------------------------------ */

struct growth {
    struct search *s;
    const struct mrtd_vmm *vmm;
    struct own *own;
    uint32_t own_count;
    uint32_t first; /* the fewest virtual CPUs that are compared */
    uint32_t last;
    bool has_first; /* SEV_FEATURES are those of the file's first VMSA */
    uint64_t features;
};

/* Keeps the processors with the features that the launch can have. */
static void filter_processors(struct growth *g)
{
    struct snp_space *space = &g->s->space;
    size_t count = 0;
    for (size_t i = 0; i < space->processor_count; i++) {
        const uint64_t features = space->processors[i].vmsa.features;
        if (g->has_first ? features == g->features : features & 1) {
            space->processors[count++] = space->processors[i];
        }
    }
    space->processor_count = count;
}

/* What the virtual CPUs can be, after the pages with this digest. */
static enum mrtd_code fill_space(struct growth *g,
                                 const uint8_t digest[SHA384_SIZE],
                                 struct mrtd_error *error)
{
    struct search *s = g->s;
    struct mrtd_search asked = s->asked;
    struct snp_base base = {.vmm = g->vmm};
    const struct snp_processor shape = {
        .vmm = g->vmm, .vmsa.rules = snp_rules_of_vmm(g->vmm)->vmsa};
    memcpy(base.digest, digest, sizeof base.digest);
    asked.guest_features = g->has_first ? g->features : asked.guest_features;
    enum mrtd_code code = space_add_base(&s->space, &base, error);
    if (!code) {
        code = space_add_processors(&s->space, &shape, &asked, error);
    }
    if (!code) {
        filter_processors(g);
        code = space_hash_first(&s->space, &s->engines, error);
    }
    return code ? code : space_add_candidates(&s->space, error);
}

/* Adds the virtual CPU of that index to all launches, and compares them. */
static void grow(struct growth *g, uint32_t index)
{
    struct snp_space *space = &g->s->space;
    for (size_t at = 0; !g->s->result.found && at < space->candidate_count;) {
        const size_t left = space->candidate_count - at;
        const unsigned busy =
            left < SHA384_MAX_LANES ? (unsigned)left : SHA384_MAX_LANES;
        uint8_t *digests[SHA384_MAX_LANES];
        const uint8_t *contents[SHA384_MAX_LANES];
        for (unsigned i = 0; i < busy; i++) {
            struct snp_candidate *c = &space->candidates[at + i];
            const bool is_own = index < g->own_count && g->own[index].is_there;
            digests[i] = c->digest;
            contents[i] = is_own ? g->own[index].contents : c->processor->first;
        }
        snp_chain_many(&g->s->engines, digests, contents, busy,
                       MRTD_SNP_PAGE_VMSA, VMSA_KVM_GPA);
        for (unsigned i = 0; !g->s->result.found && i < busy; i++) {
            const struct snp_candidate *c = &space->candidates[at + i];
            struct mrtd_launch launch = launch_of(g->s, g->vmm, index + 1);
            launch.vcpu_signature = c->processor->vmsa.signature;
            launch.guest_features =
                g->has_first ? 0 : c->processor->vmsa.features;
            if (index + 1 >= g->first) {
                compare(g->s, c->digest, &launch);
            }
        }
        at += busy;
    }
}

static enum mrtd_code grow_all(struct growth *g, struct mrtd_error *error)
{
    struct search *s = g->s;
    enum mrtd_code code = MRTD_OK;
    if (g->last >= g->first) {
        s->result.total +=
            (g->last - g->first + 1) * (uint64_t)s->space.candidate_count;
    }
    for (uint32_t i = 0; !code && !s->result.found && i < g->last; i++) {
        code = search_say_progress(s, error);
        if (!code) {
            grow(g, i);
        }
    }
    return code;
}

/* SEV_FEATURES of the first virtual CPU's VMSA. */
static enum mrtd_code read_features(struct growth *g,
                                    const struct mrtd_plan *plan,
                                    struct mrtd_error *error)
{
    const struct mrtd_run *run =
        &plan->runs[plan->info.run_count - g->own_count];
    uint8_t bytes[8];
    struct span view;
    if (!g->has_first) {
        return MRTD_OK;
    }
    enum mrtd_code code = run_view(plan, run, VMSA_SEV_FEATURES, sizeof bytes,
                                   bytes, &view, error);
    if (!code) {
        span_u64(view, 0, &g->features);
    }
    return code;
}

static enum mrtd_code take_plan(struct growth *g, struct mrtd_error *error)
{
    struct mrtd_launch launch = launch_of(g->s, g->vmm, g->own_count);
    struct mrtd_plan *plan = NULL;
    uint8_t digest[SHA384_SIZE];
    launch.vcpu_signature = 1; /* any: these pages are not measured here */
    launch.guest_features = g->has_first ? 0 : 1;
    enum mrtd_code code =
        measure(g->s, &launch, g->own_count, &plan, digest, error);
    if (!code) {
        code = hash_own(g->s, plan, g->own, g->own_count, error);
    }
    if (!code) {
        code = read_features(g, plan, error);
    }
    mrtd_plan_free(plan);
    return code ? code : fill_space(g, digest, error);
}

static bool is_whole(const struct growth *g)
{
    bool whole = true;
    for (uint32_t i = 0; i < g->own_count; i++) {
        whole = whole && g->own[i].is_there;
    }
    return whole;
}

/* Launches with as many virtual CPUs as the file has, and more. Where it has a
 * VMSA of each, the first such launch is the same for all kinds of them. */
static enum mrtd_code try_growing(struct search *s, const struct mrtd_vmm *vmm,
                                  uint32_t fewest, struct mrtd_error *error)
{
    const struct mrtd_launch launch = launch_of(s, vmm, fewest);
    struct growth g = {.s = s,
                       .vmm = vmm,
                       .own_count = fewest,
                       .first = fewest,
                       .last = s->asked.vcpus,
                       .has_first = snp_igvm_has_first(s->image)};
    g.own = calloc(fewest, sizeof *g.own);
    if (!g.own) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the search");
    }
    enum mrtd_code code = take_plan(&g, error);
    if (!code && is_whole(&g)) {
        code = try_launch(s, &launch, error);
        g.first++;
    }
    if (!code) {
        code = grow_all(&g, error);
    }
    free(g.own);
    space_free(&s->space);
    s->space = (struct snp_space){.bases = NULL};
    return code;
}

/* --- VMMs -------------------------------------------------------------- */

static enum mrtd_code try_vmm(struct search *s, const struct mrtd_vmm *vmm,
                              struct mrtd_error *error)
{
    const struct snp_igvm_rules *rules = snp_rules_of_vmm(vmm)->igvm;
    const uint32_t fewest = snp_igvm_fewest_vcpus(s->image);
    if (rules && rules->resets) {
        return try_growing(s, vmm, fewest, error);
    }
    const bool kvm = rules && rules->kvm;
    struct mrtd_launch launch = launch_of(s, vmm, kvm ? fewest : 0);
    /* Without a first VMSA it is refused for that, not for the features. */
    launch.guest_features = kvm && !snp_igvm_has_first(s->image) ? 1 : 0;
    return try_launch(s, &launch, error);
}

enum mrtd_code search_igvm(struct search *s, struct mrtd_error *error)
{
    const struct mrtd_vmm *vmm;
    struct mrtd_error refused = {.code = MRTD_OK};
    bool is_tried = false;
    if (s->asked.vmm) {
        return try_vmm(s, s->asked.vmm, error);
    }
    for (size_t i = 0; !s->result.found && (vmm = mrtd_vmm_at(i)); i++) {
        struct mrtd_error why;
        if (vmm->platform != MRTD_PLATFORM_SNP ||
            !mrtd_vmm_launches(vmm, s->image)) {
            continue;
        }
        const enum mrtd_code code = try_vmm(s, vmm, &why);
        if (mrtd_code_class(code) == MRTD_CLASS_FAULT) {
            return error_set(error, code, why.offset, "%s", why.message);
        }
        is_tried = is_tried || !code;
        refused = code && !refused.code ? why : refused;
    }
    return is_tried ? MRTD_OK
                    : error_set(error, refused.code, refused.offset, "%s",
                                refused.message);
}
