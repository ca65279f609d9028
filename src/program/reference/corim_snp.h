/* SPDX-License-Identifier: Apache-2.0 */
/* What AMD's profile of CoRIM calls the launch digest of SEV-SNP, and whose it
 * is: draft-deeglaze-amd-sev-snp-corim-profile. */
#ifndef REFERENCE_CORIM_SNP_H
#define REFERENCE_CORIM_SNP_H

#include <stdbool.h>

#include "reference/claims.h"

enum {
    CORIM_SNP_TAG_URI = 32,
    CORIM_SNP_TAG_OID = 111,
    CORIM_SNP_TAG = 501,
    CORIM_SNP_TAG_COMID = 506,
    CORIM_SNP_MEASUREMENT = 641, /* mkey of MEASUREMENT */
    CORIM_SNP_OID_SIZE = 9,
};

/* In an identifier, before the launch that the digest is of. */
#define CORIM_SNP_MARK "/snp/"

/* 1.3.6.1.4.1.3704.3.1 and .2: chips whose reports are signed by a VCEK, or a
 * VLEK. */
extern const unsigned char corim_snp_vcek[CORIM_SNP_OID_SIZE];
extern const unsigned char corim_snp_vlek[CORIM_SNP_OID_SIZE];

/* As verifiers register it. */
extern const char corim_snp_profile[];

/* claims_corim_snp.c: CBOR with such a CoRIM, signed or not. */
bool claims_read_corim_snp(struct claims *claims, const unsigned char *data,
                           size_t size, const char *where,
                           struct failure *error);

#endif
