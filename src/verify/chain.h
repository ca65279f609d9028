/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of a quote: PCK certificate, PCK CA and root. */
#ifndef VERIFY_CHAIN_H
#define VERIFY_CHAIN_H

#include <stdbool.h>

#include "verify/check.h"

enum {
    CHAIN_LEAF,
    CHAIN_CA,
    CHAIN_ROOT,
    CHAIN_COUNT
};

/* Names, uses and signatures, and whether the root is the one that is trusted.
 */
bool chain_verify(struct check *check,
                  const struct certificate chain[CHAIN_COUNT]);

/* Has the certificate the key of the root that is trusted? */
bool chain_is_trusted(const struct check *check,
                      const struct certificate *root);

#endif
