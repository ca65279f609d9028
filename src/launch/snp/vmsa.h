/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VMSA: the page with a virtual CPU's registers at launch, which SEV-ES and
 * SEV-SNP measure. Layout: AMD64 Architecture Programmer's Manual, volume 2,
 * revision 3.42, table B-4. What a VMM sets is known from the file that the
 * table of vmsa.c names.
 */
#ifndef LAUNCH_SNP_VMSA_H
#define LAUNCH_SNP_VMSA_H

#include <stdbool.h>
#include <stdint.h>

#include "mrtd.h"

/* The reset vector, where the first processor starts. */
#define VMSA_RESET_VECTOR UINT32_C(0xfffffff0)

/* Where KVM gives the firmware each VMSA: Linux, arch/x86/kvm/svm/sev.c,
 * INITIAL_VMSA_GPA. */
#define VMSA_KVM_GPA UINT64_C(0xfffffffff000)

/* The offset of SEV_FEATURES in a VMSA. */
#define VMSA_SEV_FEATURES 0x3b0

/* What differs between VMMs. */
struct vmsa_rules {
    uint16_t cs_attributes_reset; /* CS where it starts at the reset vector */
    uint16_t cs_attributes;       /* CS where it starts elsewhere */
    uint16_t ss_attributes;
    uint16_t tr_attributes;
    uint64_t g_pat;
    bool signature_in_rdx; /* RDX is the processor's signature, CPUID
                              Fn0000_0001_EAX; otherwise it is rdx */
    uint64_t rdx;
    uint32_t mxcsr;
    uint16_t x87_fcw;
    bool protected_mode; /* flat segments, and RIP as it is: COCONUT-SVSM */
};

/* One virtual CPU. */
struct vmsa {
    const struct vmsa_rules *rules;
    uint32_t start; /* linear address of its first instruction */
    uint32_t signature;
    uint64_t features; /* SEV_FEATURES */
};

void vmsa_make(const struct vmsa *vmsa, uint8_t page[MRTD_PAGE_SIZE]);

extern const struct vmsa_rules vmsa_qemu;
extern const struct vmsa_rules vmsa_svsm;
extern const struct vmsa_rules vmsa_ec2;
extern const struct vmsa_rules vmsa_ec2_old;
extern const struct vmsa_rules vmsa_gce;

#endif
