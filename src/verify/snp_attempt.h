/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate that may be of the key which signed a report of SEV-SNP. */
#ifndef VERIFY_SNP_ATTEMPT_H
#define VERIFY_SNP_ATTEMPT_H

#include "verify/parts.h"

struct signed_report {
    struct span bytes;
    const struct mrtd_snp_report *fields;
    struct span signature;
    bool vlek; /* which of the two has signed */
};

/* What all attempts with one report have found out. */
struct attempts {
    bool found;          /* there is a VEK */
    unsigned best_steps; /* how far the best got */
    /* For each certificate that was given: has it been seen whether it is
     * signed by the root, and what was the answer? */
    bool is_seen[MRTD_VERIFY_MAX_CERTIFICATES];
    enum crypto_answer answers[MRTD_VERIFY_MAX_CERTIFICATES];
};

/* How far a VEK got; the more, the better it fits. */
struct attempt {
    struct check *check;
    struct attempts *all;
    const struct signed_report *report;
    const struct certificate *vek;
    struct mrtd_snp_signer signer;
    unsigned steps;
};

/* "VCEK" or "VLEK". */
const char *snp_key_name(bool vlek);

/* Is the VEK signed by an authority that leads to the root? */
bool snp_chain_check(struct attempt *a);

#endif
