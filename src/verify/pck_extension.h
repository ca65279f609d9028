/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERIFY_PCK_EXTENSION_H
#define VERIFY_PCK_EXTENSION_H

#include <stdbool.h>

#include "mrtd.h"
#include "verify/certificate.h"

/* What Intel's extension of a PCK certificate says; of *signer it fills what is
 * in it. False if there is none, or it is malformed. */
bool pck_extension_read(struct mrtd_tdx_signer *signer,
                        const struct certificate *certificate);

#endif
