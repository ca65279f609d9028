/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/source.h"
#include "image/tdvf.h"
#include "launch/launch.h"
#include "launch/notes.h"
#include "launch/tdx/igvm.h"

static bool skips(const struct launch_rules *rules,
                  const struct mrtd_region *region)
{
    if (vmm_has_type(rules->skips, region->type) ||
        region->asks & MRTD_ASKS_SHARED) {
        return true;
    }
    return rules->td_shim_igvm
               ? region->kind == MRTD_REGION_PARAMETERS
               : !(region->platforms & MRTD_PLATFORM_BIT(MRTD_PLATFORM_TDX));
}

bool plan_extends(const struct launch_rules *rules,
                  const struct mrtd_region *region)
{
    if (region->size == 0 || skips(rules, region)) {
        return false;
    }
    if (rules->extends_all) {
        return true;
    }
    if (region->data_size == 0 && rules->td_shim_igvm) {
        return false;
    }
    return rules->extends_exactly ? region->attributes == MRTD_ATTR_MR_EXTEND
                                  : region->asks & MRTD_ASKS_MEASURE;
}

static bool plan_adds(const struct launch_rules *rules,
                      const struct mrtd_region *region)
{
    return region->size > 0 && !skips(rules, region) &&
           (rules->ignores_aug || !(region->asks & MRTD_ASKS_LATER));
}

bool plan_takes_data(const struct launch_rules *rules,
                     const struct mrtd_region *region)
{
    return region->type == MRTD_SECTION_BFV ||
           region->type == MRTD_SECTION_CFV || !rules->loads_payload;
}

const struct mrtd_source *plan_run_source(const struct mrtd_plan *plan,
                                          const struct mrtd_run *run)
{
    switch (run->content) {
    case MRTD_CONTENT_PAYLOAD:
        return &plan->payload;
    case MRTD_CONTENT_PLAN:
        return &plan->made;
    default:
        return &plan->image->source;
    }
}

/* Where the section's bytes come from. */
static void set_content(const struct mrtd_plan *plan,
                        const struct mrtd_region *region, struct mrtd_run *run)
{
    if (plan->rules.loads_payload && plan->payload.size > 0 &&
        region->type == MRTD_SECTION_PAYLOAD) {
        run->content = MRTD_CONTENT_PAYLOAD;
        run->data_size = plan->payload.size;
    } else if (plan_takes_data(&plan->rules, region) && region->data_size > 0 &&
               image_data_offset(plan->image, region->offset,
                                 &run->data_offset)) {
        run->content = MRTD_CONTENT_IMAGE;
        run->data_size = region->data_size;
        if (plan->rules.follows_file) {
            uint64_t left = plan->image->source.size - run->data_offset;
            run->data_size = left < run->size ? left : run->size;
        }
    } else {
        run->content = MRTD_CONTENT_ZERO;
    }
}

/* Refuses sections whose measured content cannot be known. */
static enum mrtd_code check_content(const struct mrtd_plan *plan,
                                    uint32_t index, struct mrtd_error *error)
{
    const struct mrtd_region *s = &plan->image->regions[index];
    const struct launch_rules *p = &plan->rules;
    uint64_t offset = s->field;
    const char *type = mrtd_region_name(s);
    uint64_t data = 0;

    if (p->loads_payload && s->type == MRTD_SECTION_PAYLOAD) {
        if (plan->payload.size > s->size) {
            return error_set(error, MRTD_ERR_PAYLOAD_SIZE,
                             offset + TDVF_MEMORY_DATA_SIZE,
                             "section %" PRIu32 " (%s): the payload's %" PRIu64
                             " bytes do not fit into MemoryDataSize %" PRIu64,
                             index, type, plan->payload.size, s->size);
        }
        if (plan_extends(p, s) && plan->payload.size == 0) {
            return error_set(error, MRTD_ERR_PAYLOAD_NEEDED,
                             offset + TDVF_ATTRIBUTES,
                             "section %" PRIu32 " (%s): it is measured, and "
                             "%s fills it from the kernel file, which is not "
                             "given",
                             index, type, plan->info.vmm->name);
        }
    }
    if (plan_extends(p, s) && s->data_size > 0 &&
        !image_data_offset(plan->image, s->offset, &data)) {
        return error_set(error, MRTD_ERR_SPLIT_IMAGE, offset + TDVF_ATTRIBUTES,
                         "section %" PRIu32 " (%s): it is measured, but in the "
                         "missing VARS part of the image",
                         index, type);
    }
    if (plan_extends(p, s) && vmm_has_type(p->makes_up, s->type)) {
        return error_set(error, MRTD_ERR_VMM_CONTENT, offset + TDVF_ATTRIBUTES,
                         "section %" PRIu32 " (%s): it is measured, and %s "
                         "makes up its content at launch; the MRTD cannot be "
                         "predicted",
                         index, type, plan->info.vmm->name);
    }
    if (plan_extends(p, s) && p->follows_file && s->data_size > 0 &&
        s->size > plan->image->source.size - data) {
        return error_set(error, MRTD_ERR_VMM_CONTENT,
                         offset + TDVF_MEMORY_DATA_SIZE,
                         "section %" PRIu32 " (%s): MemoryDataSize 0x%" PRIx64
                         " is measured, %s takes what follows its data, and "
                         "the file ends before; the MRTD cannot be predicted",
                         index, type, s->size, plan->info.vmm->name);
    }
    return MRTD_OK;
}

/* Counts a run; false where a count does not fit 64 bits. */
static bool count_run(struct mrtd_plan_info *info, const struct mrtd_run *run)
{
    uint64_t pages = run->size / MRTD_PAGE_SIZE;
    uint64_t bytes = 0;
    return (!(run->ops & MRTD_OP_TDX_ADD) ||
            (checked_add(info->added_pages, pages, &info->added_pages) &&
             checked_mul(pages, PLAN_ADD_BYTES, &bytes) &&
             checked_add(info->hashed_bytes, bytes, &info->hashed_bytes))) &&
           (!(run->ops & MRTD_OP_TDX_EXTEND) ||
            (checked_add(info->extended_pages, pages, &info->extended_pages) &&
             checked_mul(pages, PLAN_EXTEND_BYTES, &bytes) &&
             checked_add(info->hashed_bytes, bytes, &info->hashed_bytes)));
}

/* Makes the runs of one section, at most two; false where totals overflow. */
static bool add_section(struct mrtd_plan *plan, uint32_t index)
{
    const struct mrtd_region *s = &plan->image->regions[index];
    struct mrtd_run run = {.section = index, .gpa = s->gpa, .size = s->size};
    if (plan_adds(&plan->rules, s)) {
        run.ops |= MRTD_OP_TDX_ADD;
    }
    if (plan_extends(&plan->rules, s)) {
        run.ops |= MRTD_OP_TDX_EXTEND;
    }
    if (!run.ops) {
        return true;
    }
    set_content(plan, s, &run);
    if (!count_run(&plan->info, &run)) {
        return false;
    }
    if (run.ops == (MRTD_OP_TDX_ADD | MRTD_OP_TDX_EXTEND) &&
        plan->rules.two_pass) {
        struct mrtd_run first = run;
        first.ops = MRTD_OP_TDX_ADD;
        run.ops = MRTD_OP_TDX_EXTEND;
        plan->runs[plan->info.run_count++] = first;
    }
    plan->runs[plan->info.run_count++] = run;
    return true;
}

/* Is the image of a format that the VMM launches? */
static enum mrtd_code check_format(const struct mrtd_plan *plan,
                                   struct mrtd_error *error)
{
    const bool is_igvm = plan->image->igvm != NULL;
    if (mrtd_vmm_launches(plan->info.vmm, plan->image) &&
        !(is_igvm && plan->info.deviations)) {
        return MRTD_OK;
    }
    return error_set(error, MRTD_ERR_PROFILE_FORMAT, MRTD_NO_OFFSET,
                     "VMM %s%s does not launch %s; for it there are "
                     "%s",
                     plan->info.vmm->name,
                     plan->info.deviations ? " with deviations" : "",
                     is_igvm ? "an IGVM file" : "a TDVF image",
                     is_igvm ? "spec and td-shim-igvm"
                             : "spec and others, but for td-shim-igvm");
}

static enum mrtd_code make_runs(struct mrtd_plan *plan, uint64_t limit,
                                struct mrtd_error *error)
{
    uint32_t regions = plan->image->info.region_count;
    bool payload_used = false;
    bool fits = true;
    plan->runs = calloc(2 * (size_t)regions, sizeof *plan->runs);
    if (!plan->runs) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the launch plan");
    }
    for (uint32_t i = 0; i < regions; i++) {
        enum mrtd_code code = check_content(plan, i, error);
        if (code) {
            return code;
        }
        payload_used |= plan->rules.loads_payload &&
                        plan->image->regions[i].type == MRTD_SECTION_PAYLOAD;
        fits = fits && add_section(plan, i);
    }
    if (plan->payload.size > 0 && !payload_used) {
        return error_set(error, MRTD_ERR_PAYLOAD_UNUSED, MRTD_NO_OFFSET,
                         "a payload is given, but %s",
                         plan->rules.loads_payload
                             ? "the image has no Payload section"
                             : "this VMM takes it from the image");
    }
    if (!fits || plan->info.hashed_bytes > limit) {
        return error_set(error, MRTD_ERR_LIMIT, MRTD_NO_OFFSET,
                         "the sections claim so much memory that %s%" PRIu64
                         " bytes would be hashed, more than the limit of "
                         "%" PRIu64,
                         fits ? "" : "more than ",
                         fits ? plan->info.hashed_bytes : UINT64_MAX, limit);
    }
    return MRTD_OK;
}

enum mrtd_code mrtd_plan_build(struct mrtd_plan **plan,
                               const struct mrtd_image *image,
                               const struct mrtd_launch *launch,
                               struct mrtd_error *error)
{
    struct mrtd_launch l;
    if (!plan || !image) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there is no image, or no place for the plan's "
                         "handle");
    }
    enum mrtd_code code = launch_read(&l, launch, error);
    if (code) {
        return code;
    }
    struct mrtd_plan *made = calloc(1, sizeof *made);
    if (!made) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the launch plan");
    }
    made->image = image;
    made->vmm = vmm_row(l.vmm);
    made->rules = *vmm_launch(made->vmm);
    made->info.vmm = l.vmm;
    made->info.deviations = l.deviations;
    launch_deviate(&made->rules, l.deviations);
    if (l.payload) {
        made->payload = *l.payload;
    }
    code =
        image->igvm ? tdx_igvm_check(image, &made->findings, error) : MRTD_OK;
    if (!code) {
        code = check_format(made, error);
    }
    if (!code) {
        code = make_runs(made, l.limit ? l.limit : MRTD_DEFAULT_LIMIT, error);
    }
    if (!code) {
        code = notes_add(made, error);
    }
    if (code) {
        mrtd_plan_free(made);
        return code;
    }
    made->info.finding_count = made->findings.count;
    *plan = made;
    return MRTD_OK;
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

const struct mrtd_finding *mrtd_plan_finding(const struct mrtd_plan *plan,
                                             uint32_t index)
{
    return plan && index < plan->findings.count ? &plan->findings.items[index]
                                                : NULL;
}
