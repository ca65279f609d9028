/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "reference/json.h"
#include "reference/recognize.h"

/*
 * Bits of ATTRIBUTES by which a TD is under debug: its group TUD, of which
 * DEBUG is one (Intel TDX Module 1.5 ABI Specification, 348551, ATTRIBUTES: "if
 * any of the bits in this group are set to 1, the TD is untrusted").
 */
#define ATTRIBUTES_DEBUG UINT64_C(0xff)

const char *evidence_denial_code(unsigned denial)
{
    switch (denial) {
    case EVIDENCE_DEBUG:
        return "debug";
    case EVIDENCE_REPORT_DATA:
        return "report-data";
    case EVIDENCE_MIN_TCB:
        return "min-tcb";
    case EVIDENCE_TCB_STATUS:
        return "tcb-status";
    default:
        return NULL;
    }
}

static bool is_snp(const struct mrtd_evidence *e)
{
    return mrtd_evidence_platform(e->kind) == MRTD_PLATFORM_SNP;
}

const uint8_t *evidence_data(const struct mrtd_evidence *e)
{
    return is_snp(e)                         ? e->snp.report_data
           : e->kind != MRTD_EVIDENCE_TDINFO ? e->report.reportdata
                                             : NULL;
}

bool evidence_is_debug(const struct mrtd_evidence *e)
{
    return is_snp(e) ? (e->snp.policy & MRTD_SNP_POLICY_DEBUG) != 0
                     : (e->tdinfo.attributes & ATTRIBUTES_DEBUG) != 0;
}

bool evidence_is_verified(const struct evidence_answer *a)
{
    return a->verified.status == MRTD_VERIFY_GOOD ||
           a->verified.status == MRTD_VERIFY_EXPIRED ||
           evidence_is_of_collateral(a->verified.reason);
}

/* --- Reading -------------------------------------------------------------- */

/* What it is instead, where that is known. */
static enum exit_status refuse(const char *name, const void *bytes, size_t size,
                               struct failure *failure)
{
    struct mrtd_evidence none;
    struct mrtd_error why;
    struct recognized what;
    /* The quote of an SGX enclave is not detected, but named. */
    if (mrtd_evidence_read(&none, MRTD_EVIDENCE_QUOTE_V4, bytes, size, &why) ==
        MRTD_ERR_EVIDENCE_TEE) {
        return failure_library(failure, name, &why, NULL);
    }
    if (recognize(bytes, size, &what) && what.use == RECOGNIZED_OTHER) {
        return failure_refused(failure, name,
                               mrtd_code_name(MRTD_ERR_EVIDENCE_KIND),
                               "this is %s; %s", what.name, what.advice);
    }
    return failure_refused(failure, name,
                           mrtd_code_name(MRTD_ERR_EVIDENCE_KIND),
                           "neither a TDX quote, TDREPORT or TDINFO nor a "
                           "report of SEV-SNP, in bytes, hexadecimal, base64 "
                           "or another form that is known; in which form was "
                           "it fetched?");
}

/* Finds the evidence in the file's bytes. */
static enum exit_status find(struct evidence_answer *a, const void *bytes,
                             size_t size, enum mrtd_evidence_kind *kind,
                             struct failure *failure)
{
    struct recognized what;
    const unsigned char *within = bytes;
    size_t left = size;
    const char *container = NULL;
    a->data = bytes;
    a->size = size;
    if (recognize_evidence(bytes, size, kind)) {
        return EXIT_DONE;
    }
    /* A certificate in PEM is base64url to a lenient reader. */
    if (recognize_binary(bytes, size, &what) &&
        !evidence_within(&within, &left, kind, &container)) {
        return refuse(a->name, bytes, size, failure);
    }
    failure_memory(failure, a->name);
    const bool is_found = evidence_find(&a->found, bytes, size, failure);
    /* Where memory is short, jansson may have cut a string, and goes on. */
    if (json_no_memory()) {
        return failure_memory(failure, a->name);
    }
    if (!is_found) {
        failure->file = a->name;
        return failure->code && !strcmp(failure->code, "against-unknown")
                   ? refuse(a->name, bytes, size, failure)
                   : failure->status;
    }
    a->carried = &a->found.carried;
    a->data = a->carried->evidence.bytes;
    a->size = a->carried->evidence.size;
    *kind = a->found.kind;
    return EXIT_DONE;
}

static enum exit_status read_evidence(struct evidence_answer *a,
                                      enum mrtd_evidence_kind kind,
                                      struct failure *failure)
{
    struct mrtd_error why;
    if (mrtd_evidence_read(&a->evidence, kind, a->data, a->size, &why)) {
        return failure_library(failure, a->name, &why, NULL);
    }
    return EXIT_DONE;
}

/* --- Verifying ------------------------------------------------------------ */

/* Those of the user, and those beside the evidence in its file; a table that
 * follows a report is found by the library. Returns how many. */
static size_t gather(struct evidence_answer *a)
{
    const struct evidence_demands *d = a->demands;
    const struct evidence_files *files =
        is_snp(&a->evidence) ? &d->snp : &d->tdx;
    size_t count = 0;
    while (count < files->count && count < EVIDENCE_FILES) {
        a->certificates[count] = files->items[count];
        count++;
    }
    for (size_t i = 0; a->carried && i < a->carried->certificate_count; i++) {
        const struct claims_bytes *c = &a->carried->certificates[i];
        const struct mrtd_verify_bytes given = {c->bytes, c->size};
        a->certificates[count++] = given;
    }
    return count;
}

static enum exit_status verify(struct evidence_answer *a,
                               struct failure *failure)
{
    const struct evidence_demands *d = a->demands;
    const struct mrtd_verify_options options = {
        .struct_size = sizeof options,
        .time = d->time,
        .root = d->root.data,
        .root_size = d->root.size,
        .certificates = a->certificates,
        .certificate_count = gather(a),
        .collateral = d->collateral ? &d->collateral->given : NULL,
    };
    struct mrtd_error why;
    if (mrtd_verify(&a->verified, a->evidence.kind, a->data, a->size, &options,
                    &why)) {
        return failure_library(failure, a->name, &why, NULL);
    }
    if (is_snp(&a->evidence)) {
        a->family = a->verified.snp.family
                        ? a->verified.snp.family
                        : mrtd_snp_report_family(&a->evidence.snp);
    }
    return EXIT_DONE;
}

/* --- What is demanded ----------------------------------------------------- */

/* A demand that the evidence has no field for is refused, not ignored. */
static enum exit_status refuse_demand(const struct evidence_answer *a,
                                      struct failure *failure,
                                      const char *demand, const char *why)
{
    return failure_refused(failure, a->name, "evidence-demand",
                           "%s cannot be held against it: %s", demand, why);
}

static enum exit_status check_data(struct evidence_answer *a,
                                   struct failure *failure)
{
    const uint8_t *data = evidence_data(&a->evidence);
    if (!a->demands->data) {
        return EXIT_DONE;
    }
    if (!data) {
        return refuse_demand(a, failure, "--report-data",
                             "TDINFO has no REPORTDATA; a quote has it");
    }
    if (memcmp(data, a->demands->data, EVIDENCE_DATA_SIZE) != 0) {
        a->denials |= EVIDENCE_REPORT_DATA;
    }
    return EXIT_DONE;
}

static enum exit_status check_tcb(struct evidence_answer *a,
                                  struct failure *failure)
{
    const struct tcb_minimum *m = &a->demands->tcb;
    if (!a->demands->tcb_text) {
        return EXIT_DONE;
    }
    if (a->evidence.kind == MRTD_EVIDENCE_TDINFO) {
        return refuse_demand(a, failure, "--min-tcb",
                             "TDINFO has no TEE_TCB_SVN; a quote has it");
    }
    if (m->platform != mrtd_evidence_platform(a->evidence.kind)) {
        return refuse_demand(a, failure, "--min-tcb",
                             is_snp(&a->evidence)
                                 ? "it is of TDX, and this is a report of "
                                   "SEV-SNP, with parts as bl=3,tee=0,snp=8"
                                 : "it is of SEV-SNP, and this is of TDX, with "
                                   "TEE_TCB_SVN as 32 hexadecimal digits");
    }
    if (is_snp(&a->evidence) && !a->family &&
        a->verified.status == MRTD_VERIFY_FORGED) {
        return EXIT_DONE;
    }
    if (is_snp(&a->evidence) && !a->family) {
        return refuse_demand(
            a, failure, "--min-tcb",
            "which part is where depends on the processor's family, which this "
            "report does not say; with its VCEK (--vek) it is known");
    }
    if (is_snp(&a->evidence) && a->family != MRTD_SNP_FAMILY_TURIN &&
        tcb_minimum_has_fmc(m)) {
        return refuse_demand(a, failure, "--min-tcb",
                             "it has fmc, which is of Turin, and this is of "
                             "another family");
    }
    a->below_count = tcb_below(a->below, m, &a->evidence, a->family);
    a->denials |= a->below_count > 0 ? EVIDENCE_MIN_TCB : 0;
    return EXIT_DONE;
}

/* Why it is not good, with the file of collateral that says so. */
static void explain(struct evidence_answer *a)
{
    const struct mrtd_verification *v = &a->verified;
    const char *text =
        *v->message ? v->message : mrtd_verify_reason_text(v->reason);
    const char *option = NULL;
    const char *file = a->demands->collateral
                           ? collateral_file_of(a->demands->collateral,
                                                v->collateral_part, &option)
                           : NULL;
    if (v->status != MRTD_VERIFY_GOOD) {
        snprintf(a->why, sizeof a->why, "%.200s%s%s%s%s",
                 file ? printable(file) : "", file ? " (" : "",
                 file ? option : "", file ? "): " : "", text);
    }
}

/* Why it is not known whether it is genuine, as a failure. */
static enum exit_status say_unknown(struct evidence_answer *a)
{
    const struct mrtd_verification *v = &a->verified;
    const char *what = evidence_is_of_collateral(v->reason)
                           ? "it is signed as it should be, but the collateral "
                             "does not bear it out"
                       : v->status == MRTD_VERIFY_UNSUPPORTED
                           ? "cannot be verified"
                           : "not verified, and --require genuine was given";
    return failure_refused_at(&a->failure, a->name,
                              mrtd_verify_reason_name(v->reason), v->offset,
                              "%s: %s", what, a->why);
}

/* The answer's status by all of it. */
static void judge(struct evidence_answer *a)
{
    const enum mrtd_verify_status s = a->verified.status;
    a->status =
        s == MRTD_VERIFY_FORGED || s == MRTD_VERIFY_EXPIRED || a->denials
            ? EXIT_DIFFERS
            : EXIT_DONE;
    if (s == MRTD_VERIFY_UNSUPPORTED ||
        (s == MRTD_VERIFY_NOT_CHECKED && a->demands->genuine)) {
        a->status = say_unknown(a);
    }
}

/* Verifies what was read, and holds the demands against it. */
static enum exit_status examine(struct evidence_answer *a,
                                struct failure *failure)
{
    enum exit_status status = verify(a, failure);
    status = status ? status : evidence_judge_tcb(a, failure);
    status = status ? status : check_data(a, failure);
    status = status ? status : check_tcb(a, failure);
    if (status) {
        return status;
    }
    explain(a);
    if (evidence_is_debug(&a->evidence) && !a->demands->allow_debug) {
        a->denials |= EVIDENCE_DEBUG;
    }
    judge(a);
    return EXIT_DONE;
}

enum exit_status evidence_answer_make(struct evidence_answer *answer,
                                      const char *name, const void *bytes,
                                      size_t size,
                                      const struct evidence_demands *demands,
                                      struct failure *failure)
{
    struct evidence_answer *a = answer;
    enum mrtd_evidence_kind kind = MRTD_EVIDENCE_TDINFO;
    *a = (struct evidence_answer){.name = name, .demands = demands};
    enum exit_status status = find(a, bytes, size, &kind, failure);
    status = status ? status : read_evidence(a, kind, failure);
    return status ? status : examine(a, failure);
}

enum exit_status evidence_answer_of(struct evidence_answer *answer,
                                    const char *name, const struct claim *claim,
                                    const struct evidence_demands *demands,
                                    struct failure *failure)
{
    *answer = (struct evidence_answer){
        .name = name,
        .demands = demands,
        .carried = &claim->carried,
        .data = claim->carried.evidence.bytes,
        .size = claim->carried.evidence.size,
        .evidence = claim->evidence,
    };
    return examine(answer, failure);
}

void evidence_answer_free(struct evidence_answer *answer)
{
    evidence_found_free(&answer->found);
    free(answer->tcb.advisories);
}
