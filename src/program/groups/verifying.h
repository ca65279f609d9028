/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options by which the evidence is verified that something is compared with:
 * all of evidence, its time, and --no-verify.
 */
#ifndef GROUPS_VERIFYING_H
#define GROUPS_VERIFYING_H

#include "groups/evidence_options.h"
#include "groups/expectation.h"
#include "model/against_evidence.h"

struct verifying {
    struct time_options when;
    struct evidence_options options;
    bool no_verify;

    /* Once it is verified. */
    struct evidence_demands demands;
    struct against_evidence made;
    const struct against_evidence *evidence; /* that, or NULL: --no-verify */
};

/* --no-verify, of a struct verifying; its other options are tables of their
 * own. */
extern const struct option_table verifying_options;

/* Says what is wrong with the options: also any of them where nothing is given
 * to --against. */
bool verifying_check(struct verifying *verifying, struct files *files,
                     const char *against);

/* Verifies what evidence there is in the input, unless that is not asked for,
 * at the time that was taken. What is wrong is said on stderr. What was made
 * points into both, and is to be freed, also after a failure. */
enum exit_status verifying_make(struct verifying *verifying,
                                const struct against *against);
void verifying_free(struct verifying *verifying);

#endif
