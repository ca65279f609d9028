/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/tdx/build.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/checked.h"
#include "base/error.h"
#include "image/tdvf/metadata.h"
#include "launch/tdx/igvm.h"

struct tdx_launch_rules tdx_rules(const struct mrtd_plan *plan)
{
    struct tdx_launch_rules rules = *tdx_vmm_launch(tdx_vmm_of(plan->info.vmm));
    tdx_deviate(&rules, plan->info.deviations);
    return rules;
}

static bool skips(const struct tdx_launch_rules *rules,
                  const struct mrtd_region *region)
{
    if (tdx_has_type(rules->skips, region->type) ||
        region->asks & MRTD_ASKS_SHARED) {
        return true;
    }
    return rules->td_shim_igvm
               ? region->kind == MRTD_REGION_PARAMETERS
               : !(region->platforms & MRTD_PLATFORM_BIT(MRTD_PLATFORM_TDX));
}

bool tdx_extends(const struct tdx_launch_rules *rules,
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

static bool tdx_adds(const struct tdx_launch_rules *rules,
                     const struct mrtd_region *region)
{
    return region->size > 0 && !skips(rules, region) &&
           (rules->ignores_aug || !(region->asks & MRTD_ASKS_LATER));
}

bool tdx_takes_data(const struct tdx_launch_rules *rules,
                    const struct mrtd_region *region)
{
    return region->type == MRTD_SECTION_BFV ||
           region->type == MRTD_SECTION_CFV || !rules->loads_payload;
}

/* Where the section's bytes come from. */
static void set_content(const struct mrtd_plan *plan,
                        const struct tdx_launch_rules *rules,
                        const struct mrtd_region *region, struct mrtd_run *run)
{
    if (rules->loads_payload && plan->payload.size > 0 &&
        region->type == MRTD_SECTION_PAYLOAD) {
        run->content = MRTD_CONTENT_PAYLOAD;
        run->data_size = plan->payload.size;
    } else if (tdx_takes_data(rules, region) && region->data_size > 0 &&
               image_data_offset(plan->image, region->offset,
                                 &run->data_offset)) {
        run->content = MRTD_CONTENT_IMAGE;
        run->data_size = region->data_size;
        if (rules->follows_file) {
            uint64_t left = plan->image->source.size - run->data_offset;
            run->data_size = left < run->size ? left : run->size;
        }
    } else {
        run->content = MRTD_CONTENT_ZERO;
    }
}

/* Refuses sections whose measured content cannot be known. */
static enum mrtd_code check_content(const struct mrtd_plan *plan,
                                    const struct tdx_launch_rules *p,
                                    uint32_t index, struct mrtd_error *error)
{
    const struct mrtd_region *s = &plan->image->regions[index];
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
        if (tdx_extends(p, s) && plan->payload.size == 0) {
            return error_set(error, MRTD_ERR_PAYLOAD_NEEDED,
                             offset + TDVF_ATTRIBUTES,
                             "section %" PRIu32 " (%s): it is measured, and "
                             "%s fills it from the kernel file, which is not "
                             "given",
                             index, type, plan->info.vmm->name);
        }
    }
    if (tdx_extends(p, s) && s->data_size > 0 &&
        !image_data_offset(plan->image, s->offset, &data)) {
        return error_set(error, MRTD_ERR_SPLIT_IMAGE, offset + TDVF_ATTRIBUTES,
                         "section %" PRIu32 " (%s): it is measured, but in the "
                         "missing VARS part of the image",
                         index, type);
    }
    if (tdx_extends(p, s) && tdx_has_type(p->makes_up, s->type)) {
        return error_set(error, MRTD_ERR_VMM_CONTENT, offset + TDVF_ATTRIBUTES,
                         "section %" PRIu32 " (%s): it is measured, and %s "
                         "makes up its content at launch; the MRTD cannot be "
                         "predicted",
                         index, type, plan->info.vmm->name);
    }
    if (tdx_extends(p, s) && p->follows_file && s->data_size > 0 &&
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

/* Makes the runs of one region, at most two. */
static enum mrtd_code add_region(struct mrtd_plan *plan,
                                 const struct tdx_launch_rules *rules,
                                 uint32_t index, struct mrtd_error *error)
{
    const struct mrtd_region *region = &plan->image->regions[index];
    struct mrtd_run run = {
        .region = index, .gpa = region->gpa, .size = region->size};
    enum mrtd_code code = MRTD_OK;
    if (tdx_adds(rules, region)) {
        run.ops |= MRTD_OP_TDX_ADD;
    }
    if (tdx_extends(rules, region)) {
        run.ops |= MRTD_OP_TDX_EXTEND;
    }
    if (!run.ops) {
        return MRTD_OK;
    }
    set_content(plan, rules, region, &run);
    if (run.ops == (MRTD_OP_TDX_ADD | MRTD_OP_TDX_EXTEND) && rules->two_pass) {
        struct mrtd_run first = run;
        first.ops = MRTD_OP_TDX_ADD;
        run.ops = MRTD_OP_TDX_EXTEND;
        code = plan_add_run(plan, &first, error);
    }
    return code ? code : plan_add_run(plan, &run, error);
}

/* The names of TDX's VMMs with launch rules of their own that launch the
 * image's format, or that do not, joined by "and". */
static void name_vmms(char *text, size_t size, const struct mrtd_image *image,
                      bool launching)
{
    const struct mrtd_vmm *vmm;
    size_t used = 0;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)) && used < size; i++) {
        if (vmm->platform == MRTD_PLATFORM_TDX && vmm->launches_as == vmm &&
            tdx_launches(vmm, image) == launching) {
            used += (size_t)snprintf(text + used, size - used, "%s%s",
                                     used ? " and " : "", vmm->name);
        }
    }
}

/* Is the image of a format that the VMM launches? */
static enum mrtd_code check_format(const struct mrtd_plan *plan,
                                   struct mrtd_error *error)
{
    const bool is_igvm = plan->image->igvm != NULL;
    char names[160] = "";
    if (tdx_launches(plan->info.vmm, plan->image) &&
        !(is_igvm && plan->info.deviations)) {
        return MRTD_OK;
    }
    /* Few launch IGVM files, and most launch TDVF images. */
    name_vmms(names, sizeof names, plan->image, is_igvm);
    return error_set(error, MRTD_ERR_VMM_FORMAT, MRTD_NO_OFFSET,
                     "VMM %s%s does not launch %s; for it there are %s%s%s",
                     plan->info.vmm->name,
                     plan->info.deviations ? " with deviations" : "",
                     is_igvm ? "an IGVM file" : "a TDVF image",
                     is_igvm ? "" : mrtd_vmm_default(MRTD_PLATFORM_TDX)->name,
                     is_igvm ? "" : " and others, but for ", names);
}

enum mrtd_code tdx_build(struct mrtd_plan *plan, struct mrtd_error *error)
{
    const struct mrtd_image *image = plan->image;
    const struct tdx_launch_rules rules = tdx_rules(plan);
    bool payload_used = false;
    enum mrtd_code code =
        image->igvm ? tdx_igvm_check(image, &plan->findings, error) : MRTD_OK;
    if (!code) {
        code = check_format(plan, error);
    }
    for (uint32_t i = 0; !code && i < image->info.region_count; i++) {
        code = check_content(plan, &rules, i, error);
        if (!code) {
            code = add_region(plan, &rules, i, error);
        }
        payload_used |= rules.loads_payload &&
                        image->regions[i].type == MRTD_SECTION_PAYLOAD;
    }
    if (!code && plan->payload.size > 0 && !payload_used) {
        return error_set(error, MRTD_ERR_PAYLOAD_UNUSED, MRTD_NO_OFFSET,
                         "a payload is given, but %s",
                         rules.loads_payload
                             ? "the image has no Payload section"
                             : "this VMM takes it from the image");
    }
    return code;
}

bool tdx_count(struct mrtd_plan_info *info, const struct mrtd_run *run)
{
    uint64_t pages = run->size / MRTD_PAGE_SIZE;
    uint64_t bytes = 0;
    return (!(run->ops & MRTD_OP_TDX_ADD) ||
            (checked_add(info->added_pages, pages, &info->added_pages) &&
             checked_mul(pages, TDX_ADD_BYTES, &bytes) &&
             checked_add(info->hashed_bytes, bytes, &info->hashed_bytes))) &&
           (!(run->ops & MRTD_OP_TDX_EXTEND) ||
            (checked_add(info->extended_pages, pages, &info->extended_pages) &&
             checked_mul(pages, TDX_EXTEND_BYTES, &bytes) &&
             checked_add(info->hashed_bytes, bytes, &info->hashed_bytes)));
}
