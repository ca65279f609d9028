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
