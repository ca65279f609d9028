/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/tdx/rules.h"

#include "image/tdvf/metadata.h"

bool rule_type(const struct tdx_vmm *vmm, const struct subject *subject,
               struct mrtd_error *what)
{
    return subject->section->type > vmm->accept.last_type &&
           rule_broken(subject, TDVF_TYPE, what,
                       "%s loads types 0 to %u only, and refuses this image",
                       vmm->accept.who, (unsigned)vmm->accept.last_type);
}

bool rule_aug(const struct tdx_vmm *vmm, const struct subject *subject,
              struct mrtd_error *what)
{
    const struct mrtd_section *s = subject->section;
    return s->type <= vmm->accept.last_type && !tdx_skips(vmm, s) &&
           s->attributes & MRTD_ATTR_PAGE_AUG && s->memory_data_size > 0 &&
           tdx_has_type(vmm->accept.volumes, s->type) ==
               (s->raw_data_size != 0) &&
           rule_broken(subject, TDVF_ATTRIBUTES, what,
                       "%s does not look at PAGE.AUG and adds these pages; "
                       "its MRTD is not the specification's",
                       vmm->accept.who);
}

bool rule_locator(const struct tdx_vmm *vmm, const struct mrtd_image *image,
                  struct mrtd_error *what)
{
    return image->info.locator != MRTD_LOCATOR_GUID_TABLE &&
           tdx_image_broken(what,
                            "%s finds the metadata by the GUIDed table "
                            "only, and refuses this image",
                            vmm->accept.who);
}
