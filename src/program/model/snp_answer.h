/* SPDX-License-Identifier: Apache-2.0 */
/* The part of check's answer that is about SEV-SNP: which launch of a firmware
 * gives the digest that a report, or the user, says. */
#ifndef MODEL_SNP_ANSWER_H
#define MODEL_SNP_ANSWER_H

#include "model/against.h"
#include "model/evaluation.h"

/* Most digests of one input that are searched for. */
#define SNP_ANSWER_MAX 8

/* A launch that gives the digest. */
struct snp_found {
    struct mrtd_launch launch;
    uint32_t vmsas;    /* virtual CPUs whose VMSAs are launched */
    uint64_t features; /* SEV_FEATURES of the first; 0 where there is none */
};

/* Why a VMM does not launch the file. */
struct snp_refusal {
    const struct mrtd_vmm *vmm;
    struct mrtd_error error;
};

struct snp_answer {
    bool is_tried;
    /* Has an image where it is tried; and the plan of the launch that was
     * found, if that is of an IGVM file. */
    struct evaluation e;
    struct launch_options options;
    /* The claim that a launch gives the digest of, or NULL, and its search; or
     * the last one that found none. */
    const struct claim *claim;
    struct mrtd_search_result result;
    struct snp_found found; /* where there is a claim */
    uint64_t tried;         /* launches compared, of all searches */
    int64_t time;           /* at which the claim must be valid */
    /* A launch gives the digest, but not one that the options allow, or not as
     * the claim says. */
    bool is_outside;
    /* Of an IGVM file: others by which it has the same digest, as the options
     * allow; and the VMMs that refuse the file. */
    struct snp_found others[LAUNCH_MAX_VMMS];
    unsigned other_count;
    struct snp_refusal refusals[LAUNCH_MAX_VMMS];
    unsigned refusal_count;
};

/* Is the claim a digest of SEV-SNP, or may it be one? */
bool snp_answer_is_of(const struct claim *claim);

/*
 * Searches for the input's digests, which must be valid at answer->time. The
 * files of *from are those of the firmware; *answer must stay where it is from
 * then on. bare_only: the input says of none that it is of SEV-SNP, so that an
 * image which is not made for it, without an SEV-ES reset block, or for other
 * platforms as an IGVM file, is no failure, and not tried.
 */
enum exit_status snp_answer_make(struct snp_answer *answer,
                                 const struct evaluation *from,
                                 const struct against *against, bool bare_only,
                                 struct failure *failure);
/* Allowed after a failure, too. */
void snp_answer_free(struct snp_answer *answer);

/* Is what the claim says of itself true of the launch that was found: who
 * launches it, with what, and when it is valid? */
bool snp_answer_agrees(const struct snp_answer *answer,
                       const struct claim *claim,
                       const struct snp_found *found);

/* Does a launch that the options allow give the digest? */
bool snp_answer_is_match(const struct snp_answer *answer);

/* "qemu, 4 vCPUs, 0x800f12, features 0x1, without a kernel"; of an IGVM file
 * without what is not in its digest. */
#define SNP_ANSWER_NAME 160
const char *snp_answer_name(const struct snp_answer *answer,
                            char text[SNP_ANSWER_NAME]);

#endif
