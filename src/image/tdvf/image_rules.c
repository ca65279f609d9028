/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the sections taken together. Their violation is only a warning. */
#include "base/error.h"
#include "image/tdvf/rules.h"

#define SECTION_RULES "TD-Shim spec 0.7, rules for the TDVF_SECTION"

uint32_t image_count_type(const struct mrtd_image *image, uint32_t type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        count += image->sections[i].type == type;
    }
    return count;
}

static bool broken(struct mrtd_error *what, const char *message)
{
    error_set(what, what->code, MRTD_NO_OFFSET, "%s", message);
    return true;
}

static bool no_bfv(const struct mrtd_image *image, struct mrtd_error *what)
{
    return image_count_type(image, MRTD_SECTION_BFV) == 0 &&
           broken(what, "there is no BFV: no boot code is measured");
}

static bool reset_vector(const struct mrtd_image *image,
                         struct mrtd_error *what)
{
    if (image_count_type(image, MRTD_SECTION_BFV) == 0) {
        return false;
    }
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        const struct mrtd_section *s = &image->sections[i];
        uint64_t last = 0;
        if (s->type == MRTD_SECTION_BFV && section_last_gpa(s, &last) &&
            s->memory_address <= RESET_VECTOR && last >= UINT32_MAX) {
            return false;
        }
    }
    return broken(what, "no BFV covers the reset vector at GPA 0xfffffff0");
}

static bool no_hob(const struct mrtd_image *image, struct mrtd_error *what)
{
    return image_count_type(image, MRTD_SECTION_TD_HOB) == 0 &&
           image_count_type(image, MRTD_SECTION_PERM_MEM) == 0 &&
           broken(what, "there is neither a TD_HOB nor a PermMem section");
}

static bool param_alone(const struct mrtd_image *image, struct mrtd_error *what)
{
    return image_count_type(image, MRTD_SECTION_PAYLOAD_PARAM) > 0 &&
           image_count_type(image, MRTD_SECTION_PAYLOAD) == 0 &&
           broken(what, "there is a PayloadParam section without a Payload");
}

const struct image_rule image_rules[] = {
    {MRTD_WARN_NO_BFV, SECTION_RULES, no_bfv},
    {MRTD_WARN_RESET_VECTOR, SECTION_RULES, reset_vector},
    {MRTD_WARN_NO_HOB, SECTION_RULES, no_hob},
    {MRTD_WARN_PARAM_ALONE, SECTION_RULES, param_alone},
};
const size_t image_rule_count = sizeof image_rules / sizeof *image_rules;
