/* SPDX-License-Identifier: Apache-2.0 */
/* Where a report of SEV-SNP has what both reading and verifying it need. */
#ifndef EVIDENCE_SNP_LAYOUT_H
#define EVIDENCE_SNP_LAYOUT_H

enum {
    /* ATTESTATION_REPORT: AMD, 56860, revision 1.58, table 23. */
    SNP_KEY_INFO = 0x48, /* u32 */
    SNP_MEASUREMENT = 0x90,
    SNP_CHIP_ID = 0x1a0,
    SNP_CHIP_ID_SIZE = 64,
    SNP_TURIN_CHIP_ID_SIZE = 8, /* the rest is zero */
    SNP_SIGNATURE = 0x2a0,      /* all before it is signed */
    /* KEY_INFO: bits 2 to 4 are SIGNING_KEY; those above are reserved. */
    SNP_MASK_CHIP_KEY = 1U << 1,
    SNP_SIGNING_KEY_SHIFT = 2,
    SNP_SIGNING_KEY_MASK = 7,
    SNP_KEY_INFO_BITS = 5,
    SNP_SIGNED_BY_VCEK = 0,
    SNP_SIGNED_BY_VLEK = 1,
    SNP_SIGNED_BY_NOBODY = 7,
};

#endif
