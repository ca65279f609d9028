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
#include "verify/roots.h"
#include "verify/snp_attempt.h"
#include "verify/vek_extension.h"

enum {
    /* The signature: R and S, each 72 bytes, least significant first. */
    FIELD_SIZE = 72,
    NUMBER_SIZE = 48,
    SIGNATURE_SIZE = 2 * FIELD_SIZE,
};

const char *snp_key_name(bool vlek)
{
    return vlek ? "VLEK" : "VCEK";
}

/* --- Families ----------------------------------------------------------- */

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
                            snp_key_name(a->report->vlek));
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
        return snp_chain_check(a);
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
                      snp_key_name(a->report->vlek));
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
                              snp_key_name(a->report->vlek), parts[i].name,
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
                      wrong, snp_key_name(a->report->vlek));
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
    const struct signed_report *r = a->report;
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
                      snp_key_name(a->report->vlek));
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
        check_tcb,      check_chip,  snp_chain_check,  check_report_signature,
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
static bool try_all(struct check *check, const struct signed_report *report)
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
                              snp_key_name(report->vlek),
                              snp_key_name(!report->vlek))
                 : say_missing(check, snp_key_name(report->vlek));
}

/* Who signed it, by its own word. */
static bool find_signer(struct check *check, struct signed_report *r)
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
    struct signed_report r = {.fields = &check->evidence->snp};
    /* mrtd_evidence_read() has seen that it is all there. */
    if (!span_part(check->data, check->evidence->value_offset - SNP_MEASUREMENT,
                   MRTD_SNP_REPORT_SIZE, &r.bytes) ||
        !span_part(r.bytes, SNP_SIGNATURE, SIGNATURE_SIZE, &r.signature)) {
        return false;
    }
    return check_claims(check) && find_signer(check, &r) && try_all(check, &r);
}
