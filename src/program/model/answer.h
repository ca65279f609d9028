/* SPDX-License-Identifier: Apache-2.0 */
/* check's answer: whose value it is that a guest or a reference says. */
#ifndef MODEL_ANSWER_H
#define MODEL_ANSWER_H

#include "model/against_evidence.h"
#include "model/boot_answer.h"
#include "model/initdata.h"
#include "model/launches.h"
#include "model/snp_answer.h"

struct answer {
    struct evaluation e;           /* has the files, and what is of TDX */
    struct launch_options options; /* how the evaluation launches */
    enum mrtd_platform only;       /* the platform to try; 0: any */
    bool has_tdx; /* e has image and plan, and its launches were tried */
    /* Why one of TDX and SEV-SNP could not be tried, where the other was;
     * status EXIT_DONE: there is no such reason. */
    struct failure refused;
    struct snp_answer snp;
    int64_t time; /* time at which the input must be valid */
    const struct against *against;
    /* Whether what is in it is genuine; NULL: that was not asked. */
    const struct against_evidence *evidence;
    struct launches launches;
    char sha256[65]; /* SHA-256 of the firmware file */
    char sha384[97];
    char sha512[129]; /* SHA-512 of the firmware file; empty unless the input
                         has one */
    bool is_launched; /* the firmware fits, launched in some way */
    struct boot_answer boot; /* not asked where the firmware is not of TDX */
    /* The initdata of the guest beside what it reports; or NULL. */
    const struct initdata_answer *initdata;
};

/* Is the image the guest's, and so are its boot and its initdata, where they
 * were asked for? */
bool answer_is_right(const struct answer *answer);

enum against_verdict answer_verdict(const struct answer *answer);

/* Is there a reason to be looked for why it is not right? Whoever forged
 * evidence chose what it says. */
bool answer_asks_why(const struct answer *answer);

/* The evidence of a TD in the input, or NULL: there is none, or more than one.
 */
const struct mrtd_tdinfo *answer_tdinfo(const struct against *against);

/* Which platform's values the input may have: of that one only where *only is
 * not 0. Refused if it has none of it. */
enum exit_status answer_check_platform(const struct against *against,
                                       enum mrtd_platform only,
                                       struct failure *failure);
/* May a value of the input be an MRTD? Or of SEV-SNP? */
bool answer_asks_tdx(const struct against *against, enum mrtd_platform only);
bool answer_asks_snp(const struct against *against, enum mrtd_platform only);

/* Measures the firmware of answer->e, whose files are open, in all ways, and
 * compares it with answer->against; and what its kernel and command line make
 * of a TD's other registers, where they are given. */
enum exit_status answer_make(struct answer *answer, struct failure *failure);
/* Allowed after a failure, too. */
void answer_free(struct answer *answer);

/* The claim that the launch's MRTD equals, or NULL; only such that are valid
 * at the time of the answer. */
const struct claim *answer_claim(const struct answer *answer,
                                 const struct launch *launch);

/* A claim that equals an MRTD of this image, but is not valid at the time of
 * the answer, or NULL; *launch is whose MRTD it is. */
const struct claim *answer_out_of_time(const struct answer *answer,
                                       const struct launch **launch);

/* The launches that match, the plain VMMs only if one of them does. */
bool answer_is_match(const struct answer *answer, const struct launch *launch);

/*
 * Does the input give digests of files? Not with VARS, where they may be of
 * the file alone or of both. And is the firmware one of these files?
 */
bool answer_knows_file(const struct answer *answer);
bool answer_is_that_file(const struct answer *answer);

/* What the input says of the VMMs by which the MRTD that matches is launched.
 */
enum answer_label {
    ANSWER_NO_LABEL, /* it does not say, or there is no match */
    ANSWER_LABEL_RIGHT,
    ANSWER_LABEL_WRONG, /* *vmm is one that it names, and that was not found */
};
enum answer_label answer_label(const struct answer *answer,
                               const struct mrtd_vmm **vmm);

/* Is the firmware a split image's CODE, for which no VARS were given? Then the
 * answer is about CODE alone, where other commands refuse it. */
bool answer_is_code_only(const struct answer *answer);

/*
 * Calls each for every warning of the image, and of its plan: that which
 * explains the match, or else the specification's. They are what other commands
 * warn of, too.
 */
void answer_warnings(const struct answer *answer,
                     void (*each)(void *context,
                                  const struct mrtd_finding *finding),
                     void *context);

#endif
