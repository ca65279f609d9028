/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that several VMMs share. */
#ifndef LAUNCH_TDX_RULES_H
#define LAUNCH_TDX_RULES_H

#include "launch/tdx/vmm.h"

/* Rule: types above last_type are refused. */
tdx_section_fn rule_type;
/* Rule: PAGE.AUG is ignored. */
tdx_section_fn rule_aug;
/* Rule: the metadata was found by the 32-bit offset. */
tdx_image_fn rule_locator;

/* Linux, arch/x86/kvm/vmx/tdx.c, tdx_vcpu_init_mem_region: no pages, and
 * GPAs that depend on GPAW. */
tdx_section_fn kvm_no_memory;
tdx_section_fn kvm_gpaw;

/* What follows for KVM from a broken rule of the image. */
bool kvm_answer(const struct tdx_vmm *vmm, const struct tdx_case *c,
                struct accept_answer *answer);

#endif
