/* SPDX-License-Identifier: Apache-2.0 */
/* What collateral says of a quote's TCB, and what follows of that. */
#include "model/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool evidence_is_quote(const struct mrtd_evidence *evidence)
{
    return evidence->kind == MRTD_EVIDENCE_QUOTE_V4 ||
           evidence->kind == MRTD_EVIDENCE_QUOTE_V5;
}

bool evidence_is_of_collateral(enum mrtd_verify_reason reason)
{
    return reason == MRTD_REASON_COLLATERAL_SIGNATURE ||
           reason == MRTD_REASON_COLLATERAL_MISMATCH ||
           reason == MRTD_REASON_TCB_UNSUPPORTED;
}

/* --- Advisories ----------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

/* Those of the levels that apply: each once, and sorted. */
static bool gather_advisories(struct evidence_tcb *tcb,
                              const struct collateral *c)
{
    const struct mrtd_tcb_verdict *v = &tcb->verdict;
    const json_t *module =
        json_array_get(json_object_get(c->tcb_info.json, "tdxModuleIdentities"),
                       v->module_index);
    const json_t *lists[] = {
        collateral_advisories(json_object_get(c->tcb_info.json, "tcbLevels"),
                              v->platform_level),
        collateral_advisories(json_object_get(module, "tcbLevels"),
                              v->module_level),
        collateral_advisories(json_object_get(c->qe_identity.json, "tcbLevels"),
                              v->enclave_level),
    };
    size_t count = 0;
    size_t kept = 0;
    for (size_t i = 0; i < 3; i++) {
        count += json_array_size(lists[i]);
    }
    const char **items = calloc(count + 1, sizeof *items);
    if (!items) {
        return false;
    }
    count = 0;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < json_array_size(lists[i]); k++) {
            items[count++] = json_string_value(json_array_get(lists[i], k));
        }
    }
    qsort(items, count, sizeof *items, compare);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || strcmp(items[kept - 1], items[i]) != 0) {
            items[kept++] = items[i];
        }
    }
    tcb->advisories = items;
    tcb->advisory_count = kept;
    return true;
}

const char *evidence_tcb_denied(const struct evidence_tcb *tcb)
{
    const struct mrtd_tcb_verdict *v = &tcb->verdict;
    return v->status == MRTD_TCB_REVOKED ? "is never accepted"
           : v->current == MRTD_TCB_REVOKED
               ? "is not accepted where it is Revoked with the TDX module that "
                 "is loaded now"
               : "is not one of --accept-tcb";
}

/* --- The answer ----------------------------------------------------------- */

/* It is not known what the TCB is. */
static void say_unsupported(struct evidence_answer *a,
                            enum mrtd_verify_reason reason,
                            enum mrtd_collateral_part part, const char *why)
{
    a->verified.status = MRTD_VERIFY_UNSUPPORTED;
    a->verified.reason = reason;
    a->verified.collateral_part = part;
    snprintf(a->verified.message, sizeof a->verified.message, "%s", why);
}

enum exit_status evidence_judge_tcb(struct evidence_answer *a,
                                    struct failure *failure)
{
    const struct collateral *c = a->demands->collateral;
    struct evidence_tcb *tcb = &a->tcb;
    struct mrtd_error why;
    if (!c || !evidence_is_quote(&a->evidence) ||
        a->verified.status != MRTD_VERIFY_GOOD) {
        return EXIT_DONE;
    }
    const bool is_other_info = *c->tcb_info.mismatch != '\0';
    if (is_other_info || *c->qe_identity.mismatch) {
        say_unsupported(a, MRTD_REASON_COLLATERAL_MISMATCH,
                        is_other_info ? MRTD_COLLATERAL_TCB_INFO
                                      : MRTD_COLLATERAL_QE_IDENTITY,
                        is_other_info ? c->tcb_info.mismatch
                                      : c->qe_identity.mismatch);
        return EXIT_DONE;
    }
    if (mrtd_tcb_evaluate(&tcb->verdict, &a->evidence, &a->verified.tdx,
                          &c->info, &c->enclave, &why)) {
        return failure_library(failure, a->name, &why, NULL);
    }
    if (tcb->verdict.reason) {
        say_unsupported(a, tcb->verdict.reason,
                        tcb->verdict.reason == MRTD_REASON_COLLATERAL_MISMATCH
                            ? MRTD_COLLATERAL_TCB_INFO
                            : MRTD_COLLATERAL_NONE,
                        tcb->verdict.message);
        return EXIT_DONE;
    }
    if (!gather_advisories(tcb, c)) {
        return failure_memory(failure, a->name);
    }
    tcb->is_known = true;
    tcb->evaluation = c->tcb_info.evaluation < c->qe_identity.evaluation
                          ? c->tcb_info.evaluation
                          : c->qe_identity.evaluation;
    tcb->is_accepted =
        tcb->verdict.status != MRTD_TCB_REVOKED &&
        tcb->verdict.current != MRTD_TCB_REVOKED &&
        (a->demands->accepted_tcb & 1U << tcb->verdict.status) != 0;
    a->denials |= tcb->is_accepted ? 0 : EVIDENCE_TCB_STATUS;
    return EXIT_DONE;
}
