/* SPDX-License-Identifier: Apache-2.0 */
/* How a guest of SEV-SNP is launched from an IGVM file. */
#ifndef LAUNCH_SNP_IGVM_H
#define LAUNCH_SNP_IGVM_H

#include "image/igvm/walk.h"
#include "launch/snp/rules.h"

/* Makes the runs of a plan whose VMM launches IGVM files. */
enum mrtd_code snp_igvm_build(struct mrtd_plan *plan, struct mrtd_error *error);

/* --- For the files of this room that are about IGVM files only --------- */

/* The CompatibilityMask of SEV-SNP. */
uint32_t snp_igvm_mask(const struct mrtd_plan *plan);

/* Refuses a VP_CONTEXT for the reason that the format makes. */
enum mrtd_code snp_igvm_refuse_context(const struct igvm_context *context,
                                       struct mrtd_error *error,
                                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* igvm_vmsa.c: what keeps KVM from making the VMSA that a VP_CONTEXT has. */
enum snp_igvm_fault_kind {
    SNP_IGVM_NO_FAULT,
    SNP_IGVM_FAULT_GPA,      /* it is not where KVM has it */
    SNP_IGVM_FAULT_REST,     /* a byte is set that is no register's */
    SNP_IGVM_FAULT_FEATURES, /* SEV_FEATURES is not that of SEV-SNP */
};

struct snp_igvm_fault {
    enum snp_igvm_fault_kind kind;
    unsigned byte; /* of SNP_IGVM_FAULT_REST: its offset */
};

/* Finds the first fault; fails where the VMSA cannot be read. */
enum mrtd_code snp_igvm_find_fault(const struct mrtd_image *image,
                                   const struct igvm_context *context,
                                   struct snp_igvm_fault *fault,
                                   struct mrtd_error *error);
/* Refuses the VP_CONTEXT for it; MRTD_OK: it has none. */
enum mrtd_code snp_igvm_refuse_fault(const struct igvm_context *context,
                                     const struct snp_igvm_fault *fault,
                                     struct mrtd_error *error);

/* The fewest virtual CPUs with which no VMSA of the file is left over; and has
 * the file one of the first? */
uint32_t snp_igvm_fewest_vcpus(const struct mrtd_image *image);
bool snp_igvm_has_first(const struct mrtd_image *image);

/* igvm_vmsa.c: adds the VMSAs that KVM makes, a run each. */
enum mrtd_code snp_igvm_add_kvm_vmsas(struct mrtd_plan *plan,
                                      struct mrtd_error *error);

#endif
