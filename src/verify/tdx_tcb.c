/* SPDX-License-Identifier: Apache-2.0 */
/* The status of a platform's TCB. The rules are those of Intel's verifier:
 * intel/confidential-computing.tee.dcap.qvl d12717e, AttestationLibrary/src/
 * Verifiers, QuoteVerifier.cpp and Checks. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/hex.h"

enum {
    SVNS = 16,
    /* Of TEE_TCB_SVN. */
    MODULE_MINOR = 0,
    MODULE_MAJOR = 1,
    AFTER_MODULE = 2,
};

static const char *const names[] = {
    [MRTD_TCB_UP_TO_DATE] = "UpToDate",
    [MRTD_TCB_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
    [MRTD_TCB_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
    [MRTD_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] =
        "ConfigurationAndSWHardeningNeeded",
    [MRTD_TCB_OUT_OF_DATE] = "OutOfDate",
    [MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] =
        "OutOfDateConfigurationNeeded",
    [MRTD_TCB_TD_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
    [MRTD_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] =
        "TDRelaunchAdvisedConfigurationNeeded",
    [MRTD_TCB_REVOKED] = "Revoked",
};

#define NAMES (sizeof names / sizeof *names)

const char *mrtd_tcb_status_name(enum mrtd_tcb_status status)
{
    return (size_t)status < NAMES ? names[status] : NULL;
}

enum mrtd_tcb_status mrtd_tcb_status_find(const char *name)
{
    for (size_t i = 0; name && i < NAMES; i++) {
        if (names[i] && !strcmp(names[i], name)) {
            return (enum mrtd_tcb_status)i;
        }
    }
    return MRTD_TCB_NONE;
}

/* One evaluation as it goes on. Its steps return true where there may be a
 * status; false: the verdict says why there is none. */
struct evaluation {
    struct mrtd_tcb_verdict *verdict;
    const struct mrtd_evidence *evidence;
    const struct mrtd_tdx_signer *signer;
    const struct mrtd_tcb_info *info;
    const struct mrtd_tcb_enclave *enclave;
};

static bool says(struct evaluation *e, enum mrtd_verify_reason reason,
                 const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool says(struct evaluation *e, enum mrtd_verify_reason reason,
                 const char *format, ...)
{
    va_list args;
    e->verdict->reason = reason;
    va_start(args, format);
    (void)vsnprintf(e->verdict->message, sizeof e->verdict->message, format,
                    args);
    va_end(args);
    return false;
}

/* --- Whose the collateral is -------------------------------------------- */

static bool check_platform(struct evaluation *e)
{
    const struct mrtd_tdx_signer *s = e->signer;
    const struct mrtd_tcb_info *info = e->info;
    char own[2 * sizeof s->fmspc + 1];
    char theirs[2 * sizeof s->fmspc + 1];
    if (memcmp(info->fmspc, s->fmspc, sizeof s->fmspc) != 0) {
        hex_encode(own, s->fmspc, sizeof s->fmspc);
        hex_encode(theirs, info->fmspc, sizeof info->fmspc);
        return says(e, MRTD_REASON_COLLATERAL_MISMATCH,
                    "the TCB info is of platforms of FMSPC %s, and the quote's "
                    "is %s, whose TCB info is at "
                    "https://api.trustedservices.intel.com/tdx/certification/"
                    "v4/tcb?fmspc=%s",
                    theirs, own, own);
    }
    if (memcmp(info->pceid, s->pceid, sizeof s->pceid) != 0) {
        hex_encode(own, s->pceid, sizeof s->pceid);
        hex_encode(theirs, info->pceid, sizeof info->pceid);
        return says(e, MRTD_REASON_COLLATERAL_MISMATCH,
                    "the TCB info is of platforms of PCEID %s, and the quote's "
                    "is %s",
                    theirs, own);
    }
    return true;
}

/* --- Modules ------------------------------------------------------------ */

/* The index of the identity of a module's version; false: there is none, or
 * there are two. */
static bool find_module(struct evaluation *e, uint8_t version, size_t *index)
{
    size_t found = 0;
    for (size_t i = 0; i < e->info->module_count; i++) {
        if (e->info->modules[i].version == version) {
            *index = i;
            found++;
        }
    }
    return found == 1 ||
           says(e, MRTD_REASON_TCB_UNSUPPORTED,
                "the TCB info has %s identity TDX_%02X, which is that of "
                "the TDX module",
                found > 0 ? "more than one" : "no", (unsigned)version);
}

/* The module that launched the TD is the one that the TCB info means. */
static bool check_module(struct evaluation *e)
{
    const struct mrtd_td_report *r = &e->evidence->report;
    const struct mrtd_tcb_module *m = &e->info->module;
    size_t index = MRTD_TCB_NO_INDEX;
    if (r->tee_tcb_svn[MODULE_MAJOR] > 0) {
        if (!find_module(e, r->tee_tcb_svn[MODULE_MAJOR], &index)) {
            return false;
        }
        m = &e->info->modules[index];
    }
    if (memcmp(r->mrsignerseam, m->mrsigner, sizeof m->mrsigner) != 0) {
        return says(e, MRTD_REASON_TCB_UNSUPPORTED,
                    "MRSIGNERSEAM is not that of the TCB info's module");
    }
    for (size_t i = 0; i < sizeof m->attributes; i++) {
        const uint8_t own = (uint8_t)(r->seamattributes >> 8 * i);
        if ((own & m->attributes_mask[i]) != m->attributes[i]) {
            return says(e, MRTD_REASON_TCB_UNSUPPORTED,
                        "SEAMATTRIBUTES are not those of the TCB info's "
                        "module");
        }
    }
    e->verdict->module_index = index;
    return true;
}

/* --- The enclave -------------------------------------------------------- */

static bool same_masked(const uint8_t *own, const uint8_t *wanted,
                        const uint8_t *mask, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((own[i] & mask[i]) != wanted[i]) {
            return false;
        }
    }
    return true;
}

static bool check_enclave(struct evaluation *e)
{
    const struct mrtd_tdx_signer *s = e->signer;
    const struct mrtd_tcb_enclave *q = e->enclave;
    const uint8_t misc[4] = {
        (uint8_t)s->qe_miscselect, (uint8_t)(s->qe_miscselect >> 8),
        (uint8_t)(s->qe_miscselect >> 16), (uint8_t)(s->qe_miscselect >> 24)};
    const char *other = NULL;
    if (memcmp(s->qe_mrsigner, q->mrsigner, sizeof q->mrsigner) != 0) {
        other = "MRSIGNER";
    } else if (s->qe_isvprodid != q->isvprodid) {
        other = "ISVPRODID";
    } else if (!same_masked(misc, q->miscselect, q->miscselect_mask,
                            sizeof misc)) {
        other = "MISCSELECT";
    } else if (!same_masked(s->qe_attributes, q->attributes, q->attributes_mask,
                            sizeof q->attributes)) {
        other = "ATTRIBUTES";
    }
    return !other || says(e, MRTD_REASON_TCB_UNSUPPORTED,
                          "%s of the quoting enclave is not that of the QE "
                          "identity",
                          other);
}

/* --- Levels ------------------------------------------------------------- */

static bool has_at_least(const uint8_t *own, const uint8_t *least, size_t from)
{
    for (size_t i = from; i < SVNS; i++) {
        if (own[i] < least[i]) {
            return false;
        }
    }
    return true;
}

/* Less than 0, 0 or more, as the order of levels is. */
static int compare_levels(const struct mrtd_tcb_level *a,
                          const struct mrtd_tcb_level *b)
{
    const int sgx = memcmp(a->sgx, b->sgx, SVNS);
    return sgx                      ? sgx
           : a->pcesvn != b->pcesvn ? (int)a->pcesvn - (int)b->pcesvn
                                    : memcmp(a->tdx, b->tdx, SVNS);
}

static bool find_level(struct evaluation *e, const uint8_t svn[SVNS],
                       const char *svn_name, size_t *index)
{
    const struct mrtd_tdx_signer *s = e->signer;
    const size_t from = svn[MODULE_MAJOR] > 0 ? AFTER_MODULE : 0;
    const struct mrtd_tcb_level *best = NULL;
    bool twice = false;
    for (size_t i = 0; i < e->info->level_count; i++) {
        const struct mrtd_tcb_level *l = &e->info->levels[i];
        if (!has_at_least(s->components, l->sgx, 0) || s->pcesvn < l->pcesvn ||
            !has_at_least(svn, l->tdx, from)) {
            continue;
        }
        const int order = best ? compare_levels(l, best) : 1;
        twice = order > 0 ? false : twice || order == 0;
        if (order > 0) {
            best = l;
            *index = i;
        }
    }
    if (!best) {
        char own[2 * SVNS + 1];
        char tee[2 * SVNS + 1];
        hex_encode(own, s->components, SVNS);
        hex_encode(tee, svn, SVNS);
        return says(e, MRTD_REASON_TCB_UNSUPPORTED,
                    "no TCB level has at most the platform's SVNs %s, PCESVN "
                    "%u and %s %s",
                    own, s->pcesvn, svn_name, tee);
    }
    return !twice || says(e, MRTD_REASON_TCB_UNSUPPORTED,
                          "two TCB levels are of the same SVNs");
}

/* As the order of levels is; of modules there are no two of one SVN. */
static int compare_svn_levels(const struct mrtd_tcb_svn_level *a,
                              const struct mrtd_tcb_svn_level *b)
{
    return a->isvsvn != b->isvsvn ? (int)a->isvsvn - (int)b->isvsvn
                                  : (a->date > b->date) - (a->date < b->date);
}

/* The highest of those up to an SVN. */
static bool find_svn_level(struct evaluation *e, uint16_t svn,
                           const struct mrtd_tcb_svn_level *levels,
                           size_t count, const char *what, size_t *index)
{
    const struct mrtd_tcb_svn_level *best = NULL;
    bool twice = false;
    for (size_t i = 0; i < count; i++) {
        const struct mrtd_tcb_svn_level *l = &levels[i];
        const int order = best ? compare_svn_levels(l, best) : 1;
        if (svn < l->isvsvn || order < 0) {
            continue;
        }
        twice = order == 0;
        if (!twice) {
            best = l;
            *index = i;
        }
    }
    if (!best || twice) {
        return says(e, MRTD_REASON_TCB_UNSUPPORTED,
                    "%s TCB level of %s for its SVN, %u",
                    best ? "there is more than one" : "there is no", what,
                    (unsigned)svn);
    }
    /* Others are of no module and of no enclave [PCS]. */
    return best->status == MRTD_TCB_UP_TO_DATE ||
           best->status == MRTD_TCB_OUT_OF_DATE ||
           best->status == MRTD_TCB_REVOKED ||
           says(e, MRTD_REASON_TCB_UNSUPPORTED,
                "the TCB level of %s has a status that is not of one", what);
}

/* --- Status ------------------------------------------------------------- */

static enum mrtd_tcb_status converge(enum mrtd_tcb_status platform,
                                     enum mrtd_tcb_status module,
                                     enum mrtd_tcb_status enclave)
{
    if (module == MRTD_TCB_REVOKED || enclave == MRTD_TCB_REVOKED) {
        return MRTD_TCB_REVOKED;
    }
    if (module != MRTD_TCB_OUT_OF_DATE && enclave != MRTD_TCB_OUT_OF_DATE) {
        return platform;
    }
    switch (platform) {
    case MRTD_TCB_UP_TO_DATE:
    case MRTD_TCB_SW_HARDENING_NEEDED:
        return MRTD_TCB_OUT_OF_DATE;
    case MRTD_TCB_CONFIGURATION_NEEDED:
    case MRTD_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED:
        return MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
    default:
        return platform;
    }
}

/* All of it by TEE_TCB_SVN, or by TEE_TCB_SVN2. */
static bool evaluate(struct evaluation *e, const uint8_t svn[SVNS],
                     const char *svn_name, struct mrtd_tcb_verdict *made)
{
    const struct mrtd_tcb_enclave *q = e->enclave;
    if (!find_level(e, svn, svn_name, &made->platform_level)) {
        return false;
    }
    made->platform = e->info->levels[made->platform_level].status;
    made->date = e->info->levels[made->platform_level].date;
    if (svn[MODULE_MAJOR] > 0) {
        if (!find_module(e, svn[MODULE_MAJOR], &made->module_index)) {
            return false;
        }
        const struct mrtd_tcb_module *m = &e->info->modules[made->module_index];
        if (!find_svn_level(e, svn[MODULE_MINOR], m->levels, m->level_count,
                            "the TDX module", &made->module_level)) {
            return false;
        }
        const struct mrtd_tcb_svn_level *l = &m->levels[made->module_level];
        made->module = l->status;
        made->date = l->date < made->date ? l->date : made->date;
    }
    if (!find_svn_level(e, e->signer->qe_isvsvn, q->levels, q->level_count,
                        "the quoting enclave", &made->enclave_level)) {
        return false;
    }
    const struct mrtd_tcb_svn_level *l = &q->levels[made->enclave_level];
    made->enclave = l->status;
    made->date = l->date < made->date ? l->date : made->date;
    made->status = converge(made->platform, made->module, made->enclave);
    return true;
}

static bool needs_configuration(enum mrtd_tcb_status status)
{
    return status == MRTD_TCB_CONFIGURATION_NEEDED ||
           status == MRTD_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED ||
           status == MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

/* By the module that launched the TD, and by the one that is loaded now. */
static enum mrtd_tcb_status relaunch(enum mrtd_tcb_status launched,
                                     enum mrtd_tcb_status current)
{
    if ((launched != MRTD_TCB_OUT_OF_DATE &&
         launched != MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED) ||
        current == MRTD_TCB_OUT_OF_DATE ||
        current == MRTD_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED ||
        current == MRTD_TCB_REVOKED) {
        return launched;
    }
    return needs_configuration(launched) || needs_configuration(current)
               ? MRTD_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
               : MRTD_TCB_TD_RELAUNCH_ADVISED;
}

static bool evaluate_both(struct evaluation *e)
{
    const struct mrtd_td_report *r = &e->evidence->report;
    struct mrtd_tcb_verdict now = {.status = MRTD_TCB_NONE};
    if (!evaluate(e, r->tee_tcb_svn, "TEE_TCB_SVN", e->verdict)) {
        return false;
    }
    if (r->has_svn2) {
        if (!evaluate(e, r->tee_tcb_svn2, "TEE_TCB_SVN2", &now)) {
            return false;
        }
        e->verdict->current = now.status;
        e->verdict->status = relaunch(e->verdict->status, now.status);
    }
    return true;
}

/* A verdict without a status has nothing but why. */
static void clear(struct mrtd_tcb_verdict *v)
{
    v->status = v->platform = v->module = MRTD_TCB_NONE;
    v->enclave = v->current = MRTD_TCB_NONE;
    v->date = 0;
    v->platform_level = v->module_index = MRTD_TCB_NO_INDEX;
    v->module_level = v->enclave_level = MRTD_TCB_NO_INDEX;
}

static bool is_quote(const struct mrtd_evidence *evidence)
{
    return evidence->kind == MRTD_EVIDENCE_QUOTE_V4 ||
           evidence->kind == MRTD_EVIDENCE_QUOTE_V5;
}

static bool has_lists(const struct mrtd_tcb_info *info,
                      const struct mrtd_tcb_enclave *enclave)
{
    bool has = (info->levels || info->level_count == 0) &&
               (info->modules || info->module_count == 0) &&
               (enclave->levels || enclave->level_count == 0);
    for (size_t i = 0; has && i < info->module_count; i++) {
        has = info->modules[i].levels || info->modules[i].level_count == 0;
    }
    return has;
}

enum mrtd_code mrtd_tcb_evaluate(struct mrtd_tcb_verdict *verdict,
                                 const struct mrtd_evidence *evidence,
                                 const struct mrtd_tdx_signer *signer,
                                 const struct mrtd_tcb_info *info,
                                 const struct mrtd_tcb_enclave *enclave,
                                 struct mrtd_error *error)
{
    struct mrtd_tcb_verdict made = {.reason = MRTD_REASON_NONE};
    struct evaluation e = {&made, evidence, signer, info, enclave};
    if (!verdict || !evidence || !signer || !info || !enclave ||
        !has_lists(info, enclave) || !is_quote(evidence)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "the evidence is no quote, or something is NULL that "
                         "an evaluation of its TCB needs");
    }
    clear(&made);
    if (!check_platform(&e) || !check_module(&e) || !check_enclave(&e) ||
        !evaluate_both(&e)) {
        clear(&made);
    }
    *verdict = made;
    return MRTD_OK;
}
