/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/rules.h"

const struct snp_vmm snp_vmm_qemu = {
    .public =
        {
            .name = "qemu",
            .platform = MRTD_PLATFORM_SNP,
            .software = "QEMU >= 9.1 with Linux's KVM >= 6.11",
            .rule = "the firmware, the sections of the SEV metadata in their "
                    "order, and a VMSA for each virtual CPU",
            .source = "QEMU target/i386/sev.c, hw/i386/pc_sysfw_ovmf.c; Linux "
                      "arch/x86/kvm/svm/sev.c; sev-snp-measure 0.0.13",
            .acceptance = "QEMU >= 9.1, target/i386/sev.c, hw/i386/pc_sysfw.c, "
                          "hw/i386/pc_sysfw_ovmf.c, hw/i386/x86-common.c, "
                          "hw/i386/pc_q35.c; of IGVM files QEMU >= 10.1, "
                          "backends/igvm.c",
            .launches_as = &snp_vmm_qemu.public,
            .igvm_software =
                "IGVM files: QEMU >= 10.1, as read in its source "
                "(backends/igvm.c); no launch has confirmed it: what a "
                "parameter area is put after may come before it",
            .takes_signature = 1,
        },
    .rules = {.flat = true,
              .igvm = &snp_igvm_qemu,
              .vmsa = &vmsa_qemu,
              .svsm = true,
              .kernel = true},
    .answer = snp_qemu_answer,
    .accept_igvm = snp_qemu_accept_igvm,
};

const struct snp_vmm snp_vmm_ec2 = {
    .public =
        {
            .name = "ec2",
            .platform = MRTD_PLATFORM_SNP,
            .software = "Amazon EC2",
            .rule = "as qemu, but CPUID pages after all other sections, and "
                    "EC2's registers in the VMSAs",
            .source = "sev-snp-measure 0.0.13, guest.py, vmsa.py; aws/uefi "
                      "issue 19",
            .launches_as = &snp_vmm_ec2.public,
        },
    .rules = {.flat = true,
              .vmsa = &vmsa_ec2,
              .vmsa_rdx_zero = &vmsa_ec2_old,
              .cpuid_last = true},
};

const struct snp_vmm snp_vmm_gce = {
    .public =
        {
            .name = "gce",
            .platform = MRTD_PLATFORM_SNP,
            .software = "Google Compute Engine",
            .rule = "as qemu, but SNP_SEC_MEM unmeasured, and GCE's registers "
                    "in the VMSAs",
            .source = "google/gce-tcb-verifier sev; sev-snp-measure 0.0.13, "
                      "guest.py, vmsa.py",
            .acceptance = "google/gce-tcb-verifier 74582c0, "
                          "ovmf/fw_guid_table_ops.go, ovmf/sev_data.go, "
                          "sev/ld_from_ovmf.go, sev/measurement.go",
            .launches_as = &snp_vmm_gce.public,
        },
    .rules = {.flat = true, .vmsa = &vmsa_gce, .memory_unmeasured = true},
    .answer = snp_gce_answer,
};

const struct snp_vmm sev_es_vmm_qemu = {
    .public =
        {
            .name = "qemu",
            .platform = MRTD_PLATFORM_SEV_ES,
            .software = "QEMU with Linux's KVM",
            .rule = "the firmware, the table of the kernel's hashes, and a "
                    "VMSA for each virtual CPU",
            .source = "QEMU target/i386/sev.c; sev-snp-measure 0.0.13",
            .launches_as = &sev_es_vmm_qemu.public,
            .takes_signature = 1,
        },
    .rules = {.flat = true, .vmsa = &vmsa_qemu, .kernel = true},
};

const struct snp_vmm sev_vmm_qemu = {
    .public =
        {
            .name = "qemu",
            .platform = MRTD_PLATFORM_SEV,
            .software = "QEMU with Linux's KVM",
            .rule = "the firmware, and the table of the kernel's hashes",
            .source = "QEMU target/i386/sev.c; sev-snp-measure 0.0.13",
            .launches_as = &sev_vmm_qemu.public,
        },
    .rules = {.flat = true, .kernel = true},
};

const struct snp_rules *snp_rules_of_vmm(const struct mrtd_vmm *vmm)
{
    return &((const struct snp_vmm *)vmm)->rules;
}

const struct snp_rules *snp_rules_of(const struct mrtd_plan *plan)
{
    return snp_rules_of_vmm(plan->info.vmm);
}

const struct snp_vmm *snp_vmm_of(const struct mrtd_vmm *vmm)
{
    return (const struct snp_vmm *)vmm;
}

bool snp_launches(const struct mrtd_vmm *vmm, const struct mrtd_image *image)
{
    return image->igvm ? snp_rules_of_vmm(vmm)->igvm != NULL
                       : snp_rules_of_vmm(vmm)->flat;
}
