/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/recognize.h"

/* TEE_INFO_HASH of a TDREPORT_STRUCT. */
#define TDREPORT_INFO_HASH 80
/* REPORT_DATA in the reports of Azure's paravisor. */
#define HCL_SNP_REPORT_DATA 0x70
#define HCL_TDX_REPORT_DATA 0xa0

/* --- Containers -------------------------------------------------------- */

/*
 * Version 0 of an attestation of dstack, in parity's SCALE codec: two numbers
 * of enumerations, 0 for the version and 0 for a TD; then the quote's size,
 * whose lowest two bits say in how many bytes it is; then the quote
 * (Dstack-TEE/dstack, dstack-attest/src/attestation.rs).
 */
static bool open_dstack(const unsigned char **data, size_t *size)
{
    enum {
        HEAD = 4,
        TWO_BYTES = 1
    };
    const unsigned char *d = *data;
    enum mrtd_evidence_kind kind;
    if (*size < HEAD || d[0] != 0 || d[1] != 0 || (d[2] & 3) != TWO_BYTES) {
        return false;
    }
    const size_t len = ((size_t)d[2] | (size_t)d[3] << 8) >> 2;
    if (len > *size - HEAD || !mrtd_evidence_detect(d + HEAD, len, &kind) ||
        (kind != MRTD_EVIDENCE_QUOTE_V4 && kind != MRTD_EVIDENCE_QUOTE_V5)) {
        return false;
    }
    *data = d + HEAD;
    *size = len;
    return true;
}

/* What binary evidence may be in. The containers that the library itself
 * knows, as Azure's report and what Linux's driver answers, are kinds. */
static const struct {
    const char *name;
    bool (*open)(const unsigned char **data, size_t *size);
} containers[] = {
    {"an attestation of dstack", open_dstack},
};

bool evidence_contained(const unsigned char **data, size_t *size,
                        enum mrtd_evidence_kind *kind, const char **container)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        if (containers[i].open(data, size)) {
            *container = containers[i].name;
            return recognize_evidence(*data, *size, kind);
        }
    }
    return false;
}

bool evidence_within(const unsigned char **data, size_t *size,
                     enum mrtd_evidence_kind *kind, const char **container)
{
    *container = NULL;
    return recognize_evidence(*data, *size, kind) ||
           evidence_contained(data, size, kind, container);
}

/* --- Adding ------------------------------------------------------------ */

static bool copy(struct claims_bytes *to, const void *data, size_t size)
{
    to->bytes = malloc(size + 1);
    if (!to->bytes) {
        return false;
    }
    memcpy(to->bytes, data, size);
    to->size = size;
    return true;
}

void carried_free(struct carried *carried)
{
    free(carried->evidence.bytes);
    for (size_t i = 0; i < carried->certificate_count; i++) {
        free(carried->certificates[i].bytes);
    }
    memset(carried, 0, sizeof *carried);
}

bool carried_certificate(struct claims *claims, const void *data, size_t size,
                         struct failure *error)
{
    struct carried *c = &claims->items[claims->count - 1].carried;
    if (c->certificate_count == CLAIMS_CERTIFICATES) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it has more than %d certificates beside a piece of "
                           "evidence",
                           CLAIMS_CERTIFICATES);
    }
    if (!copy(&c->certificates[c->certificate_count], data, size)) {
        return claims_no_memory(error);
    }
    c->certificate_count++;
    return true;
}

/* What was changed after its hash was made, or is no evidence at all. */
static bool refuse_inconsistent(enum mrtd_evidence_kind kind,
                                struct failure *error)
{
    switch (kind) {
    case MRTD_EVIDENCE_HCL:
        return claims_fail(error, "evidence-hash", HCL_SNP_REPORT_DATA,
                           "a damaged report of Azure's paravisor, or none: "
                           "its REPORT_DATA is not the SHA-256 of the claims "
                           "beside it; fetch it again, from the guest itself");
    case MRTD_EVIDENCE_HCL_TDX:
        return claims_fail(error, "evidence-hash", HCL_TDX_REPORT_DATA,
                           "a damaged report of Azure's paravisor, or none: "
                           "REPORTDATA of its TDREPORT is not the SHA-256 of "
                           "the claims beside it, or TEE_INFO_HASH not the "
                           "SHA-384 of its TDINFO; fetch it again, from the "
                           "guest itself");
    default:
        return claims_fail(error, "evidence-hash", TDREPORT_INFO_HASH,
                           "a damaged TDREPORT, or none: its TEE_INFO_HASH is "
                           "not the SHA-384 of its TDINFO, so its MRTD is "
                           "nobody's; fetch it again, from the TD itself");
    }
}

bool claims_add_evidence(struct claims *claims, enum mrtd_evidence_kind kind,
                         const void *data, size_t size, const char *where,
                         struct failure *error)
{
    struct claim claim = {.not_before = INT64_MIN,
                          .not_after = INT64_MAX,
                          .file = -1,
                          .has_evidence = true};
    struct mrtd_error why;
    if (mrtd_evidence_read(&claim.evidence, kind, data, size, &why)) {
        return claims_fail(error, mrtd_code_name(why.code), why.offset, "%s",
                           why.message);
    }
    if (!claim.evidence.consistent) {
        return refuse_inconsistent(kind, error);
    }
    if (!copy(&claim.carried.evidence, data, size)) {
        return claims_no_memory(error);
    }
    mrtd_evidence_value(&claim.value, &claim.evidence);
    snprintf(claim.where, sizeof claim.where, "%s", where);
    if (!claims_add_claim(claims, &claim, error)) {
        carried_free(&claim.carried);
        return false;
    }
    return true;
}

bool claim_is_signed(const struct claim *claim)
{
    switch (claim->evidence.kind) {
    case MRTD_EVIDENCE_QUOTE_V4:
    case MRTD_EVIDENCE_QUOTE_V5:
    case MRTD_EVIDENCE_SNP:
    case MRTD_EVIDENCE_HCL:
        return claim->has_evidence;
    default:
        return false;
    }
}

/* Of all evidence, a first piece that is signed; else the first. Or NULL. */
static struct claim *choose(const struct claims *claims)
{
    struct claim *chosen = NULL;
    for (size_t i = 0; i < claims->count; i++) {
        struct claim *claim = &claims->items[i];
        if (claim->has_evidence &&
            (!chosen || (claim_is_signed(claim) && !claim_is_signed(chosen)))) {
            chosen = claim;
        }
    }
    return chosen;
}

/* Are both of one guest, by all that does not change while it runs? */
static bool same_guest(const struct claim *a, const struct claim *b)
{
    const struct mrtd_tdinfo *x = &a->evidence.tdinfo;
    const struct mrtd_tdinfo *y = &b->evidence.tdinfo;
    const bool is_snp =
        mrtd_evidence_platform(a->evidence.kind) == MRTD_PLATFORM_SNP;
    return mrtd_value_equal(&a->value, &b->value) &&
           (is_snp ||
            (x->attributes == y->attributes && x->xfam == y->xfam &&
             !memcmp(x->mrconfigid, y->mrconfigid, sizeof x->mrconfigid) &&
             !memcmp(x->mrowner, y->mrowner, sizeof x->mrowner) &&
             !memcmp(x->mrownerconfig, y->mrownerconfig,
                     sizeof x->mrownerconfig)));
}

static bool same_bytes(const struct claim *a, const struct claim *b)
{
    const struct claims_bytes *x = &a->carried.evidence;
    const struct claims_bytes *y = &b->carried.evidence;
    return x->size == y->size && !memcmp(x->bytes, y->bytes, x->size);
}

/* A bare digest may be of each platform. */
static bool same_value(const struct claim *evidence, const struct claim *claim)
{
    struct mrtd_value value = claim->value;
    value.id = claim->is_bare ? evidence->value.id : value.id;
    return mrtd_value_equal(&evidence->value, &value);
}

bool evidence_agrees(const struct claims *claims, struct failure *error)
{
    const struct claim *chosen = choose(claims);
    for (size_t i = 0; chosen && i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        const char *why = NULL;
        if (!claim->has_evidence) {
            why = same_value(chosen, claim)
                      ? NULL
                      : "evidence, and beside it another launch digest";
        } else if (!same_guest(chosen, claim)) {
            why = "evidence of two guests, with different launch digests or "
                  "attributes";
        } else if (claim_is_signed(claim) && !same_bytes(chosen, claim)) {
            why = "two pieces of evidence that are signed";
        }
        if (why) {
            return claims_fail(error, "against-two", MRTD_NO_OFFSET,
                               "it has %s: %s, and %s; give one of the two "
                               "alone",
                               why,
                               *chosen->where ? chosen->where : "the first",
                               *claim->where ? claim->where : "another");
        }
    }
    return true;
}

/* --- The bytes alone --------------------------------------------------- */

bool evidence_find(struct evidence_found *found, const void *data, size_t size,
                   struct failure *error)
{
    struct claims claims;
    memset(found, 0, sizeof *found);
    if (!claims_read(&claims, CLAIMS_DETECT, CLAIMS_LENIENT, data, size,
                     error)) {
        return false;
    }
    struct claim *claim = choose(&claims);
    if (!claim) {
        claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                    "there is no evidence in it: no quote, TDREPORT or report "
                    "of SEV-SNP");
    } else {
        found->kind = claim->evidence.kind;
        found->carried = claim->carried;
        memset(&claim->carried, 0, sizeof claim->carried);
        /* What the file is may be named by other things that are in it. */
        const char *in = strstr(claims.kind, " in ");
        snprintf(found->what, sizeof found->what, "%s%s",
                 mrtd_evidence_kind_name(found->kind), in ? in : "");
        memcpy(found->where, claim->where, sizeof found->where);
    }
    claims_free(&claims);
    return claim != NULL;
}

void evidence_found_free(struct evidence_found *found)
{
    carried_free(&found->carried);
}
