/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one firmware, launched on SEV-SNP, SEV-ES or SEV: what show
 * prints, also as JSON.
 */
#ifndef MODEL_GUEST_FACTS_H
#define MODEL_GUEST_FACTS_H

#include "model/evaluation.h"

/* SHA-256 in hexadecimal. */
#define GUEST_SHA256_SIZE 65

struct guest_facts {
    char sha256[GUEST_SHA256_SIZE]; /* of the image */
    char sha384[97];
    /* The hashes that the firmware is given of what it starts: of nothing where
     * there is no initrd, and of the command line with the zero that ends it.
     * All are empty where there is no kernel. */
    char kernel[GUEST_SHA256_SIZE];
    char initrd[GUEST_SHA256_SIZE];
    char append[GUEST_SHA256_SIZE];
    char svsm[GUEST_SHA256_SIZE]; /* of the SVSM's file; empty: there is none */
    struct mrtd_value value;
    uint64_t features; /* guest_first_features() */
    /* Of SEV-SNP the launch digest after each run of the plan; NULL for others,
     * which have one digest of all bytes. */
    uint8_t (*running)[MRTD_DIGEST_SIZE];
};

/* Measures the launch; free the result with guest_facts_free(). On failure it
 * holds nothing. */
enum exit_status guest_facts_make(struct guest_facts *facts,
                                  const struct evaluation *e,
                                  struct failure *failure);
void guest_facts_free(struct guest_facts *facts);

/* "NORMAL": what a PAGE_TYPE of SNP_LAUNCH_UPDATE is called; "-" of 0, where
 * pages have no types. */
const char *guest_page_name(unsigned page_type);

/* Is the run the VMSA of a virtual CPU? */
bool guest_is_vmsa(const struct mrtd_run *run);
/* Reads the VMSA of such a run. */
enum exit_status guest_read_vmsa(const struct evaluation *e,
                                 const struct mrtd_run *run,
                                 uint8_t page[MRTD_PAGE_SIZE],
                                 struct failure *failure);
/* SEV_FEATURES of the plan's first virtual CPU: of its VMSA, or where none is
 * launched those that the options have. */
enum exit_status guest_first_features(const struct evaluation *e,
                                      uint64_t *features,
                                      struct failure *failure);
/* Is it known where in the guest's memory it is? Of a VMSA of SEV-ES not. */
bool guest_has_gpa(const struct mrtd_run *run);

/*
 * How many runs, from the index-th on, give the guest the same page of the plan
 * again and again, as for virtual CPUs that start alike: 1 at least where there
 * is such a run.
 */
uint32_t guest_alike(const struct mrtd_plan *plan, uint32_t index);

/* Do the contents of the run's pages count, or only where they are, and as
 * what? */
bool guest_counts_contents(const struct mrtd_run *run);

/* Bytes that are hashed for the run, with those that SHA-384 pads. */
uint64_t guest_hashed_bytes(const struct mrtd_run *run);

#endif
