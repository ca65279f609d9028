/* SPDX-License-Identifier: Apache-2.0 */
/* Known ways to depart from a VMM's launch rules. */
#include "mrtd.h"

static const struct mrtd_deviation deviations[] = {
    {MRTD_DEVIATE_FOLLOWING_BYTES, MRTD_PLATFORM_TDX, "following-bytes",
     "QEMU, td-shim's calculator before 2025-03-24, dstack-mr and others",
     "QEMU target/i386/kvm/tdx.c, tdx_finalize_vm; td-shim c9af3c3"},
    {MRTD_DEVIATE_AUG_ADDED, MRTD_PLATFORM_TDX, "aug-added",
     "Edgeless contrast's and cvmbuild's calculators, QEMU before its check of "
     "section types",
     "contrast tools/tdx-measure; QEMU target/i386/kvm/tdx.c"},
    {MRTD_DEVIATE_ALL_MEASURED, MRTD_PLATFORM_TDX, "all-measured",
     "Google Compute Engine's launches before its TD HOB fix, with a TD HOB of "
     "zeros here",
     "gce-tcb-verifier 74582c0, tdx/measurement.go; edk2 issue 9545"},
    {MRTD_DEVIATE_TWO_PASS, MRTD_PLATFORM_TDX, "two-pass",
     "any VMM on a host whose KVM has the TDX patches v19 (kvm-v19)",
     "Linux KVM TDX patches v19 (2024-02-26), 075/130"},
    {MRTD_DEVIATE_RDX_ZERO, MRTD_PLATFORM_SNP, "rdx-zero",
     "EC2 as sev-snp-measure before 0.0.13 and virtee/sev have it",
     "virtee/sev src/measurement/vmsa.rs; sev-snp-measure 0.0.12, vmsa.py"},
};

const struct mrtd_deviation *mrtd_deviation_at(size_t index)
{
    return index < sizeof deviations / sizeof *deviations ? &deviations[index]
                                                          : NULL;
}
