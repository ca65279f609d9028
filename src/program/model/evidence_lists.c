/* SPDX-License-Identifier: Apache-2.0 */
/* What was verified of evidence and what was not, and the verdict in whole
 * sentences. */
#include "model/evidence.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "printable.h"
#include "reference/claims.h"

struct points {
    struct evidence_point *items;
    size_t count;
};

static void add(struct points *p, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(struct points *p, const char *code, const char *format, ...)
{
    struct evidence_point *point = &p->items[p->count++];
    va_list args;
    snprintf(point->code, sizeof point->code, "%s", code);
    va_start(args, format);
    vsnprintf(point->text, sizeof point->text, format, args);
    va_end(args);
}

static bool is_snp(const struct evidence_answer *a)
{
    return mrtd_evidence_platform(a->evidence.kind) == MRTD_PLATFORM_SNP;
}

const char *evidence_root_words(enum mrtd_verify_root root)
{
    switch (root) {
    case MRTD_ROOT_OWN:
        return "a root of your own";
    case MRTD_ROOT_INTEL_SGX:
        return "the Intel SGX Root CA";
    case MRTD_ROOT_AMD_MILAN:
        return "AMD's ARK-Milan";
    case MRTD_ROOT_AMD_GENOA:
        return "AMD's ARK-Genoa";
    case MRTD_ROOT_AMD_TURIN:
        return "AMD's ARK-Turin";
    default:
        return "no root";
    }
}

/* SIGNING_KEY, bits 2 to 4 of the report's flags of keys: 1 is the VLEK. */
const char *evidence_vek(const struct mrtd_evidence *e)
{
    return (e->snp.key_info >> 2 & 7) == 1 ? "VLEK" : "VCEK";
}

/* --- What was verified ---------------------------------------------------- */

/* Without what has to be filled in. */
static const struct {
    uint32_t check;
    const char *text;
} checks[] = {
    {MRTD_CHECKED_HEADER_BODY,
     "the attestation key signed the quote's header and body, all of what is "
     "shown here"},
    {MRTD_CHECKED_QE_BINDING,
     "the quoting enclave reports that attestation key as its own"},
    {MRTD_CHECKED_QE_IDENTITY,
     "that enclave is Intel's for TDs, and not in debug mode"},
    {MRTD_CHECKED_QE_REPORT,
     "the platform's PCK key signed the enclave's report"},
    {MRTD_CHECKED_PCK_CHAIN,
     "Intel's PCK CA issued the certificate of that key, and the root that of "
     "the CA"},
    {MRTD_CHECKED_REPORT_SIGNATURE,
     "the VCEK or VLEK signed the report, all of what is shown here"},
    {MRTD_CHECKED_VEK_CHAIN,
     "a CA of AMD's issued its certificate, and the root that of the CA"},
    {MRTD_CHECKED_VEK_TCB,
     "it is the key of the TCB that the report gives as REPORTED_TCB"},
    {MRTD_CHECKED_VEK_CHIP, "it is the key of the chip of CHIP_ID"},
    {MRTD_CHECKED_CLAIMS,
     "REPORT_DATA is the SHA-256 of the claims beside the report"},
};

static void add_root(struct points *p, const struct evidence_answer *a)
{
    const char *code = mrtd_verify_check_name(MRTD_CHECKED_ROOT_PIN);
    const char *root = evidence_root_words(a->verified.root);
    if (a->demands->root_name) {
        add(p, code, "the root's key is that of %s, %s",
            printable(a->demands->root_name),
            a->verified.root == MRTD_ROOT_OWN ? "which is not the vendor's"
                                              : root);
    } else {
        add(p, code, "the root's key is that of %s, which is built in", root);
    }
}

static void add_validity(struct points *p, const struct evidence_answer *a)
{
    char from[CLAIMS_TIME_SIZE];
    char to[CLAIMS_TIME_SIZE];
    char at[CLAIMS_TIME_SIZE];
    claims_time_text(from, a->verified.not_before);
    claims_time_text(to, a->verified.not_after);
    claims_time_text(at, a->demands->time);
    add(p, mrtd_verify_check_name(MRTD_CHECKED_VALIDITY),
        "all certificates are valid from %s to %s, and so they were at %s",
        from, to, at);
}

/* "UpToDate (platform UpToDate, ...)" */
static void write_statuses(char *text, size_t size,
                           const struct mrtd_tcb_verdict *v)
{
    const char *module = mrtd_tcb_status_name(v->module);
    snprintf(text, size, "%s (platform %s, %s%s%squoting enclave %s)",
             mrtd_tcb_status_name(v->status), mrtd_tcb_status_name(v->platform),
             module ? "TDX module " : "", module ? module : "",
             module ? ", " : "", mrtd_tcb_status_name(v->enclave));
}

static void add_collateral(struct points *p, const struct evidence_answer *a)
{
    char until[CLAIMS_TIME_SIZE];
    char at[CLAIMS_TIME_SIZE];
    claims_time_text(until, a->verified.collateral_until);
    claims_time_text(at, a->demands->time);
    add(p, mrtd_verify_check_name(MRTD_CHECKED_REVOCATION),
        "no certificate is in the CRLs of its issuer, which are signed by it; "
        "the collateral is valid until %s, and so it was at %s",
        until, at);
    if (a->tcb.is_known) {
        char statuses[300];
        write_statuses(statuses, sizeof statuses, &a->tcb.verdict);
        add(p, "tcb-status",
            "the status of the TCB is %s, by what Intel signed as number "
            "%" PRIu64 " of its evaluations",
            statuses, a->tcb.evaluation);
    }
}

size_t evidence_verified(struct evidence_point points[EVIDENCE_POINTS],
                         const struct evidence_answer *a)
{
    struct points p = {.items = points};
    if (!evidence_is_verified(a)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (a->verified.checked & checks[i].check) {
            add(&p, mrtd_verify_check_name(checks[i].check), "%s",
                checks[i].text);
        }
    }
    if (a->verified.checked & MRTD_CHECKED_ROOT_PIN) {
        add_root(&p, a);
    }
    if (a->verified.checked & MRTD_CHECKED_VALIDITY) {
        add_validity(&p, a);
    }
    if (a->verified.checked & MRTD_CHECKED_REVOCATION) {
        add_collateral(&p, a);
    }
    return p.count;
}

/* --- What was not --------------------------------------------------------- */

#define INTEL_SERVICE "https://api.trustedservices.intel.com"
#define INTEL_FILES   "https://certificates.trustedservices.intel.com"

/* Where the VCEK is: of each family that it may be of. */
static void add_addresses(struct points *p, const struct evidence_answer *a)
{
    static const enum mrtd_snp_family families[] = {
        MRTD_SNP_FAMILY_UNKNOWN, MRTD_SNP_FAMILY_MILAN, MRTD_SNP_FAMILY_GENOA,
        MRTD_SNP_FAMILY_TURIN};
    const bool is_known =
        mrtd_snp_report_family(&a->evidence.snp) != MRTD_SNP_FAMILY_UNKNOWN;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const char *name = mrtd_snp_family_name(families[i]);
        char url[MRTD_VERIFY_URL_SIZE];
        if (is_known == (i == 0) &&
            mrtd_verify_kds_url(url, a->evidence.kind, a->data, a->size,
                                families[i], a->demands->show_ids)) {
            add(p, "vek-address", "%s%s%sthe VCEK is at %s",
                is_known ? "" : "of a processor of the family ",
                is_known ? "" : name, is_known ? "" : ": ", url);
        }
    }
}

/* Is the report that of another VCEK than was given? The usual reason is that
 * the firmware was updated, and not that anybody forged it. */
static bool is_of_other_vek(const struct evidence_answer *a)
{
    return a->verified.reason == MRTD_REASON_VEK_TCB ||
           a->verified.reason == MRTD_REASON_VEK_CHIP ||
           a->verified.reason == MRTD_REASON_VEK_PROCESSOR;
}

/* Why there is no verdict, and what would help. */
static void add_signature(struct points *p, const struct evidence_answer *a)
{
    const struct mrtd_verification *v = &a->verified;
    add(p, "signature",
        "who made it: %s; whoever made the file may have written anything "
        "into it",
        a->why);
    if (v->reason == MRTD_REASON_NO_CHAIN && is_snp(a)) {
        add(p, "vek-chain",
            "the certificates between the %s and the root of your own, which "
            "--vek FILE and --cert-dir DIR take, too",
            evidence_vek(&a->evidence));
    } else if (v->reason == MRTD_REASON_NO_CHAIN) {
        add(p, "pck-chain",
            "the PCK certificate and its chain, which --pck-chain FILE takes; "
            "the host had none when it made the quote");
    } else if (v->reason == MRTD_REASON_VEK_MISSING) {
        add(p, "vek",
            "the %s, which --vek FILE, --auxblob FILE or --cert-dir DIR takes",
            evidence_vek(&a->evidence));
        add_addresses(p, a);
    }
}

static void add_tdx(struct points *p, const struct evidence_answer *a)
{
    const struct mrtd_tdx_signer *signer = &a->verified.tdx;
    char fmspc[2 * sizeof signer->fmspc + 1];
    mrtd_hex_encode(fmspc, signer->fmspc, sizeof signer->fmspc);
    if (!(a->verified.checked & MRTD_CHECKED_REVOCATION)) {
        add(p, mrtd_verify_check_name(MRTD_CHECKED_REVOCATION),
            "whether a certificate was revoked: " INTEL_SERVICE
            "/sgx/certification/v4/pckcrl?ca=%s&encoding=der and " INTEL_FILES
            "/IntelSGXRootCA.der",
            signer->platform_ca ? "platform" : "processor");
    }
    if (!a->tcb.is_known) {
        add(p, "tcb-status",
            "whether the platform, its TDX module and the quoting enclave are "
            "up to date: " INTEL_SERVICE
            "/tdx/certification/v4/tcb?fmspc=%s and " INTEL_SERVICE
            "/tdx/certification/v4/qe/identity",
            fmspc);
    }
}

static void add_snp(struct points *p, const struct evidence_answer *a)
{
    const char *family = mrtd_snp_family_name(a->family);
    add(p, "revocation",
        "whether a certificate was revoked: "
        "https://kdsintf.amd.com/%s/v1/%s/crl",
        a->verified.snp.vlek ? "vlek" : "vcek", family ? family : "<FAMILY>");
    if (!a->demands->tcb_text) {
        add(p, "tcb-status",
            "whether REPORTED_TCB is recent enough: nobody signs what is, and "
            "--min-tcb was not given");
    }
}

size_t evidence_unverified(struct evidence_point points[EVIDENCE_POINTS],
                           const struct evidence_answer *a)
{
    struct points p = {.items = points};
    const char *data = is_snp(a) ? "REPORT_DATA" : "REPORTDATA";
    if (a->verified.status == MRTD_VERIFY_FORGED) {
        if (is_of_other_vek(a)) {
            add_addresses(&p, a);
        }
        return p.count;
    }
    if (!evidence_is_verified(a)) {
        add_signature(&p, a);
    } else if (is_snp(a)) {
        add_snp(&p, a);
    } else {
        add_tdx(&p, a);
    }
    if (!evidence_data(&a->evidence)) {
        add(&p, "freshness", "how old it is: it has no date");
    } else if (a->demands->data) {
        add(&p, "freshness",
            "how old it is: it has no date, and only %s tells, where it was "
            "never asked for before",
            data);
    } else {
        add(&p, "freshness",
            "how old it is: it has no date, and %s was not compared "
            "(--report-data)",
            data);
    }
    if (is_snp(a) && a->evidence.snp.version > MRTD_SNP_REPORT_VERSION) {
        add(&p, "newer-version",
            "what VERSION %" PRIu32 " has that version %d had not: that is not "
            "known here, and the fields are read as those of version %d",
            a->evidence.snp.version, MRTD_SNP_REPORT_VERSION,
            MRTD_SNP_REPORT_VERSION);
    }
    if (a->demands->compares) {
        return p.count;
    }
    add(&p, "values",
        is_snp(a) ? "whether MEASUREMENT is that of your image: 'mrtd-calc "
                    "check IMAGE --against FILE'"
                  : "whether MRTD and RTMR0 to RTMR3 are those of your image: "
                    "'mrtd-calc check IMAGE --against FILE'");
    return p.count;
}

/* --- The verdict ---------------------------------------------------------- */

/* "Intel's quoting enclave for TDs signed ..." */
static void say_signer(char text[EVIDENCE_SENTENCE],
                       const struct evidence_answer *a)
{
    const char *root = evidence_root_words(a->verified.root);
    const char *own = a->demands->root_name;
    char whose[300];
    if (own) {
        snprintf(whose, sizeof whose, "the root of %.200s (%s)", printable(own),
                 a->verified.root == MRTD_ROOT_OWN ? "NOT THE VENDOR'S" : root);
    } else {
        snprintf(whose, sizeof whose,
                 "%s, whose key is built into this program", root);
    }
    if (!is_snp(a)) {
        snprintf(text, EVIDENCE_SENTENCE,
                 "A quoting enclave for TDs signed this quote, on a platform "
                 "that its certificates vouch for; they lead to %s",
                 whose);
        return;
    }
    const struct mrtd_snp_signer *s = &a->verified.snp;
    const char *family = mrtd_snp_family_name(s->family);
    snprintf(text, EVIDENCE_SENTENCE,
             "The %s of a %s processor%s%s signed this report at the TCB that "
             "it gives; the certificates lead to %s",
             s->vlek ? "VLEK" : "VCEK", family ? family : "SEV-SNP",
             *s->csp_id ? " of " : "", s->csp_id, whose);
}

/* What the collateral adds to who signed a quote. */
static void say_tcb(char text[EVIDENCE_SENTENCE],
                    const struct evidence_answer *a, const char *at)
{
    const size_t used = strlen(text);
    const char *status = mrtd_tcb_status_name(a->tcb.verdict.status);
    snprintf(text + used, EVIDENCE_SENTENCE - used,
             ", and were valid at %s, and none of them was revoked. The TCB of "
             "the platform is %s by Intel's collateral%s%s. How old the quote "
             "is was not checked.",
             at, status, a->tcb.is_accepted ? "" : ", which ",
             a->tcb.is_accepted ? "" : evidence_tcb_denied(&a->tcb));
}

static void say_good(char text[EVIDENCE_SENTENCE],
                     const struct evidence_answer *a)
{
    char at[CLAIMS_TIME_SIZE];
    claims_time_text(at, a->demands->time);
    say_signer(text, a);
    if (a->tcb.is_known) {
        say_tcb(text, a, at);
        return;
    }
    const size_t used = strlen(text);
    snprintf(text + used, EVIDENCE_SENTENCE - used,
             ", and were valid at %s. Whether one of them was revoked since, "
             "%s, and how old the %s is, was not checked.",
             at,
             !is_snp(a)             ? "whether the platform is up to date"
             : a->demands->tcb_text ? "whether --min-tcb is what it should be"
                                    : "whether that TCB is recent enough",
             is_snp(a) ? "report" : "quote");
}

static void say_expired(char text[EVIDENCE_SENTENCE],
                        const struct evidence_answer *a)
{
    char from[CLAIMS_TIME_SIZE];
    char to[CLAIMS_TIME_SIZE];
    char at[CLAIMS_TIME_SIZE];
    claims_time_text(from, a->verified.not_before);
    claims_time_text(to, a->verified.not_after);
    claims_time_text(at, a->demands->time);
    say_signer(text, a);
    const size_t used = strlen(text);
    if (a->verified.reason == MRTD_REASON_COLLATERAL_EXPIRED ||
        a->verified.reason == MRTD_REASON_COLLATERAL_NOT_YET_VALID) {
        snprintf(text + used, EVIDENCE_SENTENCE - used,
                 ". But the collateral was not valid then: %s [%s]. --time "
                 "says as of when it has to be.",
                 a->why, mrtd_verify_reason_name(a->verified.reason));
        return;
    }
    snprintf(text + used, EVIDENCE_SENTENCE - used,
             ". But not all of them were valid at %s: they are from %s to %s. "
             "As of a time between these, which --time says, it is genuine.",
             at, from, to);
}

/* Why it cannot be said whether the evidence is to be trusted. */
static void say_unsupported(char text[EVIDENCE_SENTENCE],
                            const struct evidence_answer *a)
{
    const char *reason = mrtd_verify_reason_name(a->verified.reason);
    if (evidence_is_of_collateral(a->verified.reason)) {
        say_signer(text, a);
        const size_t used = strlen(text);
        snprintf(text + used, EVIDENCE_SENTENCE - used,
                 ". But the collateral does not say %swhat the TCB of that "
                 "platform is: %s [%s].",
                 a->verified.checked & MRTD_CHECKED_REVOCATION
                     ? ""
                     : "whether a certificate was revoked, nor ",
                 a->why, reason);
        return;
    }
    snprintf(text, EVIDENCE_SENTENCE,
             "Cannot be verified: %s [%s]. It is not known who made this %s.",
             a->why, reason,
             evidence_is_quote(&a->evidence) ? "quote" : "file");
}

static void say_forged(char text[EVIDENCE_SENTENCE],
                       const struct evidence_answer *a)
{
    snprintf(text, EVIDENCE_SENTENCE, "NOT GENUINE: %s [%s]. %s", a->why,
             mrtd_verify_reason_name(a->verified.reason),
             is_of_other_vek(a)
                 ? "Either the report was changed, or this is another's VCEK, "
                   "or one of before an update of its firmware."
             : a->verified.reason == MRTD_REASON_CERT_REVOKED
                 ? "The key that it is of may be in anybody's hands."
                 : "Whoever made this file may have written anything into it.");
}

void evidence_sentence(char text[EVIDENCE_SENTENCE],
                       const struct evidence_answer *a)
{
    switch (a->verified.status) {
    case MRTD_VERIFY_GOOD:
        say_good(text, a);
        break;
    case MRTD_VERIFY_EXPIRED:
        say_expired(text, a);
        break;
    case MRTD_VERIFY_FORGED:
        say_forged(text, a);
        break;
    case MRTD_VERIFY_UNSUPPORTED:
        say_unsupported(text, a);
        break;
    default:
        snprintf(text, EVIDENCE_SENTENCE,
                 "not verified: %s [%s]. Whoever made this file may have "
                 "written anything into it.",
                 a->why, mrtd_verify_reason_name(a->verified.reason));
        break;
    }
}
