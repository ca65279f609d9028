/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of SEV-SNP: AMD, 56860, revision 1.58, 7.3 and chapter 10; AMD, 57230
 * (VCEK certificates). A report does not say who signed it but by the VEK's
 * TCB and chip, so every certificate that was given is tried; the verdict is
 * that of the one which fits best.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/snp_layout.h"
#include "verify/der.h"
#include "verify/parts.h"
#include "verify/roots.h"
#include "verify/vek_extension.h"

enum {
    /* The signature: R and S, each 72 bytes, least significant first. */
    FIELD_SIZE = 72,
    NUMBER_SIZE = 48,
    SIGNATURE_SIZE = 2 * FIELD_SIZE,
};

struct report {
    struct span bytes;
    const struct mrtd_snp_report *fields;
    struct span signature;
    bool vlek; /* which of the two has signed */
};

/* What all attempts with one report have found out. */
struct attempts {
    bool found;          /* there is a VEK */
    unsigned best_steps; /* how far the best got */
    /* For each certificate that was given: has it been seen whether it is
     * signed by the root, and what was the answer? */
    bool is_seen[MRTD_VERIFY_MAX_CERTIFICATES];
    enum crypto_answer answers[MRTD_VERIFY_MAX_CERTIFICATES];
};

/* How far a VEK got; the more, the better it fits. */
struct attempt {
    struct check *check;
    struct attempts *all;
    const struct report *report;
    const struct certificate *vek;
    struct mrtd_snp_signer signer;
    unsigned steps;
};

static const char *kind_name(bool vlek)
{
    return vlek ? "VLEK" : "VCEK";
}

/* --- Chain -------------------------------------------------------------- */

/* The family whose root has that name. */
static enum mrtd_snp_family family_of_root(struct span name)
{
    static const struct {
        const char *name;
        enum mrtd_snp_family family;
    } roots[] = {{"ARK-Milan", MRTD_SNP_FAMILY_MILAN},
                 {"ARK-Genoa", MRTD_SNP_FAMILY_GENOA},
                 {"ARK-Turin", MRTD_SNP_FAMILY_TURIN}};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (certificate_is_named(name, VENDOR_AMD, roots[i].name)) {
            return roots[i].family;
        }
    }
    return MRTD_SNP_FAMILY_UNKNOWN;
}

static enum mrtd_snp_family family_of(enum mrtd_verify_root root)
{
    switch (root) {
    case MRTD_ROOT_AMD_MILAN:
        return MRTD_SNP_FAMILY_MILAN;
    case MRTD_ROOT_AMD_GENOA:
        return MRTD_SNP_FAMILY_GENOA;
    case MRTD_ROOT_AMD_TURIN:
        return MRTD_SNP_FAMILY_TURIN;
    default:
        return MRTD_SNP_FAMILY_UNKNOWN;
    }
}

/* The name of the authority that signs such VEKs of a family. */
static const char *issuer_name(enum mrtd_snp_family family, bool vlek)
{
    switch (family) {
    case MRTD_SNP_FAMILY_MILAN:
        return vlek ? "SEV-VLEK-Milan" : "SEV-Milan";
    case MRTD_SNP_FAMILY_GENOA:
        return vlek ? "SEV-VLEK-Genoa" : "SEV-Genoa";
    case MRTD_SNP_FAMILY_TURIN:
        return vlek ? "SEV-VLEK-Turin" : "SEV-Turin";
    default:
        return "";
    }
}

/* A signature that is not of the trusted key may be of another key with its
 * name, which was given: then the root is what is wrong, and not a signature.
 * That is looked for only where it would be said. */
static bool not_signed(struct attempt *a, enum crypto_answer answer,
                       const struct certificate *c, const char *what)
{
    struct check *check = a->check;
    if (answer != CRYPTO_WRONG ||
        (a->all->found && a->steps <= a->all->best_steps)) {
        return check_answer(check, answer, MRTD_REASON_CHAIN_SIGNATURE,
                            MRTD_NO_OFFSET, what);
    }
    for (size_t i = 0; i < check->given.count; i++) {
        const struct certificate *other = &check->given.items[i];
        if (!der_same(other->subject, c->issuer)) {
            continue;
        }
        switch (crypto_certificate(&check->crypto, c, other)) {
        case CRYPTO_NO_MEMORY:
            return check_no_memory(check);
        case CRYPTO_RIGHT:
            return check_says(check, MRTD_REASON_ROOT_UNTRUSTED, MRTD_NO_OFFSET,
                              "%s is signed by a key that has the name of the "
                              "trusted one, and is another",
                              what);
        default:
            break;
        }
    }
    return check_answer(check, answer, MRTD_REASON_CHAIN_SIGNATURE,
                        MRTD_NO_OFFSET, what);
}

/* The VEK is signed by an authority whose key is built in. */
static bool check_built_in(struct attempt *a)
{
    struct check *check = a->check;
    uint8_t info[ROOTS_MAX_INFO];
    struct certificate key;
    const struct authority *by = authority_find(a->vek->issuer);
    if (!by || !authority_key(by, info, &key)) {
        return check_says(check, MRTD_REASON_ROOT_UNTRUSTED, MRTD_NO_OFFSET,
                          "the %s's issuer is not one of AMD's authorities "
                          "for Milan, Genoa and Turin, which are built in",
                          kind_name(a->report->vlek));
    }
    if ((by->level == ROOT_SIGNS_VLEK) != a->report->vlek) {
        return check_says(check, MRTD_REASON_CHAIN_NAMES, MRTD_NO_OFFSET,
                          "the %s's issuer is the authority for the other kind "
                          "of key",
                          kind_name(a->report->vlek));
    }
    const enum crypto_answer answer =
        crypto_certificate(&check->crypto, a->vek, &key);
    if (answer != CRYPTO_RIGHT) {
        return not_signed(a, answer, a->vek, kind_name(a->report->vlek));
    }
    check->verdict->checked |= MRTD_CHECKED_VEK_CHAIN | MRTD_CHECKED_ROOT_PIN;
    check->verdict->root = by->root;
    check_period(check, key.not_before, key.not_after);
    return true;
}

/* Is it signed by the own root? Each is asked once, however many VEKs. */
static enum crypto_answer signed_by_root(struct attempt *a, size_t index)
{
    const struct check *check = a->check;
    if (!a->all->is_seen[index]) {
        a->all->answers[index] = crypto_certificate(
            &check->crypto, &check->given.items[index], check->own_root);
        a->all->is_seen[index] = true;
    }
    return a->all->answers[index];
}

/* Has one before it the same key, by which the VEK is not signed? */
static bool is_tried(const struct attempt *a, size_t index)
{
    const struct certificate *items = a->check->given.items;
    for (size_t i = 0; i < index; i++) {
        if (a->all->is_seen[i] && a->all->answers[i] == CRYPTO_RIGHT &&
            der_same(items[i].subject, items[index].subject) &&
            der_same(items[i].key_info, items[index].key_info)) {
            return true;
        }
    }
    return false;
}

/* The authority's certificate among those given, signed by the own root. */
static bool check_authority(struct attempt *a, size_t index)
{
    struct check *check = a->check;
    const struct certificate *ask = &check->given.items[index];
    const struct certificate *root = check->own_root;
    enum crypto_answer answer = CRYPTO_WRONG;
    if (!ask->is_ca || !ask->may_sign_certificates) {
        return check_says(check, MRTD_REASON_CHAIN_FORMAT, MRTD_NO_OFFSET,
                          "the certificate of the %s's issuer is not a CA's",
                          kind_name(a->report->vlek));
    }
    if (!der_same(ask->issuer, root->subject)) {
        return check_says(check, MRTD_REASON_CHAIN_NAMES, MRTD_NO_OFFSET,
                          "the %s's issuer has another issuer than the root "
                          "that was given",
                          kind_name(a->report->vlek));
    }
    answer = signed_by_root(a, index);
    if (answer != CRYPTO_RIGHT) {
        return not_signed(a, answer, ask,
                          "the certificate of the VEK's issuer");
    }
    answer = crypto_certificate(&check->crypto, a->vek, ask);
    return answer == CRYPTO_RIGHT ||
           check_answer(check, answer, MRTD_REASON_CHAIN_SIGNATURE,
                        MRTD_NO_OFFSET, kind_name(a->report->vlek));
}

/* The VEK is signed by an authority that was given, and that by the root. */
static bool check_own(struct attempt *a)
{
    struct check *check = a->check;
    const char *name = issuer_name(a->signer.family, a->report->vlek);
    if (!certificate_is_named(a->vek->issuer, VENDOR_AMD, name)) {
        return check_says(check, MRTD_REASON_CHAIN_NAMES, MRTD_NO_OFFSET,
                          "the %s's issuer is not %s, which is the authority "
                          "below the root that was given",
                          kind_name(a->report->vlek), name);
    }
    bool found = false;
    for (size_t i = 0; i < check->given.count; i++) {
        const struct certificate *ask = &check->given.items[i];
        if (!der_same(ask->subject, a->vek->issuer)) {
            continue;
        }
        if (found && is_tried(a, i)) {
            continue;
        }
        found = true;
        if (check_authority(a, i)) {
            check->verdict->checked |=
                MRTD_CHECKED_VEK_CHAIN | MRTD_CHECKED_ROOT_PIN;
            check->verdict->root = root_of_key(check->own_root);
            check_period(check, ask->not_before, ask->not_after);
            check_period(check, check->own_root->not_before,
                         check->own_root->not_after);
            return true;
        }
        if (check->code) {
            return false;
        }
    }
    return !found && check_says(check, MRTD_REASON_NO_CHAIN, MRTD_NO_OFFSET,
                                "the certificate of %s, which is between the "
                                "%s and the root, is missing",
                                name, kind_name(a->report->vlek));
}

/* --- What the VEK says -------------------------------------------------- */

/* Do the VEK and what was given lead to the own root, by their names? */
static bool leads_to_root(const struct attempt *a)
{
    const struct check *check = a->check;
    const struct span root = check->own_root->subject;
    bool leads = der_same(a->vek->issuer, root);
    for (size_t i = 0; i < check->given.count; i++) {
        const struct certificate *ask = &check->given.items[i];
        leads |= der_same(ask->subject, a->vek->issuer) &&
                 der_same(ask->issuer, root);
    }
    return leads;
}

/* That of an own root, whose name says it. */
static bool find_own_family(struct attempt *a)
{
    struct check *check = a->check;
    a->signer.family = family_of_root(check->own_root->subject);
    if (a->signer.family != MRTD_SNP_FAMILY_UNKNOWN) {
        return true;
    }
    return leads_to_root(a)
               ? check_says(check, MRTD_REASON_VEK_FAMILY, MRTD_NO_OFFSET,
                            "the root that was given is not named ARK-Milan, "
                            "ARK-Genoa or ARK-Turin")
               : check_says(check, MRTD_REASON_ROOT_UNTRUSTED, MRTD_NO_OFFSET,
                            "the %s does not lead to the root that was given, "
                            "which is not ARK-Milan, ARK-Genoa or ARK-Turin",
                            kind_name(a->report->vlek));
}

/* Before the chain, for a VEK that is another's is what mostly goes wrong. */
static bool find_family(struct attempt *a)
{
    const struct authority *by = authority_find(a->vek->issuer);
    if (a->check->own_root) {
        return find_own_family(a);
    }
    /* What is wrong with the issuer is said there. */
    if (!by || (by->level == ROOT_SIGNS_VLEK) != a->report->vlek) {
        return check_built_in(a);
    }
    a->signer.family = family_of(by->root);
    return true;
}

static bool check_processor(struct attempt *a)
{
    const struct mrtd_snp_report *r = a->report->fields;
    const enum mrtd_snp_family said = mrtd_snp_report_family(r);
    if (r->version < 3 || said == a->signer.family) {
        return true; /* version 2 does not say */
    }
    return check_says(a->check, MRTD_REASON_VEK_PROCESSOR, MRTD_NO_OFFSET,
                      "the report is of a processor of family 0x%x, model "
                      "0x%x, which is not one of %s, as the %s is",
                      r->cpuid_family, r->cpuid_model,
                      mrtd_snp_family_name(a->signer.family),
                      kind_name(a->report->vlek));
}

static bool check_tcb(struct attempt *a)
{
    struct mrtd_snp_tcb reported;
    const struct mrtd_snp_tcb *tcb = &a->signer.tcb;
    mrtd_snp_tcb_decode(&reported, a->signer.family,
                        a->report->fields->reported_tcb);
    const struct {
        const char *name;
        uint8_t vek;
        uint8_t report;
    } parts[] = {
        {"FMC", tcb->fmc, reported.fmc},
        {"boot loader", tcb->boot_loader, reported.boot_loader},
        {"TEE", tcb->tee, reported.tee},
        {"SNP", tcb->snp, reported.snp},
        {"microcode", tcb->microcode, reported.microcode},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].vek != parts[i].report) {
            return check_says(a->check, MRTD_REASON_VEK_TCB, MRTD_NO_OFFSET,
                              "the %s is of %s version %u, and the report's "
                              "REPORTED_TCB has %u",
                              kind_name(a->report->vlek), parts[i].name,
                              parts[i].vek, parts[i].report);
        }
    }
    a->check->verdict->checked |= MRTD_CHECKED_VEK_TCB;
    return true;
}

/* A VLEK is of no chip. Where the host hides CHIP_ID, nothing fits it. */
static bool check_chip(struct attempt *a)
{
    static const uint8_t none[SNP_CHIP_ID_SIZE];
    const struct span r = a->report->bytes;
    const bool hidden = span_equals(r, SNP_CHIP_ID, none, sizeof none);
    if (a->report->vlek) {
        return hidden ||
               check_says(a->check, MRTD_REASON_VEK_CHIP, r.base + SNP_CHIP_ID,
                          "a report that a VLEK signed has no "
                          "CHIP_ID, and this one has");
    }
    if (!span_equals(r, SNP_CHIP_ID, a->signer.chip_id,
                     sizeof a->signer.chip_id)) {
        return check_says(a->check, MRTD_REASON_VEK_CHIP, r.base + SNP_CHIP_ID,
                          hidden ? "the report's CHIP_ID is zero, for the host "
                                   "hides it, and the VCEK's is not"
                                 : "the VCEK is of another chip than the "
                                   "report's CHIP_ID");
    }
    a->check->verdict->checked |= MRTD_CHECKED_VEK_CHIP;
    return true;
}

static bool check_extensions(struct attempt *a)
{
    const char *wrong = NULL;
    a->signer.vlek = a->report->vlek;
    wrong = vek_extensions_read(&a->signer, a->vek);
    return !wrong ||
           check_says(a->check, MRTD_REASON_VEK_EXTENSION, MRTD_NO_OFFSET,
                      "the extension %s of the %s is missing or malformed, or "
                      "has no place in one",
                      wrong, kind_name(a->report->vlek));
}

/* --- The report's signature --------------------------------------------- */

/* A number that is least significant first; what does not fit is zero. */
static bool read_number(struct span field, uint8_t number[NUMBER_SIZE])
{
    struct span top;
    if (!span_part(field, NUMBER_SIZE, FIELD_SIZE - NUMBER_SIZE, &top) ||
        !span_is_zero(top)) {
        return false;
    }
    for (unsigned i = 0; i < NUMBER_SIZE; i++) {
        (void)span_u8(field, i, &number[NUMBER_SIZE - 1 - i]);
    }
    return true;
}

static bool check_report_signature(struct attempt *a)
{
    struct check *check = a->check;
    struct ecdsa ecdsa = {.curve = KEY_P384};
    const struct report *r = a->report;
    struct span field[2];
    struct span data;
    enum crypto_answer answer = CRYPTO_BAD_RANGE;
    if (span_part(r->signature, 0, FIELD_SIZE, &field[0]) &&
        span_part(r->signature, FIELD_SIZE, FIELD_SIZE, &field[1]) &&
        span_part(r->bytes, 0, SNP_SIGNATURE, &data) &&
        read_number(field[0], ecdsa.r) && read_number(field[1], ecdsa.s)) {
        answer = crypto_ecdsa(&check->crypto, &ecdsa, a->vek->point, data);
    }
    if (!check_answer(check, answer, MRTD_REASON_REPORT_SIGNATURE,
                      r->signature.base, "the report")) {
        return false;
    }
    check->verdict->checked |= MRTD_CHECKED_REPORT_SIGNATURE;
    return true;
}

/* --- The whole ---------------------------------------------------------- */

static bool check_form(struct attempt *a)
{
    return (!a->vek->is_ca && a->vek->may_sign &&
            a->vek->key_kind == KEY_P384 &&
            a->vek->signature_kind == SIGNATURE_RSA_PSS_SHA384) ||
           check_says(a->check, MRTD_REASON_CHAIN_FORMAT, MRTD_NO_OFFSET,
                      "the %s is a CA's, may not sign, or has not a key of "
                      "P-384 and a signature by RSA-PSS with SHA-384",
                      kind_name(a->report->vlek));
}

static bool check_chain(struct attempt *a)
{
    return a->check->own_root ? check_own(a) : check_built_in(a);
}

static bool check_validity(struct attempt *a)
{
    check_period(a->check, a->vek->not_before, a->vek->not_after);
    return check_time(a->check);
}

/* All that a VEK has to be, in the order in which it is said. */
static bool try_vek(struct attempt *a)
{
    static bool (*const steps[])(struct attempt *) = {
        check_form,     find_family, check_extensions, check_processor,
        check_tcb,      check_chip,  check_chain,      check_report_signature,
        check_validity,
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (!steps[i](a)) {
            return false;
        }
        a->steps++;
    }
    return true;
}

/* The name, if it is one of the vendors' authorities or Intel's PCK
 * certificate; otherwise NULL: it is untrusted, and may identify a machine. */
static const char *known_name(struct span subject)
{
    static const char *const of_intel[] = {
        "Intel SGX Root CA", "Intel SGX PCK Platform CA",
        "Intel SGX PCK Processor CA", "Intel SGX PCK Certificate"};
    const struct authority *of_amd;
    for (size_t i = 0; (of_amd = authority_at(i)); i++) {
        if (certificate_is_named(subject, VENDOR_AMD, of_amd->name)) {
            return of_amd->name;
        }
    }
    for (size_t i = 0; i < sizeof of_intel / sizeof *of_intel; i++) {
        if (certificate_is_named(subject, VENDOR_INTEL, of_intel[i])) {
            return of_intel[i];
        }
    }
    return NULL;
}

/* No VEK is among the certificates: whose they are. */
static bool say_missing(struct check *check, const char *wanted)
{
    char names[120] = "";
    size_t used = 0;
    size_t more = 0;
    if (check->given.count == 0) {
        return check_says(check, MRTD_REASON_VEK_MISSING, MRTD_NO_OFFSET,
                          "no %s was given, without which the report's "
                          "signature cannot be checked",
                          wanted);
    }
    for (size_t i = 0; i < check->given.count; i++) {
        const char *name = known_name(check->given.items[i].subject);
        if (name && strlen(name) + 2 < sizeof names - used) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used ? ", " : "", name);
        } else {
            more++;
        }
    }
    return check_says(check, MRTD_REASON_VEK_MISSING, MRTD_NO_OFFSET,
                      "none of the certificates is its %s, without which the "
                      "report's signature cannot be checked: they are %s%s%s",
                      wanted, names, used && more ? ", " : "",
                      more ? "others, of names that are not known here" : "");
}

/* Tries each VEK; the verdict is the best one's. */
static bool try_all(struct check *check, const struct report *report)
{
    const char *name = report->vlek ? "SEV-VLEK" : "SEV-VCEK";
    const char *other_name = report->vlek ? "SEV-VCEK" : "SEV-VLEK";
    struct mrtd_verification *v = check->verdict;
    const struct mrtd_verification before = *v;
    struct mrtd_verification best = *v;
    struct attempts all = {.found = false};
    bool other = false;
    for (size_t i = 0; i < check->given.count; i++) {
        struct attempt a = {.check = check,
                            .all = &all,
                            .report = report,
                            .vek = &check->given.items[i]};
        other |= certificate_is_named(a.vek->subject, VENDOR_AMD, other_name);
        if (!certificate_is_named(a.vek->subject, VENDOR_AMD, name)) {
            continue;
        }
        *v = before;
        check->has_period = false;
        const bool right = try_vek(&a);
        if (check->code) {
            return false;
        }
        if (v->checked & MRTD_CHECKED_ROOT_PIN) {
            v->snp = a.signer;
        }
        if (right) {
            return true;
        }
        if (!all.found || a.steps > all.best_steps) {
            best = *v;
            all.best_steps = a.steps;
        }
        all.found = true;
    }
    *v = best;
    if (all.found) {
        return false;
    }
    return other ? check_says(check, MRTD_REASON_SIGNING_KEY, MRTD_NO_OFFSET,
                              "the report says that a %s signed it, and only a "
                              "%s was given",
                              kind_name(report->vlek), kind_name(!report->vlek))
                 : say_missing(check, kind_name(report->vlek));
}

/* Who signed it, by its own word. */
static bool find_signer(struct check *check, struct report *r)
{
    const uint32_t info = r->fields->key_info;
    const uint32_t key = info >> SNP_SIGNING_KEY_SHIFT & SNP_SIGNING_KEY_MASK;
    const bool off = key == SNP_SIGNED_BY_NOBODY || (info & SNP_MASK_CHIP_KEY);
    if (off && span_is_zero(r->signature)) {
        return check_says(check, MRTD_REASON_SIGNING_OFF, r->signature.base,
                          "the report says that the host has switched signing "
                          "off, and its signature is all zeros");
    }
    if (key != SNP_SIGNED_BY_VCEK && key != SNP_SIGNED_BY_VLEK) {
        return check_says(check, MRTD_REASON_SIGNING_KEY, r->signature.base,
                          "the report says that nobody signed it, and has a "
                          "signature");
    }
    r->vlek = key == SNP_SIGNED_BY_VLEK;
    return true;
}

/* Azure's paravisor hands out claims, of which only the hash is signed. */
static bool check_claims(struct check *check)
{
    if (check->evidence->kind != MRTD_EVIDENCE_HCL) {
        return true;
    }
    if (!check->evidence->consistent) {
        return check_says(check, MRTD_REASON_CLAIMS, MRTD_NO_OFFSET,
                          "the report's REPORT_DATA is not the SHA-256 of the "
                          "claims beside it");
    }
    check->verdict->checked |= MRTD_CHECKED_CLAIMS;
    return true;
}

bool verify_snp_report(struct check *check)
{
    struct report r = {.fields = &check->evidence->snp};
    /* mrtd_evidence_read() has seen that it is all there. */
    if (!span_part(check->data, check->evidence->value_offset - SNP_MEASUREMENT,
                   MRTD_SNP_REPORT_SIZE, &r.bytes) ||
        !span_part(r.bytes, SNP_SIGNATURE, SIGNATURE_SIZE, &r.signature)) {
        return false;
    }
    return check_claims(check) && find_signer(check, &r) && try_all(check, &r);
}
