/* SPDX-License-Identifier: Apache-2.0 */
/* Is the evidence genuine that a firmware, an event log or initdata is compared
 * with, and as the user demands? */
#ifndef MODEL_AGAINST_EVIDENCE_H
#define MODEL_AGAINST_EVIDENCE_H

#include "model/against.h"
#include "model/evidence.h"

struct against_evidence {
    /* What became of each claim's evidence; NULL where it has none. What is
     * signed is of the same bytes in all of them, and is verified again only
     * with other certificates beside it. No claims at all: nothing was
     * verified. */
    struct evidence_answer **of_claims;
    size_t count;
    struct evidence_answer **made; /* each once, to be freed */
    size_t made_count;
    struct evidence_answer *alone; /* signed, without certificates beside it */
    /* The one that decides: all are of one guest. One that is forged decides
     * before all others, a genuine one before what cannot be verified. NULL:
     * the input has no evidence. */
    const struct evidence_answer *deciding;
};

/*
 * Verifies each piece of evidence, and holds the demands against the one that
 * decides. Refused where that cannot be verified in a way that is known, or not
 * at all and that was asked for, or where the input has no evidence that a
 * demand is of. What was made points into both, and is to be freed, also after
 * a failure.
 */
enum exit_status against_evidence_make(struct against_evidence *evidence,
                                       const struct against *against,
                                       const struct evidence_demands *demands,
                                       struct failure *failure);
void against_evidence_free(struct against_evidence *evidence);

/* What becomes of a comparison with evidence. */
enum against_verdict {
    AGAINST_MATCH,
    AGAINST_DIFFERS,
    /* Whether it is right or not: */
    AGAINST_FORGED,  /* the evidence is not genuine */
    AGAINST_EXPIRED, /* its certificates were not valid at the time */
    AGAINST_DENIED,  /* it is not what the user demands */
};

/* That of one in which all is right, or not. The evidence may be NULL, which
 * nobody verified. */
enum against_verdict
against_evidence_verdict(const struct against_evidence *evidence,
                         bool is_right);

#endif
