/* SPDX-License-Identifier: Apache-2.0 */
/* The VMMs that launch guests of SEV-SNP, SEV-ES and SEV, and how each does. */
#ifndef LAUNCH_SNP_RULES_H
#define LAUNCH_SNP_RULES_H

#include <stdbool.h>

#include "launch/plan.h"
#include "launch/snp/accept.h"
#include "launch/snp/vmsa.h"

/* What a VMM does with an IGVM file, where it differs from microsoft/igvm. */
struct snp_igvm_rules {
    bool zero_pages;   /* pages without data have the type ZERO, not NORMAL */
    bool takes_shared; /* shared pages are launched as private ones are */
    bool one_page;     /* of a parameter area the first page only */
    bool all_vmsas;    /* VMSAs of all platforms that have such */
    /* KVM makes a VMSA for each virtual CPU, at the end and at a GPA of its
     * own, from the registers that the VMM has set. */
    bool kvm;
    bool resets;        /* it sets registers of virtual CPUs without a VMSA */
    bool whole_context; /* it sets all registers that QEMU does */
    bool defers;        /* a run of pages comes after what is inserted next */
    bool sorts;         /* all in ascending GPA */
    bool needs_policy;
    /* Refuses files of which it is not known what the VMM does; or NULL. */
    enum mrtd_code (*check)(const struct mrtd_plan *plan,
                            struct mrtd_error *error);
};

struct snp_rules {
    bool flat;                         /* it launches flat images */
    const struct snp_igvm_rules *igvm; /* NULL: no IGVM files */
    const struct vmsa_rules *vmsa;     /* NULL: the platform measures none */
    /* With MRTD_DEVIATE_RDX_ZERO; NULL: the VMM has no such deviation. */
    const struct vmsa_rules *vmsa_rdx_zero;
    bool cpuid_last; /* CPUID pages after all other metadata */
    /* SNP_SEC_MEM is given to the guest unmeasured, not as zeros. */
    bool memory_unmeasured;
    bool svsm;   /* it can start an SVSM that is a file of its own */
    bool kernel; /* it can be given a kernel, whose hash it measures */
};

struct snp_vmm {
    struct mrtd_vmm public; /* first: a VMM is found by its address */
    struct snp_rules rules;
    /* What it makes of broken rules; NULL: that is not known, and
     * public.acceptance is NULL, too. */
    snp_answer_fn *answer;
    /* Holds an IGVM file, accept->image, against its rules; NULL: these are not
     * known. */
    enum mrtd_code (*accept_igvm)(struct mrtd_accept *accept,
                                  struct mrtd_error *error);
};

extern const struct snp_vmm snp_vmm_qemu;
extern const struct snp_vmm snp_vmm_spec;
extern const struct snp_vmm snp_vmm_cloud_hypervisor_kvm;
extern const struct snp_vmm snp_vmm_cloud_hypervisor_mshv;
extern const struct snp_vmm snp_vmm_vanadium;
extern const struct snp_vmm snp_vmm_igvmmeasure;
extern const struct snp_vmm snp_vmm_igvmmeasure_native_zero;
extern const struct snp_vmm snp_vmm_ec2;
extern const struct snp_vmm snp_vmm_gce;
extern const struct snp_vmm sev_es_vmm_qemu;
extern const struct snp_vmm sev_vmm_qemu;

extern const struct snp_igvm_rules snp_igvm_qemu;

/* The rules of a VMM of AMD's platforms, or of the plan's. */
const struct snp_rules *snp_rules_of_vmm(const struct mrtd_vmm *vmm);
const struct snp_rules *snp_rules_of(const struct mrtd_plan *plan);

/* The VMM, with its rules of acceptance. */
const struct snp_vmm *snp_vmm_of(const struct mrtd_vmm *vmm);

/* mrtd_vmm_launches() for a VMM of the table. */
bool snp_launches(const struct mrtd_vmm *vmm, const struct mrtd_image *image);

#endif
