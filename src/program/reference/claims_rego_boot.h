/* SPDX-License-Identifier: Apache-2.0 */
/* Registers in a policy in Rego. */
#ifndef REFERENCE_CLAIMS_REGO_BOOT_H
#define REFERENCE_CLAIMS_REGO_BOOT_H

#include "reference/claims_rego.h"

/* After the policy was judged: takes registers where it is wholly of the form
 * that this program writes; otherwise says which it has. */
bool rego_take_boot(struct rego *r);

#endif
