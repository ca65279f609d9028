/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch of SEV-SNP that gives a digest, of a flat image. All launches
 * begin with the pages of the firmware, which are hashed once; what comes after
 * them, up to the VMSAs, is hashed once for each VMM, without and with the
 * kernel's hashes; and each virtual CPU adds one page to each of these chains.
 * Chains do not depend on one another and run in lanes.
 */
#include "measure/snp_search.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/request.h"
#include "image/sev/metadata.h"
#include "launch/snp/build.h"
#include "launch/snp/rules.h"
#include "measure/snp.h"

static const struct request search_request = {
    .what = "search",
    .name = "struct mrtd_search",
    .first = sizeof(struct mrtd_search),
    .size = sizeof(struct mrtd_search),
};

/* --- Before the VMSAs -------------------------------------------------- */

int search_before_total(void *context, uint64_t hashed, uint64_t total)
{
    const struct search *s = context;
    (void)hashed;
    (void)total;
    return s->asked.progress ? s->asked.progress(s->asked.context, 0, 0) : 0;
}

/* A launch of one virtual CPU. */
static struct mrtd_launch launch_of(const struct search *s,
                                    const struct mrtd_vmm *vmm, bool kernel)
{
    struct mrtd_launch launch = {.struct_size = sizeof launch,
                                 .vmm = vmm,
                                 .limit = s->asked.limit,
                                 .vcpus = 1,
                                 .firmware_digest = s->asked.firmware_digest};
    if (kernel) {
        launch.kernel = s->asked.kernel;
        launch.initrd = s->asked.initrd;
        launch.append = s->asked.append;
    }
    return launch;
}

/* The digest after the firmware's pages, which no VMM gives otherwise. */
static enum mrtd_code hash_firmware(struct search *s, struct mrtd_error *error)
{
    const struct mrtd_observer observer = {.context = s,
                                           .progress = search_before_total};
    struct mrtd_launch launch =
        launch_of(s, mrtd_vmm_default(MRTD_PLATFORM_SNP), false);
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value = {.id = MRTD_REGISTER_SNP};
    launch.flags = MRTD_LAUNCH_FIRMWARE_ONLY;
    enum mrtd_code code = plan_build(&plan, s->image, &launch, NULL, error);
    if (!code) {
        code = mrtd_measure(plan, &observer, &value, error);
    }
    if (!code) {
        s->result.firmware_digest = value.digest;
    }
    mrtd_plan_free(plan);
    return code;
}

/* Adds the pages that the VMM gives before the VMSAs; without a kernel, what
 * its virtual CPUs can be as well, which is the same with one. */
static enum mrtd_code add_base(struct search *s, const struct mrtd_vmm *vmm,
                               bool kernel, struct mrtd_error *error)
{
    const struct mrtd_observer observer = {.context = s,
                                           .progress = search_before_total};
    struct mrtd_launch launch = launch_of(s, vmm, kernel);
    struct snp_base base = {.vmm = vmm, .kernel = kernel};
    struct mrtd_plan *plan = NULL;
    struct mrtd_value value;
    launch.firmware_digest = &s->result.firmware_digest;
    enum mrtd_code code =
        plan_build(&plan, s->image, &launch, s->kernel_hashes, error);
    if (!code) {
        /* The last run is the VMSA. */
        code = snp_measure_runs(plan, plan->info.run_count - 1, &observer,
                                &value, error);
    }
    if (!code) {
        memcpy(base.digest, value.digest.bytes, sizeof base.digest);
        code = space_add_base(&s->space, &base, error);
    }
    if (!code && !kernel) {
        const struct snp_rules *rules = snp_rules_of(plan);
        struct snp_processor shape = {.vmm = vmm, .vmsa.rules = rules->vmsa};
        code = space_add_processors(&s->space, &shape, &s->asked, error);
        if (!code && rules->vmsa_rdx_zero) {
            shape.vmsa.rules = rules->vmsa_rdx_zero;
            shape.deviations = MRTD_DEVIATE_RDX_ZERO;
            code = space_add_processors(&s->space, &shape, &s->asked, error);
        }
    }
    mrtd_plan_free(plan);
    return code;
}

static enum mrtd_code add_bases(struct search *s, bool kernel,
                                struct mrtd_error *error)
{
    const struct mrtd_vmm *vmm;
    enum mrtd_code code = MRTD_OK;
    if (s->asked.vmm) {
        return add_base(s, s->asked.vmm, kernel, error);
    }
    for (size_t i = 0; !code && (vmm = mrtd_vmm_at(i)); i++) {
        if (vmm->platform == MRTD_PLATFORM_SNP &&
            mrtd_vmm_launches(vmm, s->image)) {
            code = add_base(s, vmm, kernel, error);
        }
    }
    return code;
}

/* Launches with the kernel's hashes, unless the firmware has no place for
 * them. */
static enum mrtd_code add_kernel(struct search *s, struct mrtd_error *error)
{
    const struct mrtd_launch launch =
        launch_of(s, mrtd_vmm_default(MRTD_PLATFORM_SNP), true);
    struct mrtd_error refused = {.code = MRTD_OK};
    enum mrtd_code code = MRTD_OK;
    if (!launch.kernel && !launch.initrd && !launch.append) {
        return MRTD_OK;
    }
    if (launch.kernel) {
        code = hash_table_make(&launch, s->kernel_hashes, error);
    }
    if (!code) {
        code = add_bases(s, true, &refused);
    }
    if (code == MRTD_ERR_NO_HASH_TABLE) {
        s->result.kernel_refused = refused;
        return MRTD_OK;
    }
    if (refused.code) {
        error_set(error, refused.code, refused.offset, "%s", refused.message);
    }
    return code;
}

/* --- The VMSAs --------------------------------------------------------- */

/* Adds a virtual CPU to the count candidates from first on, as many as there
 * may be lanes. */
static void add_processors(struct search *s, size_t first, unsigned count,
                           bool is_first)
{
    uint8_t *digests[SHA384_MAX_LANES];
    const uint8_t *contents[SHA384_MAX_LANES];
    for (unsigned i = 0; i < count; i++) {
        struct snp_candidate *c = &s->space.candidates[first + i];
        digests[i] = c->digest;
        contents[i] = is_first ? c->processor->first : c->processor->others;
    }
    snp_chain_many(&s->engines, digests, contents, count, MRTD_SNP_PAGE_VMSA,
                   VMSA_KVM_GPA);
}

static void set_found(struct search *s, const struct snp_candidate *c,
                      uint32_t vcpus)
{
    struct mrtd_launch launch = launch_of(s, c->base->vmm, c->base->kernel);
    launch.deviations = c->processor->deviations;
    launch.vcpus = vcpus;
    launch.vcpu_signature = c->processor->vmsa.signature;
    launch.guest_features = c->processor->vmsa.features;
    s->result.launch = launch;
    s->result.found = 1;
}

/* Tries all launches of so many virtual CPUs, after those of one fewer. */
static void try_all(struct search *s, uint32_t vcpus)
{
    const size_t count = s->space.candidate_count;
    for (size_t at = 0; !s->result.found && at < count;) {
        const size_t left = count - at;
        const unsigned busy =
            left < SHA384_MAX_LANES ? (unsigned)left : SHA384_MAX_LANES;
        add_processors(s, at, busy, vcpus == 1);
        for (unsigned i = 0; !s->result.found && i < busy; i++) {
            const struct snp_candidate *c = &s->space.candidates[at + i];
            s->result.tried++;
            if (memcmp(c->digest, s->wanted, SHA384_SIZE) == 0) {
                set_found(s, c, vcpus);
            }
        }
        at += busy;
    }
}

enum mrtd_code search_say_progress(const struct search *s,
                                   struct mrtd_error *error)
{
    const struct mrtd_search *asked = &s->asked;
    return asked->progress && asked->progress(asked->context, s->result.tried,
                                              s->result.total)
               ? error_set(error, MRTD_ERR_CANCELLED, MRTD_NO_OFFSET,
                           "stopped on request")
               : MRTD_OK;
}

static enum mrtd_code try_vmsas(struct search *s, struct mrtd_error *error)
{
    s->result.total = (uint64_t)s->space.candidate_count * s->asked.vcpus;
    enum mrtd_code code = space_hash_first(&s->space, &s->engines, error);
    if (code) {
        return code;
    }
    try_all(s, 1);
    if (!s->result.found && s->asked.vcpus > 1) {
        code = space_hash_others(&s->space, &s->engines,
                                 s->image->sev->info.reset_address, error);
    }
    for (uint32_t n = 2; !code && !s->result.found && n <= s->asked.vcpus;
         n++) {
        code = search_say_progress(s, error);
        if (!code) {
            try_all(s, n);
        }
    }
    return code;
}

/* --- The search -------------------------------------------------------- */

static enum mrtd_code read_request(struct search *s,
                                   const struct mrtd_search *asked,
                                   const struct mrtd_value *value,
                                   struct mrtd_error *error)
{
    enum mrtd_code code =
        asked ? request_read(&search_request, &s->asked, asked, error)
              : MRTD_OK;
    if (code) {
        return code;
    }
    if (value->id != MRTD_REGISTER_SNP || !mrtd_value_equal(value, value)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the value is not the launch digest of a guest of "
                         "SEV-SNP");
    }
    if (s->asked.vmm && s->asked.vmm->platform != MRTD_PLATFORM_SNP) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the VMM is not one of SEV-SNP");
    }
    if (s->asked.vcpus > MRTD_MAX_VCPUS) {
        return error_set(error, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
                         "%" PRIu32 " virtual CPUs are more than %d",
                         s->asked.vcpus, MRTD_MAX_VCPUS);
    }
    if (s->asked.vcpus == 0) {
        s->asked.vcpus = MRTD_SEARCH_VCPUS;
    }
    return MRTD_OK;
}

/* With the firmware's digest given, its pages are not read, but the request is
 * checked, and the image. */
static enum mrtd_code add_all_bases(struct search *s, struct mrtd_error *error)
{
    enum mrtd_code code = hash_firmware(s, error);
    if (!code) {
        code = add_bases(s, false, error);
    }
    if (!code) {
        code = add_kernel(s, error);
    }
    return code ? code : space_add_candidates(&s->space, error);
}

static enum mrtd_code search_flat(struct search *s, struct mrtd_error *error)
{
    enum mrtd_code code = add_all_bases(s, error);
    return code ? code : try_vmsas(s, error);
}

enum mrtd_code mrtd_search_snp(struct mrtd_search_result *result,
                               const struct mrtd_image *image,
                               const struct mrtd_value *value,
                               const struct mrtd_search *search,
                               struct mrtd_error *error)
{
    if (!result || !image || !value) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no image, no value, or no place for the "
                         "result");
    }
    struct search s = {.image = image, .engines = snp_engines_choose()};
    enum mrtd_code code = read_request(&s, search, value, error);
    if (!code) {
        s.wanted = value->digest.bytes;
        code = image->igvm ? search_igvm(&s, error) : search_flat(&s, error);
    }
    space_free(&s.space);
    if (!code) {
        *result = s.result;
    }
    return code;
}
