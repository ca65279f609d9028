/* SPDX-License-Identifier: Apache-2.0 */
/* A search for the launch of SEV-SNP that gives a digest. */
#ifndef MEASURE_SNP_SEARCH_H
#define MEASURE_SNP_SEARCH_H

#include "launch/snp/hash_table.h"
#include "measure/snp_space.h"

struct search {
    struct mrtd_search asked;
    const struct mrtd_image *image;
    const uint8_t *wanted;
    struct snp_engines engines;
    struct snp_space space;
    uint8_t kernel_hashes[HASH_TABLE_SIZE];
    struct mrtd_search_result result;
};

/* For an observer whose context is the search, while pages before the VMSAs
 * are hashed. */
int search_before_total(void *context, uint64_t hashed, uint64_t total);
/* Says how many launches are done; fails where it is to stop. */
enum mrtd_code search_say_progress(const struct search *s,
                                   struct mrtd_error *error);

/* snp_search_igvm.c: the search of an IGVM file. */
enum mrtd_code search_igvm(struct search *s, struct mrtd_error *error);

#endif
