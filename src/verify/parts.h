/* SPDX-License-Identifier: Apache-2.0 */
/* The platforms, each in a file of its own; without libcrypto there are none.
 */
#ifndef VERIFY_PARTS_H
#define VERIFY_PARTS_H

#include <stdbool.h>

#include "verify/check.h"

/* A quote of TDX; a report of SEV-SNP. */
bool verify_tdx_quote(struct check *check);
bool verify_snp_report(struct check *check);

#endif
