/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of VMMs. What a platform knows of its VMMs is in a structure of its
 * own that begins with the public one (launch/tdx/vmm.h). Once released, a
 * VMM's name and the rules of its launch never change: what it does differently
 * later is a new row.
 */
#ifndef LAUNCH_VMM_H
#define LAUNCH_VMM_H

#include "mrtd.h"

/* The VMM itself if it is one of mrtd_vmm_at(), or else NULL; NULL gives the
 * default of TDX. */
const struct mrtd_vmm *vmm_known(const struct mrtd_vmm *vmm);

#endif
