/* SPDX-License-Identifier: Apache-2.0 */
/* The VMMs that launch guests of SEV-SNP, SEV-ES and SEV, and how each does. */
#ifndef LAUNCH_SNP_RULES_H
#define LAUNCH_SNP_RULES_H

#include <stdbool.h>

#include "launch/plan.h"
#include "launch/snp/vmsa.h"

struct snp_rules {
    /* Which files it launches. */
    bool flat;
    bool igvm;
    const struct vmsa_rules *vmsa; /* NULL: the platform measures none */
    /* With MRTD_DEVIATE_RDX_ZERO; NULL: the VMM has no such deviation. */
    const struct vmsa_rules *vmsa_rdx_zero;
    bool cpuid_last; /* CPUID pages after all other metadata */
    /* SNP_SEC_MEM is given to the guest unmeasured, not as zeros. */
    bool memory_unmeasured;
    bool svsm; /* it can start an SVSM that is a file of its own */
};

struct snp_vmm {
    struct mrtd_vmm public; /* first: a VMM is found by its address */
    struct snp_rules rules;
};

extern const struct snp_vmm snp_vmm_qemu;
extern const struct snp_vmm snp_vmm_ec2;
extern const struct snp_vmm snp_vmm_gce;
extern const struct snp_vmm sev_es_vmm_qemu;
extern const struct snp_vmm sev_vmm_qemu;

/* The rules of the plan's VMM. */
const struct snp_rules *snp_rules_of(const struct mrtd_plan *plan);

/* mrtd_vmm_launches() for a VMM of the table. */
bool snp_launches(const struct mrtd_vmm *vmm, const struct mrtd_image *image);

#endif
