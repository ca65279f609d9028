/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collateral of TDX [PCS]. The order of the steps is that of what can be said
 * for sure: a list that its issuer signed says at any time which certificates
 * of the quote are revoked, whatever the documents beside it; and what is not
 * Intel's says nothing, neither for the quote nor against it.
 */
#include "verify/tdx_collateral.h"

#include <stdlib.h>

#include "base/error.h"
#include "verify/crl.h"
#include "verify/der.h"
#include "verify/moment.h"

enum {
    NUMBER_SIZE = 32, /* r, s */
    SIGNER = 0,       /* of the chain of a document */
    SIGNERS_ROOT = 1,
    SIGNERS_CHAIN = 2,
};

/* A document with the certificates that it came with. */
struct signed_document {
    const struct mrtd_collateral_document *given;
    enum mrtd_collateral_part part;
    enum mrtd_collateral_part chain_part;
    const char *what;
    const char *signer_what;
    struct certificates chain;
};

struct collateral {
    struct signed_document tcb_info;
    struct signed_document qe_identity;
    struct crl pck_crl;
    struct crl root_crl;
};

static bool not_signed(struct check *check, enum mrtd_collateral_part part,
                       const char *what, const char *problem)
{
    check->verdict->collateral_part = part;
    return check_says(check, MRTD_REASON_COLLATERAL_SIGNATURE, MRTD_NO_OFFSET,
                      "%s: %s", what, problem);
}

/* What libcrypto has said of a signature. */
static bool judge(struct check *check, enum crypto_answer answer,
                  enum mrtd_collateral_part part, const char *what)
{
    return answer == CRYPTO_RIGHT ||
           (answer == CRYPTO_NO_MEMORY ? check_no_memory(check)
                                       : not_signed(check, part, what,
                                                    "its signature does not "
                                                    "fit its content"));
}

/* --- The signers of documents ------------------------------------------- */

/* What is wrong with a signer and its root, by all but signatures; or NULL. */
static const char *find_problem(const struct check *check,
                                const struct certificates *chain)
{
    if (chain->count != SIGNERS_CHAIN) {
        return "it is not signed by a chain of two certificates";
    }
    const struct certificate *signer = &chain->items[SIGNER];
    const struct certificate *root = &chain->items[SIGNERS_ROOT];
    if (!certificate_is_named(signer->subject, VENDOR_INTEL,
                              "Intel SGX TCB Signing")) {
        return "the first certificate of its signer is not named Intel SGX TCB "
               "Signing";
    }
    if (!certificate_is_named(root->subject, VENDOR_INTEL,
                              "Intel SGX Root CA") ||
        !der_same(signer->issuer, root->subject) ||
        !der_same(root->issuer, root->subject)) {
        return "its signer was not issued by the certificate after it, or that "
               "is not named Intel SGX Root CA";
    }
    if (signer->is_ca || !signer->may_sign || signer->key_kind != KEY_P256) {
        return "its signer is a CA, or may not sign with a key of P-256";
    }
    if (!root->is_ca || !root->may_sign_certificates) {
        return "the root of its signer is not a CA";
    }
    if (!chain_is_trusted(check, root)) {
        return check->own_root ? "its signer's root has another key than the "
                                 "root that was given"
                               : "its signer's root has another key than the "
                                 "Intel SGX Root CA that is built in";
    }
    return NULL;
}

static bool check_signer(struct check *check, struct signed_document *d)
{
    d->chain.keeps_all = true; /* for they are counted */
    check->code = certificates_add(
        &d->chain, span_make(d->given->chain, d->given->chain_size, 0),
        check->error);
    if (check->code) {
        return false;
    }
    const char *problem = find_problem(check, &d->chain);
    if (problem) {
        return not_signed(check, d->chain_part, d->what, problem);
    }
    const struct certificate *root = &d->chain.items[SIGNERS_ROOT];
    return judge(check, crypto_certificate(&check->crypto, root, root),
                 d->chain_part, "the root of the collateral's signer") &&
           judge(check,
                 crypto_certificate(&check->crypto, &d->chain.items[SIGNER],
                                    root),
                 d->chain_part, d->signer_what);
}

/* --- Documents ---------------------------------------------------------- */

/* JSON without white space outside strings; returns its size. */
static size_t pack(uint8_t *out, struct span text)
{
    size_t size = 0;
    bool in_string = false;
    bool is_escaped = false;
    for (uint64_t i = 0; i < text.size; i++) {
        uint8_t c = 0;
        (void)span_u8(text, i, &c);
        if (in_string) {
            in_string = c != '"' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            continue;
        } else {
            in_string = c == '"';
        }
        out[size++] = c;
    }
    return size;
}

/* The same document as it was before somebody laid it out for people. */
static bool check_packed(struct check *check, const struct ecdsa *signature,
                         const struct signed_document *d)
{
    const struct span text = span_make(d->given->data, d->given->size, 0);
    const struct span point = d->chain.items[SIGNER].point;
    uint8_t *packed = malloc((size_t)text.size);
    if (!packed) {
        return check_no_memory(check);
    }
    const size_t size = pack(packed, text);
    const bool right = judge(check,
                             crypto_ecdsa(&check->crypto, signature, point,
                                          span_make(packed, size, 0)),
                             d->part, d->what);
    free(packed);
    return right;
}

static bool check_document(struct check *check, struct signed_document *d)
{
    const struct span text = span_make(d->given->data, d->given->size, 0);
    const struct span numbers =
        span_make(d->given->signature, sizeof d->given->signature, 0);
    struct ecdsa signature = {.curve = KEY_P256};
    if (text.size == 0 || text.size > MRTD_VERIFY_MAX_COLLATERAL) {
        check->code =
            error_set(check->error, MRTD_ERR_COLLATERAL_FORMAT, MRTD_NO_OFFSET,
                      "%s has no bytes, or more than %d", d->what,
                      MRTD_VERIFY_MAX_COLLATERAL);
        return false;
    }
    if (!check_signer(check, d)) {
        return false;
    }
    (void)span_copy(numbers, 0, NUMBER_SIZE, signature.r);
    (void)span_copy(numbers, NUMBER_SIZE, NUMBER_SIZE, signature.s);
    const struct span point = d->chain.items[SIGNER].point;
    const enum crypto_answer answer =
        crypto_ecdsa(&check->crypto, &signature, point, text);
    return answer == CRYPTO_WRONG ? check_packed(check, &signature, d)
                                  : judge(check, answer, d->part, d->what);
}

/* --- CRLs --------------------------------------------------------------- */

/* Which list it is, where that is not the one that is wanted. */
static const char *which_crl(const struct crl *crl)
{
    static const struct {
        const char *name;
        const char *text;
    } issuers[] = {
        {"Intel SGX Root CA", "it is the root's: the root CRL"},
        {"Intel SGX PCK Platform CA",
         "it is that of the PCK Platform CA: a PCK CRL, as of ca=platform"},
        {"Intel SGX PCK Processor CA",
         "it is that of the PCK Processor CA: a PCK CRL, as of ca=processor"},
    };
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        if (certificate_is_named(crl->issuer, VENDOR_INTEL, issuers[i].name)) {
            return issuers[i].text;
        }
    }
    return "its issuer has another name than that of the quote's certificates";
}

/* The list of the issuer of that certificate of the quote, which is not in it.
 */
static bool check_crl(struct check *check, struct crl *crl,
                      enum mrtd_collateral_part part,
                      const struct certificate *issuer,
                      const struct certificate *certificate)
{
    const bool is_root = part == MRTD_COLLATERAL_ROOT_CRL;
    const char *what = is_root ? "the root CRL" : "the PCK CRL";
    const struct mrtd_verify_bytes *given =
        is_root ? &check->collateral->root_crl : &check->collateral->pck_crl;
    check->code =
        crl_load(crl, span_make(given->data, given->size, 0), check->error);
    if (check->code) {
        return false;
    }
    if (!der_same(crl->issuer, issuer->subject)) {
        return not_signed(check, part, what, which_crl(crl));
    }
    if (!issuer->may_sign_lists) { /* RFC 5280, 6.3.3 (f) */
        return not_signed(check, part, what,
                          "its issuer's certificate does not let it sign CRLs");
    }
    if (crl->limit) {
        return not_signed(check, part, what, crl->limit);
    }
    if (!judge(check, crypto_certificate(&check->crypto, &crl->as_made, issuer),
               part, what)) {
        return false;
    }
    if (crl_lists(crl, certificate->serial)) {
        check->verdict->collateral_part = part;
        return check_says(check, MRTD_REASON_CERT_REVOKED, MRTD_NO_OFFSET,
                          "%s was revoked by its issuer",
                          is_root ? "the PCK CA's certificate"
                                  : "the PCK certificate");
    }
    return true;
}

/* A signer that was revoked says nothing of the quote. */
static bool check_signer_revoked(struct check *check, const struct crl *crl,
                                 const struct signed_document *d)
{
    return !crl_lists(crl, d->chain.items[SIGNER].serial) ||
           not_signed(check, d->chain_part, d->signer_what,
                      "it was revoked by its issuer");
}

/* --- Time --------------------------------------------------------------- */

struct part {
    enum mrtd_collateral_part part;
    const char *what;
    int64_t from;
    int64_t until;
};

static bool out_of_time(struct check *check, enum mrtd_verify_reason reason,
                        const struct part *part)
{
    char from[MOMENT_SIZE];
    char until[MOMENT_SIZE];
    char now[MOMENT_SIZE];
    moment_text(from, part->from);
    moment_text(until, part->until);
    moment_text(now, check->time);
    check->verdict->collateral_part = part->part;
    return check_says(check, reason, MRTD_NO_OFFSET,
                      "%s is valid from %s to %s, and the time is %s",
                      part->what, from, until, now);
}

static struct part certificate_part(const struct signed_document *d,
                                    size_t which, const char *what)
{
    const struct certificate *c = &d->chain.items[which];
    return (struct part){d->chain_part, what, c->not_before, c->not_after};
}

static struct part document_part(const struct signed_document *d)
{
    return (struct part){d->part, d->what, d->given->issued,
                         d->given->next_update};
}

/* What is not yet valid comes first: a clock that is wrong is the likely
 * reason, and then nothing else is to be said. */
static bool check_times(struct check *check, const struct collateral *c)
{
    static const char root[] = "the root of the collateral's signer";
    /* All but the roots, which come last, are what is to be fetched anew. */
    const struct part parts[] = {
        document_part(&c->tcb_info),
        document_part(&c->qe_identity),
        {MRTD_COLLATERAL_PCK_CRL, "the PCK CRL", c->pck_crl.last_update,
         c->pck_crl.next_update},
        {MRTD_COLLATERAL_ROOT_CRL, "the root CRL", c->root_crl.last_update,
         c->root_crl.next_update},
        certificate_part(&c->tcb_info, SIGNER, c->tcb_info.signer_what),
        certificate_part(&c->qe_identity, SIGNER, c->qe_identity.signer_what),
        certificate_part(&c->tcb_info, SIGNERS_ROOT, root),
        certificate_part(&c->qe_identity, SIGNERS_ROOT, root),
    };
    const size_t count = sizeof parts / sizeof *parts;
    int64_t until = parts[0].until;
    for (size_t i = 0; i < count; i++) {
        if (check->time < parts[i].from) {
            return out_of_time(check, MRTD_REASON_COLLATERAL_NOT_YET_VALID,
                               &parts[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (check->time > parts[i].until) {
            return out_of_time(check, MRTD_REASON_COLLATERAL_EXPIRED,
                               &parts[i]);
        }
        if (i < count - 2 && parts[i].until < until) {
            until = parts[i].until;
        }
    }
    check->verdict->collateral_until = until;
    return true;
}

/* --- The whole ---------------------------------------------------------- */

static bool check_parts(struct check *check, struct collateral *c,
                        const struct certificate chain[CHAIN_COUNT])
{
    return check_crl(check, &c->root_crl, MRTD_COLLATERAL_ROOT_CRL,
                     &chain[CHAIN_ROOT], &chain[CHAIN_CA]) &&
           check_crl(check, &c->pck_crl, MRTD_COLLATERAL_PCK_CRL,
                     &chain[CHAIN_CA], &chain[CHAIN_LEAF]) &&
           check_document(check, &c->tcb_info) &&
           check_document(check, &c->qe_identity) &&
           check_signer_revoked(check, &c->root_crl, &c->tcb_info) &&
           check_signer_revoked(check, &c->root_crl, &c->qe_identity) &&
           check_times(check, c);
}

bool tdx_collateral_check(struct check *check,
                          const struct certificate chain[CHAIN_COUNT])
{
    struct collateral c = {
        .tcb_info = {.given = &check->collateral->tcb_info,
                     .part = MRTD_COLLATERAL_TCB_INFO,
                     .chain_part = MRTD_COLLATERAL_TCB_INFO_CHAIN,
                     .what = "the TCB info",
                     .signer_what = "the certificate of the TCB info's signer"},
        .qe_identity = {.given = &check->collateral->qe_identity,
                        .part = MRTD_COLLATERAL_QE_IDENTITY,
                        .chain_part = MRTD_COLLATERAL_QE_IDENTITY_CHAIN,
                        .what = "the QE identity",
                        .signer_what =
                            "the certificate of the QE identity's signer"},
    };
    const bool right = check_parts(check, &c, chain);
    if (right) {
        check->verdict->checked |= MRTD_CHECKED_REVOCATION;
    }
    certificates_free(&c.tcb_info.chain);
    certificates_free(&c.qe_identity.chain);
    return right;
}
