/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "launch/launch.h"
#include "launch/platform.h"

const struct mrtd_source *plan_run_source(const struct mrtd_plan *plan,
                                          const struct mrtd_run *run)
{
    switch (run->content) {
    case MRTD_CONTENT_PAYLOAD:
        return &plan->payload;
    case MRTD_CONTENT_PLAN:
        return &plan->made;
    case MRTD_CONTENT_SVSM:
        return &plan->launch.svsm->source;
    default:
        return &plan->image->source;
    }
}

static enum mrtd_code no_memory(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the launch plan");
}

enum mrtd_code plan_add_run(struct mrtd_plan *plan, const struct mrtd_run *run,
                            struct mrtd_error *error)
{
    struct mrtd_run *runs =
        array_room(plan->runs, plan->info.run_count, sizeof *runs);
    if (!runs) {
        return no_memory(error);
    }
    plan->runs = runs;
    plan->runs[plan->info.run_count++] = *run;
    plan->overflows |= !plan->platform->count(&plan->info, run);
    return MRTD_OK;
}

static enum mrtd_code check_limit(const struct mrtd_plan *plan, uint64_t limit,
                                  struct mrtd_error *error)
{
    if (!plan->overflows && plan->info.hashed_bytes <= limit) {
        return MRTD_OK;
    }
    return error_set(error, MRTD_ERR_LIMIT, MRTD_NO_OFFSET,
                     "the %s claim so much memory that %s%" PRIu64
                     " bytes would be hashed, more than the limit of %" PRIu64,
                     plan->image->igvm ? "regions" : "sections",
                     plan->overflows ? "more than " : "",
                     plan->overflows ? UINT64_MAX : plan->info.hashed_bytes,
                     limit);
}

static enum mrtd_code add_notes(struct mrtd_plan *plan,
                                struct mrtd_error *error)
{
    enum mrtd_code code =
        plan->platform->notes ? plan->platform->notes(plan, error) : MRTD_OK;
    if (!code && plan->findings.failed) {
        code = error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the notes");
    }
    return code;
}

enum mrtd_code plan_build(struct mrtd_plan **plan,
                          const struct mrtd_image *image,
                          const struct mrtd_launch *launch,
                          const uint8_t *kernel_hashes,
                          struct mrtd_error *error)
{
    struct mrtd_launch l;
    enum mrtd_code code = launch_read(&l, launch, error);
    if (code) {
        return code;
    }
    const struct mrtd_error *refusal =
        mrtd_image_refusal(image, l.vmm->platform);
    if (refusal) {
        return error_set(error, refusal->code, refusal->offset, "%s",
                         refusal->message);
    }
    struct mrtd_plan *made = calloc(1, sizeof *made);
    if (!made) {
        return no_memory(error);
    }
    made->image = image;
    made->platform = platform_of(l.vmm->platform);
    made->info.vmm = l.vmm;
    made->info.deviations = l.deviations;
    made->launch = l;
    made->kernel_hashes = kernel_hashes;
    if (l.firmware_digest) {
        made->start = *l.firmware_digest;
    }
    if (l.payload) {
        made->payload = *l.payload;
    }
    code = made->platform->build(made, error);
    if (!code) {
        code = check_limit(made, l.limit ? l.limit : MRTD_DEFAULT_LIMIT, error);
    }
    if (!code) {
        code = add_notes(made, error);
    }
    if (code) {
        mrtd_plan_free(made);
        return code;
    }
    made->info.finding_count = made->findings.count;
    *plan = made;
    return MRTD_OK;
}

enum mrtd_code mrtd_plan_build(struct mrtd_plan **plan,
                               const struct mrtd_image *image,
                               const struct mrtd_launch *launch,
                               struct mrtd_error *error)
{
    if (!plan || !image) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no image, or no place for the plan's "
                         "handle");
    }
    return plan_build(plan, image, launch, NULL, error);
}

void mrtd_plan_free(struct mrtd_plan *plan)
{
    if (!plan) {
        return;
    }
    findings_free(&plan->findings);
    free(plan->made_bytes);
    free(plan->runs);
    free(plan);
}

const struct mrtd_plan_info *mrtd_plan_info(const struct mrtd_plan *plan)
{
    return plan ? &plan->info : NULL;
}

const struct mrtd_run *mrtd_plan_run(const struct mrtd_plan *plan,
                                     uint32_t index)
{
    return plan && index < plan->info.run_count ? &plan->runs[index] : NULL;
}

const uint8_t *mrtd_plan_bytes(const struct mrtd_plan *plan,
                               const struct mrtd_run *run)
{
    if (!plan || !run || run->content != MRTD_CONTENT_PLAN) {
        return NULL;
    }
    const struct span made = span_make(plan->made_bytes, plan->made.size, 0);
    return span_bytes(made, run->data_offset, run->data_size);
}

const struct mrtd_finding *mrtd_plan_finding(const struct mrtd_plan *plan,
                                             uint32_t index)
{
    return plan && index < plan->findings.count ? &plan->findings.items[index]
                                                : NULL;
}
