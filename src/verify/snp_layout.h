/* SPDX-License-Identifier: Apache-2.0 */
/* Where a report of SEV-SNP has what only verifying it needs. */
#ifndef VERIFY_SNP_LAYOUT_H
#define VERIFY_SNP_LAYOUT_H

enum {
    /* ATTESTATION_REPORT: AMD, 56860, revision 1.58, table 23. */
    SNP_MEASUREMENT = 0x90,
    SNP_CHIP_ID = 0x1a0,
    SNP_CHIP_ID_SIZE = 64,
    SNP_TURIN_CHIP_ID_SIZE = 8, /* the rest is zero */
    SNP_SIGNATURE = 0x2a0,      /* all before it is signed */
    /* KEY_INFO. */
    SNP_MASK_CHIP_KEY = 1U << 1,
    SNP_SIGNING_KEY_SHIFT = 2,
    SNP_SIGNING_KEY_MASK = 7,
    SNP_SIGNED_BY_VCEK = 0,
    SNP_SIGNED_BY_VLEK = 1,
    SNP_SIGNED_BY_NOBODY = 7,
};

#endif
