/* SPDX-License-Identifier: Apache-2.0 */
/* What AMD's profile of CoRIM calls the launch digest of SEV-SNP, and whose it
 * is: draft-deeglaze-amd-sev-snp-corim-profile. */
#ifndef REFERENCE_CORIM_SNP_H
#define REFERENCE_CORIM_SNP_H

#include "reference/claims_cbor.h"

enum {
    CORIM_SNP_TAG_URI = 32,
    CORIM_SNP_TAG_OID = 111,
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

/* --- claims_corim_snp.c: for the reader of CoRIMs ------------------------ */

/* AMD's profile, or none. */
bool corim_snp_is_profile(cbor_item_t *profile);

/* Takes the digests of a reference triple, or skips it with a note. */
bool corim_snp_take(const struct table_reader *r, const char *where,
                    cbor_item_t *environment, cbor_item_t *measurements,
                    const struct cbor_label *label);

/* cbor_read_label() for an identifier that ends with a launch. */
bool corim_snp_read_label(const struct table_reader *r, cbor_item_t *id,
                          struct cbor_label *label);

#endif
