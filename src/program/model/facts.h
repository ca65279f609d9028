/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one firmware, measured for one VMM: what show prints, also
 * as JSON, and what diff compares, of an image and of such a JSON alike.
 */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include "model/evaluation.h"

/* An IGVM file may have a million: no more than this is kept of each. */
struct section_facts {
    const char *name; /* mrtd_region_name() */
    uint32_t type;
    uint32_t attributes;
    uint32_t mask; /* CompatibilityMask; 0 in a TDVF image */
    uint64_t data_offset;
    uint64_t raw_data_size;
    uint64_t memory_address;
    uint64_t memory_data_size;
    uint64_t added_pages;
    uint64_t extended_pages;
    uint8_t running[MRTD_DIGEST_SIZE]; /* SHA-384 up to its end */
};

struct facts {
    char vmm[64];
    enum mrtd_locator locator;
    uint64_t size;
    uint64_t descriptor_offset;
    char sha256[65]; /* SHA-256 of the image, VARS included */
    char sha384[97]; /* SHA-384 of the image; empty where it was not saved */
    char mrtd[MRTD_HEX_SIZE];
    uint32_t section_count;
    struct section_facts *sections;
};

/* Measures the image; free the result with facts_free(). On failure it holds
 * nothing. */
enum exit_status facts_make(struct facts *facts, const struct evaluation *e,
                            struct failure *failure);
void facts_free(struct facts *facts);

/* Bytes of the stream that are of the section. */
uint64_t facts_hashed_bytes(const struct section_facts *section);

/* SHA-384 of the stream after the section, in hexadecimal. */
const char *facts_running(char hex[MRTD_HEX_SIZE],
                          const struct section_facts *section);

#endif
