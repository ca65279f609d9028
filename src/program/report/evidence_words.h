/* SPDX-License-Identifier: Apache-2.0 */
/* What the bits of evidence are called; a bit_name_fn each: NULL is a bit
 * without a name. */
#ifndef REPORT_EVIDENCE_WORDS_H
#define REPORT_EVIDENCE_WORDS_H

/* ATTRIBUTES of a TD, e.g. "SEPT_VE_DISABLE". */
const char *evidence_attribute_name(unsigned bit);
/* XFAM, e.g. "AVX-512 (ZMM0-15)". */
const char *evidence_xfam_name(unsigned bit);
/* PLATFORM_INFO of SEV-SNP, e.g. "SMT_EN". */
const char *evidence_platform_name(unsigned bit);

#endif
