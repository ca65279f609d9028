/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate revocation list (RFC 5280, 5), read as strictly as certificates
 * are: all spans are of the bytes that were received.
 */
#ifndef VERIFY_CRL_H
#define VERIFY_CRL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "mrtd.h"
#include "verify/certificate.h"

struct crl {
    struct span issuer;         /* a Name, with tag and length */
    struct certificate as_made; /* what is signed, and its signature */
    int64_t last_update;
    int64_t next_update;
    struct span entries; /* each a SEQUENCE */
    /* Why it does not say of all certificates of its issuer which are revoked,
     * as far as is understood here; NULL: it does. */
    const char *limit;
};

/* One CRL with a time of its next update, and nothing else; otherwise fails
 * with MRTD_ERR_COLLATERAL_FORMAT. */
enum mrtd_code crl_load(struct crl *made, struct span bytes,
                        struct mrtd_error *error);

/* Is there an entry of that serial number, whatever it says? */
bool crl_lists(const struct crl *crl, struct span serial);

#endif
