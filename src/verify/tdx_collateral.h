/* SPDX-License-Identifier: Apache-2.0 */
/* Intel's collateral beside a quote: its signatures, what it says of revoked
 * certificates, and how long. */
#ifndef VERIFY_TDX_COLLATERAL_H
#define VERIFY_TDX_COLLATERAL_H

#include <stdbool.h>

#include "verify/chain.h"

/* The chain is the quote's, and was verified; the check has collateral. */
bool tdx_collateral_check(struct check *check,
                          const struct certificate chain[CHAIN_COUNT]);

#endif
