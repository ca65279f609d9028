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

/* igvm_vmsa.c: adds the VMSAs that KVM makes, a run each. */
enum mrtd_code snp_igvm_add_kvm_vmsas(struct mrtd_plan *plan,
                                      struct mrtd_error *error);

#endif
