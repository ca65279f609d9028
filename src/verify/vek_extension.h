/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERIFY_VEK_EXTENSION_H
#define VERIFY_VEK_EXTENSION_H

#include <stdbool.h>

#include "mrtd.h"
#include "verify/certificate.h"

/*
 * What AMD's extensions of a VCEK or VLEK say: fills *signer, whose family and
 * kind are set. NULL if all that it needs are there, and well formed; otherwise
 * the name of the one that is not.
 */
const char *vek_extensions_read(struct mrtd_snp_signer *signer,
                                const struct certificate *certificate);

#endif
