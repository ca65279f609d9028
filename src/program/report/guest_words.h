/* SPDX-License-Identifier: Apache-2.0 */
/* What reports call things of SEV-SNP, SEV-ES and SEV. */
#ifndef REPORT_GUEST_WORDS_H
#define REPORT_GUEST_WORDS_H

#include <jansson.h>

#include "model/evaluation.h"
#include "model/regions.h"
#include "report/words.h"

/* Large enough for each text made here. */
#define GUEST_WORD_SIZE 640

/* "NORMAL": PAGE_TYPE of SNP_LAUNCH_UPDATE; of SEV and SEV-ES "-". */
const char *guest_page_type(const struct mrtd_run *run);

/* What a section is called; "unknown" where its type has no name. */
const char *guest_section(const struct mrtd_region *region);

/* Bits of POLICY: below 16 are the numbers of the ABI's version, and bit 17 is
 * 1 in each. */
#define GUEST_POLICY_BITS UINT64_C(0xfffffffffffd0000)

/* The name of a bit, or NULL. */
typedef const char *bit_name_fn(unsigned bit);
/* The list of the names. */
json_t *guest_json_bits(uint64_t bits, bit_name_fn *name_of);

/* These print into text and return it. */

/* "SNPActive, DebugSwap"; a bit without a name is "bit 40", none "none". */
const char *guest_bits(char text[GUEST_WORD_SIZE], uint64_t bits,
                       bit_name_fn *name_of);
/* The same of SEV_FEATURES. */
const char *guest_features(char text[GUEST_WORD_SIZE], uint64_t features);
/* The same of a POLICY's bits. */
const char *guest_policy(char text[GUEST_WORD_SIZE], uint64_t policy);
/* What a run is of: "1 SNP_SEC_MEM", "VMSA 0", "kernel's hashes". vcpu is the
 * number of the first virtual CPU, of count, where it is a VMSA. */
const char *guest_subject(char text[GUEST_WORD_SIZE],
                          const struct regions *regions,
                          const struct mrtd_run *run, uint32_t vcpu,
                          uint32_t count);

/* Where it is in memory; "-" where that does not matter. */
const char *guest_range(char text[WORD_SIZE], const struct mrtd_run *run);
/* How many pages are in so many of such runs; "-" where bytes are hashed. */
const char *guest_pages(char text[WORD_SIZE], const struct mrtd_run *run,
                        uint32_t count);

/* Where the bytes of a run are: "image", "zeros", "svsm", "vmsa", "hashes". */
const char *guest_content(const struct mrtd_run *run);

#endif
