/* SPDX-License-Identifier: Apache-2.0 */
#include "model/against_evidence.h"

#include <stdlib.h>

/* Which of two decides: the one of the higher number. */
static int weight(const struct evidence_answer *a)
{
    switch (a->verified.status) {
    case MRTD_VERIFY_FORGED:
        return 5;
    case MRTD_VERIFY_GOOD:
        return 4;
    case MRTD_VERIFY_EXPIRED:
        return 3;
    case MRTD_VERIFY_UNSUPPORTED:
        return 2;
    default:
        return 1;
    }
}

/* What is demanded of evidence, where there is none. */
static enum exit_status refuse_demands(const struct against *against,
                                       const struct evidence_demands *d,
                                       struct failure *failure)
{
    const char *demand = d->genuine    ? "--require genuine"
                         : d->data     ? "--report-data"
                         : d->tcb_text ? "--min-tcb"
                                       : NULL;
    return demand ? failure_refused(failure, against->name, "evidence-demand",
                                    "%s cannot be held against it: it is no "
                                    "evidence of a guest (%s); a quote or a "
                                    "report of SEV-SNP is",
                                    demand, against->claims.kind)
                  : EXIT_DONE;
}

/* Verifies the evidence of one claim. */
static enum exit_status verify(struct against_evidence *e, size_t index,
                               const struct against *against,
                               const struct evidence_demands *demands,
                               struct failure *failure)
{
    const struct claim *claim = &against->claims.items[index];
    const bool is_alone =
        claim_is_signed(claim) && claim->carried.certificate_count == 0;
    if (is_alone && e->alone) {
        e->of_claims[index] = e->alone;
        return EXIT_DONE;
    }
    struct evidence_answer *a = malloc(sizeof *a);
    if (!a) {
        return failure_memory(failure, against->name);
    }
    e->of_claims[index] = e->made[e->made_count++] = a;
    e->alone = is_alone ? a : e->alone;
    const enum exit_status status =
        evidence_answer_of(a, against->name, claim, demands, failure);
    if (!status && (!e->deciding || weight(a) > weight(e->deciding))) {
        e->deciding = a;
    }
    return status;
}

enum exit_status against_evidence_make(struct against_evidence *evidence,
                                       const struct against *against,
                                       const struct evidence_demands *demands,
                                       struct failure *failure)
{
    const struct claims *claims = &against->claims;
    struct against_evidence *e = evidence;
    enum exit_status status = EXIT_DONE;
    *e = (struct against_evidence){0};
    e->of_claims = calloc(claims->count, sizeof(struct evidence_answer *));
    e->made = calloc(claims->count, sizeof(struct evidence_answer *));
    if (!e->of_claims || !e->made) {
        return failure_memory(failure, against->name);
    }
    e->count = claims->count;
    for (size_t i = 0; !status && i < claims->count; i++) {
        if (claims->items[i].has_evidence) {
            status = verify(e, i, against, demands, failure);
        }
    }
    if (!status && !e->deciding) {
        status = refuse_demands(against, demands, failure);
    }
    if (!status && e->deciding && e->deciding->status == EXIT_REFUSED) {
        *failure = e->deciding->failure;
        failure->hint = demands->genuine || evidence_is_of_collateral(
                                                e->deciding->verified.reason)
                            ? ""
                            : "; --no-verify compares it all the same";
        status = EXIT_REFUSED;
    }
    return status;
}

void against_evidence_free(struct against_evidence *evidence)
{
    for (size_t i = 0; i < evidence->made_count; i++) {
        evidence_answer_free(evidence->made[i]);
        free(evidence->made[i]);
    }
    free(evidence->made);
    free(evidence->of_claims);
    *evidence = (struct against_evidence){0};
}

enum against_verdict
against_evidence_verdict(const struct against_evidence *evidence, bool is_right)
{
    const struct evidence_answer *e = evidence ? evidence->deciding : NULL;
    if (e && e->verified.status == MRTD_VERIFY_FORGED) {
        return AGAINST_FORGED;
    }
    if (e && e->verified.status == MRTD_VERIFY_EXPIRED) {
        return AGAINST_EXPIRED;
    }
    if (e && e->status) {
        return AGAINST_DENIED;
    }
    return is_right ? AGAINST_MATCH : AGAINST_DIFFERS;
}
