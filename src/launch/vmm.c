/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/vmm.h"

#include <string.h>

#include "launch/platform.h"
#include "launch/snp/rules.h"
#include "launch/tdx/vmm.h"

/* The first of a platform is its default. */
static const struct mrtd_vmm *const vmms[] = {
    &tdx_vmm_spec.public,
    &tdx_vmm_kvm_v19.public,
    &tdx_vmm_cloud_hypervisor.public,
    &tdx_vmm_qemu.public,
    &tdx_vmm_migtd_qemu.public,
    &tdx_vmm_td_shim_igvm.public,
    &tdx_vmm_gce.public,
    &tdx_vmm_td_shim.public,
    &snp_vmm_qemu.public,
    &snp_vmm_ec2.public,
    &snp_vmm_gce.public,
    &snp_vmm_spec.public,
    &snp_vmm_cloud_hypervisor_kvm.public,
    &snp_vmm_cloud_hypervisor_mshv.public,
    &snp_vmm_vanadium.public,
    &snp_vmm_igvmmeasure.public,
    &snp_vmm_igvmmeasure_native_zero.public,
    &sev_es_vmm_qemu.public,
    &sev_vmm_qemu.public,
};

#define VMM_COUNT (sizeof vmms / sizeof(void *))

const struct mrtd_vmm *mrtd_vmm_at(size_t index)
{
    return index < VMM_COUNT ? vmms[index] : NULL;
}

const struct mrtd_vmm *mrtd_vmm_default(enum mrtd_platform platform)
{
    for (size_t i = 0; i < VMM_COUNT; i++) {
        if (vmms[i]->platform == platform) {
            return vmms[i];
        }
    }
    return NULL;
}

const struct mrtd_vmm *mrtd_vmm_find(enum mrtd_platform platform,
                                     const char *name)
{
    for (size_t i = 0; name && i < VMM_COUNT; i++) {
        if (vmms[i]->platform == platform && strcmp(vmms[i]->name, name) == 0) {
            return vmms[i];
        }
    }
    return NULL;
}

const struct mrtd_vmm *vmm_known(const struct mrtd_vmm *vmm)
{
    for (size_t i = 0; i < VMM_COUNT; i++) {
        if (vmms[i] == vmm) {
            return vmm;
        }
    }
    return vmm ? NULL : mrtd_vmm_default(MRTD_PLATFORM_TDX);
}

int mrtd_vmm_launches(const struct mrtd_vmm *vmm,
                      const struct mrtd_image *image)
{
    const struct mrtd_vmm *known = vmm_known(vmm);
    return known && known->launches_as && image &&
           platform_of(known->platform)->launches(known, image);
}
