/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch digest of SEV-SNP: a chain of PAGE_INFO structures, each with the
 * digest before it. Source: AMD, SEV Secure Nested Paging Firmware ABI
 * Specification, 56860, revision 1.58, 8.17.2 (table 69, PAGE_INFO).
 */
#ifndef MEASURE_SNP_CHAIN_H
#define MEASURE_SNP_CHAIN_H

#include "hash/sha384.h"
#include "mrtd.h"

/* The engines: for one message, and for several at once. */
struct snp_engines {
    const struct sha384_backend *one;
    const struct sha384_backend *many;
};

/* Those that are used here. */
struct snp_engines snp_engines_choose(void);

/* The digests of count pages: digests[i] is given that of pages[i]. */
void snp_hash_pages(const struct snp_engines *engines,
                    const uint8_t *const pages[], uint8_t *const digests[],
                    unsigned count);

/* PAGE_INFO, padded to whole blocks. */
#define SNP_PAGE_INFO_BLOCKS 2

/*
 * Writes the blocks of a page's PAGE_INFO after digest; contents is the page's
 * digest, or NULL for a type whose contents do not count.
 */
void snp_page_info(uint8_t blocks[SNP_PAGE_INFO_BLOCKS * SHA384_BLOCK],
                   const uint8_t digest[SHA384_SIZE],
                   const uint8_t contents[SHA384_SIZE], uint32_t page_type,
                   uint64_t gpa);

/* Adds a page to the digest. */
void snp_chain(uint8_t digest[SHA384_SIZE], const struct sha384_backend *one,
               const uint8_t contents[SHA384_SIZE], uint32_t page_type,
               uint64_t gpa);

/* Adds a page to each of count digests, whose contents are contents[i]; type
 * and GPA are the same for all. */
void snp_chain_many(const struct snp_engines *engines, uint8_t *const digests[],
                    const uint8_t *const contents[], unsigned count,
                    uint32_t page_type, uint64_t gpa);

#endif
