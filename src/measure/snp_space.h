/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launches that a search of SEV-SNP tries, as chains: pages before the
 * VMSAs, which a VMM gives the guest with or without the kernel's hashes, and
 * after them one page for each virtual CPU. All that such a page can be is
 * hashed once.
 */
#ifndef MEASURE_SNP_SPACE_H
#define MEASURE_SNP_SPACE_H

#include "launch/snp/vmsa.h"
#include "measure/snp_chain.h"

/* The pages before the VMSAs. */
struct snp_base {
    const struct mrtd_vmm *vmm;
    bool kernel; /* with the kernel's hashes */
    uint8_t digest[SHA384_SIZE];
};

/* What the VMSAs of a guest can be. */
struct snp_processor {
    struct vmsa vmsa;
    const struct mrtd_vmm *vmm;
    unsigned deviations;
    uint8_t first[SHA384_SIZE];  /* digest of the page of the first one */
    uint8_t others[SHA384_SIZE]; /* and of each other */
};

/* A launch: its digest with as many virtual CPUs as were added so far. */
struct snp_candidate {
    const struct snp_base *base;
    const struct snp_processor *processor;
    uint8_t digest[SHA384_SIZE];
};

struct snp_space {
    struct snp_base *bases;
    size_t base_count;
    struct snp_processor *processors;
    size_t processor_count;
    struct snp_candidate *candidates; /* complete when all others are */
    size_t candidate_count;
};

/* Add to a space that is zeros at first; on failure what there is may be freed.
 * Processors are those of a VMM, whose rules these are, with all signatures and
 * features of search. */
enum mrtd_code space_add_base(struct snp_space *space,
                              const struct snp_base *base,
                              struct mrtd_error *error);
enum mrtd_code space_add_processors(struct snp_space *space,
                                    const struct snp_processor *shape,
                                    const struct mrtd_search *search,
                                    struct mrtd_error *error);
enum mrtd_code space_add_candidates(struct snp_space *space,
                                    struct mrtd_error *error);
void space_free(struct snp_space *space);

/* Hashes the page of the first virtual CPU of each processor, or of the others,
 * which start at this address. */
enum mrtd_code space_hash_first(struct snp_space *space,
                                const struct snp_engines *engines,
                                struct mrtd_error *error);
enum mrtd_code space_hash_others(struct snp_space *space,
                                 const struct snp_engines *engines,
                                 uint32_t start, struct mrtd_error *error);

#endif
