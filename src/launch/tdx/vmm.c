/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/tdx/vmm.h"

const struct tdx_vmm *tdx_vmm_of(const struct mrtd_vmm *vmm)
{
    return (const struct tdx_vmm *)vmm;
}

const struct tdx_launch_rules *tdx_vmm_launch(const struct tdx_vmm *vmm)
{
    const struct mrtd_vmm *as = vmm->public.launches_as;
    return as ? &tdx_vmm_of(as)->launch : NULL;
}

bool tdx_launches(const struct mrtd_vmm *vmm, const struct mrtd_image *image)
{
    const struct tdx_launch_rules *rules = tdx_vmm_launch(tdx_vmm_of(vmm));
    return image->igvm ? rules->igvm : rules->tdvf;
}

bool tdx_has_type(uint32_t types, uint32_t type)
{
    return type < 32 && types >> type & 1;
}

bool tdx_skips(const struct tdx_vmm *vmm, const struct mrtd_section *section)
{
    const struct tdx_launch_rules *rules = tdx_vmm_launch(vmm);
    return rules && tdx_has_type(rules->skips, section->type);
}

void tdx_deviate(struct tdx_launch_rules *rules, unsigned flags)
{
    rules->follows_file |= (flags & MRTD_DEVIATE_FOLLOWING_BYTES) != 0;
    rules->ignores_aug |= (flags & MRTD_DEVIATE_AUG_ADDED) != 0;
    rules->extends_all |= (flags & MRTD_DEVIATE_ALL_MEASURED) != 0;
    rules->two_pass |= (flags & MRTD_DEVIATE_TWO_PASS) != 0;
}
