/* SPDX-License-Identifier: Apache-2.0 */
/* Why a launch digest of SEV-SNP may differ. */
#ifndef MODEL_SNP_TRAPS_H
#define MODEL_SNP_TRAPS_H

#include "model/traps.h"

/* In order of likelihood, the first two those of a launch that was found, but
 * is not as asked for, or not as the input says; NULL after the last. For
 * answers for which SEV-SNP was tried.
 */
const struct trap *snp_trap_at(size_t index);

/* What is not in a launch digest, although it is often suspected. */
extern const char snp_trap_not_causes[];

#endif
