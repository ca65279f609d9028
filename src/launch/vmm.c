/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/vmm.h"

#include <string.h>

/* The first is the default. */
static const struct vmm *const vmms[] = {
    &vmm_spec, &vmm_kvm_v19,    &vmm_cloud_hypervisor,
    &vmm_qemu, &vmm_migtd_qemu, &vmm_td_shim_igvm,
    &vmm_gce,  &vmm_td_shim,
};

#define VMM_COUNT (sizeof vmms / sizeof(void *))

const struct mrtd_vmm *mrtd_vmm_at(size_t index)
{
    return index < VMM_COUNT ? &vmms[index]->public : NULL;
}

const struct mrtd_vmm *mrtd_vmm_find(const char *name)
{
    for (size_t i = 0; name && i < VMM_COUNT; i++) {
        if (strcmp(vmms[i]->public.name, name) == 0) {
            return &vmms[i]->public;
        }
    }
    return NULL;
}

const struct vmm *vmm_row(const struct mrtd_vmm *public)
{
    for (size_t i = 0; i < VMM_COUNT; i++) {
        if (&vmms[i]->public == public) {
            return vmms[i];
        }
    }
    return public ? NULL : vmms[0];
}

const struct launch_rules *vmm_launch(const struct vmm *vmm)
{
    const struct mrtd_vmm *as = vmm->public.launches_as;
    return as ? &vmm_row(as)->launch : NULL;
}

int mrtd_vmm_launches(const struct mrtd_vmm *vmm,
                      const struct mrtd_image *image)
{
    const struct vmm *row = vmm_row(vmm);
    const struct launch_rules *rules = row ? vmm_launch(row) : NULL;
    return rules && image && (image->igvm ? rules->igvm : rules->tdvf);
}

bool vmm_has_type(uint32_t types, uint32_t type)
{
    return type < 32 && types >> type & 1;
}

bool vmm_skips(const struct vmm *vmm, const struct mrtd_section *section)
{
    const struct launch_rules *rules = vmm_launch(vmm);
    return rules && vmm_has_type(rules->skips, section->type);
}
