/* SPDX-License-Identifier: Apache-2.0 */
/* The launch that the TD-Shim specification has, which is the default. */
#include "launch/tdx/vmm.h"

const struct tdx_vmm tdx_vmm_spec = {
    .public =
        {
            .name = "spec",
            .platform = MRTD_PLATFORM_TDX,
            .software = "the TD-Shim specification; Linux >= 6.16 with "
                        "QEMU >= 10.1",
            .rule = "page by page: ADD unless PAGE.AUG, then EXTEND if "
                    "MR.EXTEND",
            .source = "TD-Shim specification 0.7; Linux v6.16 "
                      "arch/x86/kvm/vmx/tdx.c, tdx_gmem_post_populate; "
                      "microsoft/igvm igvm/src/measurement/tdx.rs",
            .launches_as = &tdx_vmm_spec.public,
            .igvm_software = "IGVM files as Hyper-V launches them",
        },
    .launch = {.tdvf = true, .igvm = true},
    /* What mainline QEMU refuses is worth knowing of any image. */
    .noted = &tdx_vmm_qemu,
};
