/* SPDX-License-Identifier: Apache-2.0 */
/* The part of check's answer that is about SEV-SNP: which launch of a firmware
 * gives the digest that a report, or the user, says. */
#ifndef MODEL_SNP_ANSWER_H
#define MODEL_SNP_ANSWER_H

#include "model/against.h"
#include "model/evaluation.h"

/* Most digests of one input that are searched for. */
#define SNP_ANSWER_MAX 8

struct snp_answer {
    bool is_tried;
    struct evaluation e; /* has an image where it is tried, but no plan */
    struct launch_options options;
    /* The claim that a launch gives the digest of, or NULL, and its search; or
     * the last one that found none. */
    const struct claim *claim;
    struct mrtd_search_result result;
    uint64_t tried; /* launches compared, of all searches */
    /* A launch gives the digest, but not one that the options allow. */
    bool is_outside;
};

/* Is the claim a digest of SEV-SNP, or may it be one? */
bool snp_answer_is_of(const struct claim *claim);

/*
 * Searches for the input's digests. The files of *from are those of the
 * firmware; *answer must stay where it is from then on. bare_only: the input
 * says of none that it is of SEV-SNP, so that an image which is not made for
 * it, without an SEV-ES reset block, is no failure, and not tried.
 */
enum exit_status snp_answer_make(struct snp_answer *answer,
                                 const struct evaluation *from,
                                 const struct against *against, bool bare_only,
                                 struct failure *failure);
/* Allowed after a failure, too. */
void snp_answer_free(struct snp_answer *answer);

/* Does a launch that the options allow give the digest? */
bool snp_answer_is_match(const struct snp_answer *answer);

/* "qemu, 4 vCPUs, 0x800f12, features 0x1, without a kernel". */
#define SNP_ANSWER_NAME 160
const char *snp_answer_name(const struct snp_answer *answer,
                            char text[SNP_ANSWER_NAME]);

#endif
