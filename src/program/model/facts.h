/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one firmware, measured for one VMM: what show prints, also
 * as JSON, and what diff compares, of an image and of such a JSON alike.
 */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include "model/evaluation.h"
#include "model/regions.h"

/*
 * What is computed of a section; the rest is its region. An IGVM file may have
 * a million: no more than this is kept of each.
 */
struct section_facts {
    uint64_t added_pages;
    uint64_t extended_pages;
    uint8_t running[MRTD_DIGEST_SIZE]; /* SHA-384 up to its end */
    uint8_t page_type; /* of SEV-SNP, enum mrtd_snp_page_type; otherwise 0 */
};

struct facts {
    enum mrtd_platform platform;
    char vmm[64];
    enum mrtd_locator locator;
    uint64_t size;
    uint64_t descriptor_offset;
    char sha256[65]; /* SHA-256 of the image, VARS included */
    char sha384[97]; /* SHA-384 of the image; empty where it was not saved */
    char mrtd[MRTD_HEX_SIZE]; /* or the value of another platform's register */
    struct mrtd_value value;  /* the same; not of a saved one */
    uint32_t section_count;
    struct section_facts *sections;
    /* Of SEV-SNP: the number of runs of the plan, that of its VMSAs, the GPA of
     * the first, and the launch digest after each run that is of no section, as
     * VMSAs are. */
    uint32_t run_count;
    uint32_t vmsa_count;
    uint64_t vmsa_gpa;
    uint8_t (*outside)[MRTD_DIGEST_SIZE];
    uint32_t outside_count;
    struct regions regions;    /* of the image; none: they are in saved */
    struct mrtd_region *saved; /* what a JSON says of each section; or NULL */
};

/* Measures the image, which must outlive the facts; free the result with
 * facts_free(). On failure it holds nothing. */
enum exit_status facts_make(struct facts *facts, const struct evaluation *e,
                            struct failure *failure);
void facts_free(struct facts *facts);

/* The region of a section; of a saved one its place, data, type, attributes and
 * mask are known. */
const struct mrtd_region *facts_region(const struct facts *facts,
                                       uint32_t section);

/*
 * The launch digest of SEV-SNP after a run of the plan, none of whose sections
 * has two. The runs are asked for in their order; *outside is 0 before the
 * first of them, and otherwise as the last call has left it.
 */
const uint8_t *facts_after_run(const struct facts *facts,
                               const struct mrtd_run *run, uint32_t *outside);

/* Bytes of the stream that are of the section. */
uint64_t facts_hashed_bytes(const struct section_facts *section);

/* SHA-384 of the stream after the section, in hexadecimal. */
const char *facts_running(char hex[MRTD_HEX_SIZE],
                          const struct section_facts *section);

#endif
