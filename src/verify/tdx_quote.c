/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TDX quotes of version 4 and 5. Layouts: Intel TDX DCAP Quoting Library API,
 * appendix A.3 and A.4; intel/SGXDataCenterAttestationPrimitives a46ee8a,
 * QuoteGeneration/quote_wrapper/common/inc/sgx_quote_4.h and sgx_quote_5.h.
 * What is checked: intel/confidential-computing.tee.dcap.qvl d12717e,
 * QuoteVerification.
 */
#include <inttypes.h>
#include <string.h>

#include "evidence/quote_layout.h"
#include "hash/sha256.h"
#include "verify/chain.h"
#include "verify/der.h"
#include "verify/parts.h"
#include "verify/pck_extension.h"
#include "verify/tdx_collateral.h"

enum {
    KEY_TYPE_ECDSA_P256 = 2,
    LENGTH_SIZE = 4, /* of the signature data, u32, after the body */

    /* Signature data, from its start. */
    DATA_SIGNATURE = 0,
    DATA_KEY = 64,   /* x and y */
    DATA_TYPE = 128, /* u16 */
    DATA_SIZE = 130, /* u32 */
    DATA_INNER = 134,
    TYPE_QE_REPORT = 6,
    /* Certification data of that type, from its start. */
    INNER_REPORT = 0,
    INNER_SIGNATURE = 384,
    INNER_AUTH_SIZE = 448, /* u16 */
    INNER_AUTH = 450,
    TYPE_SIZE_FIELDS = 6, /* u16 type and u32 size of what follows */
    NUMBER_SIZE = 32,     /* r, s, x and y */
    POINT_SIZE = 64,
    SIGNATURE_SIZE = 64,

    /* Types of certification data: sgx_quote_3.h. */
    TYPE_PPID = 1,
    TYPE_PPID_RSA2048 = 2,
    TYPE_PPID_RSA3072 = 3,
    TYPE_PCK_LEAF = 4,
    TYPE_PCK_CHAIN = 5,
    TYPE_PLATFORM_MANIFEST = 7,

    /* SGX report body. */
    REPORT_MISCSELECT = 16, /* u32 */
    REPORT_ATTRIBUTES = 48, /* flags, u64 */
    REPORT_MRSIGNER = 128,
    REPORT_ISVPRODID = 256, /* u16 */
    REPORT_ISVSVN = 258,    /* u16 */
    REPORT_DATA = 320,
    REPORT_DATA_SIZE = 64,
    REPORT_SIZE = 384,
    TD_QE_PRODUCT = 2,
};

/* INIT and PROVISION_KEY; of the flags MODE64BIT may be either. */
#define TD_QE_ATTRIBUTES UINT64_C(0x11)
#define TD_QE_MASK       UINT64_C(0xfffffffffffffffb)

struct quote {
    uint64_t body;
    struct span signed_bytes; /* header and body */
    struct span signature;
    struct span key;
    struct span qe_report;
    struct span qe_signature;
    struct span qe_auth;
    uint16_t type; /* of the certification data in that of type 6 */
    struct span certification;
};

/* --- Where everything is ------------------------------------------------ */

static bool wrong_layout(struct check *check, uint64_t offset,
                         const char *field, uint64_t value, uint64_t wanted)
{
    return check_says(check, MRTD_REASON_LAYOUT, offset,
                      "%s is %" PRIu64 ", and %" PRIu64
                      " bytes are there for it",
                      field, value, wanted);
}

/* Header fields that say how the quote is signed. */
static bool check_header(struct check *check)
{
    /* 939a7233-f79c-4ca9-940a-0db3957f0607, in text order. */
    static const uint8_t vendor[] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c,
                                     0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3,
                                     0x95, 0x7f, 0x06, 0x07};
    uint16_t type = 0;
    (void)span_u16(check->data, QUOTE_KEY_TYPE, &type);
    if (type != KEY_TYPE_ECDSA_P256) {
        return check_says(check, MRTD_REASON_KEY_TYPE, QUOTE_KEY_TYPE,
                          "the quote's attestation key type is %u, and only 2 "
                          "(ECDSA with P-256) is known",
                          type);
    }
    if (!span_equals(check->data, QUOTE_VENDOR, vendor, sizeof vendor)) {
        return check_says(check, MRTD_REASON_QE_VENDOR, QUOTE_VENDOR,
                          "the quote's QE vendor id is not Intel's");
    }
    return true;
}

/* Type and size at offset of s, whose rest is as large as the size says. */
static bool read_certification(struct check *check, struct span s,
                               uint64_t offset, uint16_t *type,
                               struct span *content)
{
    uint32_t size = 0;
    if (!span_u16(s, offset, type) || !span_u32(s, offset + 2, &size)) {
        return wrong_layout(check, s.base + s.size, "the certification data",
                            TYPE_SIZE_FIELDS,
                            s.size > offset ? s.size - offset : 0);
    }
    const uint64_t start = offset + TYPE_SIZE_FIELDS;
    if (size != s.size - start) {
        return wrong_layout(check, s.base + offset + 2,
                            "the size of certification data", size,
                            s.size - start);
    }
    return span_part(s, start, size, content);
}

/* Certification data of type 6. */
static bool find_inner(struct check *check, struct quote *q, struct span s)
{
    uint16_t auth = 0;
    if (!span_part(s, INNER_REPORT, REPORT_SIZE, &q->qe_report) ||
        !span_part(s, INNER_SIGNATURE, SIGNATURE_SIZE, &q->qe_signature) ||
        !span_u16(s, INNER_AUTH_SIZE, &auth)) {
        return wrong_layout(check, s.base, "the size of the enclave's report",
                            INNER_AUTH, s.size);
    }
    if (!span_part(s, INNER_AUTH, auth, &q->qe_auth)) {
        return wrong_layout(check, s.base + INNER_AUTH_SIZE,
                            "the size of QE authentication data", auth,
                            s.size - INNER_AUTH);
    }
    return read_certification(check, s, (uint64_t)INNER_AUTH + auth, &q->type,
                              &q->certification);
}

static bool find_parts(struct check *check, struct quote *q)
{
    uint16_t body_type = 0;
    uint32_t length = 0;
    uint16_t outer = 0;
    struct span s;
    struct span inner = span_make(NULL, 0, 0);
    const bool v5 = check->evidence->kind == MRTD_EVIDENCE_QUOTE_V5;
    (void)span_u16(check->data, QUOTE_BODY_TYPE, &body_type);
    q->body = check->evidence->value_offset - BODY_MRTD;
    const uint64_t end =
        q->body +
        (v5 && body_type == BODY_TYPE_TD_15 ? BODY_15_SIZE : BODY_10_SIZE);
    /* mrtd_evidence_read() has seen that all this is there. */
    if (!span_part(check->data, 0, end, &q->signed_bytes) ||
        !span_u32(check->data, end, &length) ||
        !span_part(check->data, end + LENGTH_SIZE, length, &s)) {
        return wrong_layout(check, end, "the size of the signature data",
                            length, check->data.size - end);
    }
    if (!span_part(s, DATA_SIGNATURE, SIGNATURE_SIZE, &q->signature) ||
        !span_part(s, DATA_KEY, POINT_SIZE, &q->key) ||
        !span_u16(s, DATA_TYPE, &outer)) {
        return wrong_layout(check, end, "the size of the signature data",
                            DATA_INNER, length);
    }
    check->verdict->certification_type = outer;
    if (outer != TYPE_QE_REPORT) {
        return check_says(check, MRTD_REASON_CERTIFICATION_TYPE,
                          s.base + DATA_TYPE,
                          "the quote's certification data is of type %u, and "
                          "of TDX it is 6 (QE report)",
                          outer);
    }
    if (!read_certification(check, s, DATA_TYPE, &outer, &inner) ||
        !find_inner(check, q, inner)) {
        return false;
    }
    check->verdict->certification_type = q->type;
    return true;
}

/* --- Signatures --------------------------------------------------------- */

/* r and s, most significant byte first. */
static bool check_signature(struct check *check, struct span signature,
                            struct span key, struct span data,
                            enum mrtd_verify_reason reason, const char *what)
{
    struct ecdsa ecdsa = {.curve = KEY_P256};
    (void)span_copy(signature, 0, NUMBER_SIZE, ecdsa.r);
    (void)span_copy(signature, NUMBER_SIZE, NUMBER_SIZE, ecdsa.s);
    return check_answer(check, crypto_ecdsa(&check->crypto, &ecdsa, key, data),
                        reason, signature.base, what);
}

/* REPORTDATA of the enclave is the SHA-256 of key and authentication data, and
 * zeros. */
static bool check_binding(struct check *check, const struct quote *q)
{
    uint8_t wanted[REPORT_DATA_SIZE] = {0};
    struct sha256 stream;
    sha256_init(&stream);
    sha256_update(&stream, span_bytes(q->key, 0, q->key.size), POINT_SIZE);
    sha256_update(&stream, span_bytes(q->qe_auth, 0, q->qe_auth.size),
                  (size_t)q->qe_auth.size);
    sha256_final(&stream, wanted);
    if (!span_equals(q->qe_report, REPORT_DATA, wanted, sizeof wanted)) {
        return check_says(check, MRTD_REASON_QE_BINDING,
                          q->qe_report.base + REPORT_DATA,
                          "the enclave's REPORTDATA is not the SHA-256 of the "
                          "attestation key and the authentication data, and 32 "
                          "zeros");
    }
    check->verdict->checked |= MRTD_CHECKED_QE_BINDING;
    return true;
}

/* Without this any enclave that Intel certified could sign quotes. The values
 * are those of Intel's TD_QE identity, which has not changed since 2023. */
static bool check_identity(struct check *check, const struct quote *q)
{
    static const uint8_t mrsigner[] = {
        0xdc, 0x9e, 0x2a, 0x7c, 0x6f, 0x94, 0x8f, 0x17, 0x47, 0x4e, 0x34,
        0xa7, 0xfc, 0x43, 0xed, 0x03, 0x0f, 0x7c, 0x15, 0x63, 0xf1, 0xba,
        0xbd, 0xdf, 0x63, 0x40, 0xc8, 0x2e, 0x0e, 0x54, 0xa8, 0xc5};
    const struct span r = q->qe_report;
    uint32_t misc = 0;
    uint64_t flags = 0;
    uint16_t product = 0;
    const char *wrong = NULL;
    uint64_t at = 0;
    (void)span_u32(r, REPORT_MISCSELECT, &misc);
    (void)span_u64(r, REPORT_ATTRIBUTES, &flags);
    (void)span_u16(r, REPORT_ISVPRODID, &product);
    if (!span_equals(r, REPORT_MRSIGNER, mrsigner, sizeof mrsigner)) {
        wrong = "MRSIGNER";
        at = REPORT_MRSIGNER;
    } else if (product != TD_QE_PRODUCT) {
        wrong = "ISVPRODID";
        at = REPORT_ISVPRODID;
    } else if ((flags & TD_QE_MASK) != TD_QE_ATTRIBUTES) {
        wrong = "ATTRIBUTES";
        at = REPORT_ATTRIBUTES;
    } else if (misc != 0) {
        wrong = "MISCSELECT";
        at = REPORT_MISCSELECT;
    }
    if (wrong) {
        return check_says(check, MRTD_REASON_QE_IDENTITY, r.base + at,
                          "the enclave that signed is not Intel's TD quoting "
                          "enclave: its %s is another",
                          wrong);
    }
    check->verdict->checked |= MRTD_CHECKED_QE_IDENTITY;
    return true;
}

/* --- The chain ---------------------------------------------------------- */

/* What the certification data is where it is not a chain. */
static bool check_type(struct check *check, const struct quote *q)
{
    static const struct {
        uint16_t type;
        uint16_t size; /* 0: any */
    } types[] = {{TYPE_PPID, 36},
                 {TYPE_PPID_RSA2048, 276},
                 {TYPE_PPID_RSA3072, 404},
                 {TYPE_PCK_LEAF, 0},
                 {TYPE_PCK_CHAIN, 0}};
    const uint64_t offset = q->certification.base - TYPE_SIZE_FIELDS;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].type != q->type) {
            continue;
        }
        return types[i].size == 0 || types[i].size == q->certification.size ||
               wrong_layout(check, offset, "the size of certification data",
                            types[i].size, q->certification.size);
    }
    return check_says(check, MRTD_REASON_CERTIFICATION_TYPE, offset,
                      "the certification data with the enclave's report is of "
                      "type %u%s, and types 1 to 5 are known",
                      q->type,
                      q->type == TYPE_PLATFORM_MANIFEST ? " (platform manifest)"
                                                        : "");
}

/* The first certificate with that subject among those given. */
static const struct certificate *find_given(const struct check *check,
                                            struct span subject)
{
    if (check->own_root && der_same(check->own_root->subject, subject)) {
        return check->own_root;
    }
    for (size_t i = 0; i < check->given.count; i++) {
        if (der_same(check->given.items[i].subject, subject)) {
            return &check->given.items[i];
        }
    }
    return NULL;
}

/* Is it of the key that signed the enclave's report? */
static enum crypto_answer signed_report(const struct check *check,
                                        const struct quote *q,
                                        const struct certificate *leaf)
{
    struct ecdsa ecdsa = {.curve = KEY_P256};
    (void)span_copy(q->qe_signature, 0, NUMBER_SIZE, ecdsa.r);
    (void)span_copy(q->qe_signature, NUMBER_SIZE, NUMBER_SIZE, ecdsa.s);
    return leaf->key_kind == KEY_P256
               ? crypto_ecdsa(&check->crypto, &ecdsa, leaf->point, q->qe_report)
               : CRYPTO_WRONG;
}

/* A chain from what was given beside a quote that has none, if it is there. */
static bool gather_chain(struct check *check, const struct quote *q,
                         struct certificate chain[CHAIN_COUNT], bool *found)
{
    const struct certificate *leaf = NULL;
    for (size_t i = 0; i < check->given.count; i++) {
        const struct certificate *c = &check->given.items[i];
        enum crypto_answer answer = CRYPTO_WRONG;
        if (!certificate_is_named(c->subject, VENDOR_INTEL,
                                  "Intel SGX PCK Certificate")) {
            continue;
        }
        answer = signed_report(check, q, c);
        if (answer == CRYPTO_NO_MEMORY) {
            return check_no_memory(check);
        }
        if (!leaf || answer == CRYPTO_RIGHT) {
            leaf = c;
        }
        if (answer == CRYPTO_RIGHT) {
            break;
        }
    }
    const struct certificate *ca =
        leaf ? find_given(check, leaf->issuer) : NULL;
    const struct certificate *root = ca ? find_given(check, ca->issuer) : NULL;
    *found = root;
    if (root) {
        chain[CHAIN_LEAF] = *leaf;
        chain[CHAIN_CA] = *ca;
        chain[CHAIN_ROOT] = *root;
    }
    return true;
}

/* The quote's own chain, whose bytes the list keeps. */
static bool read_chain(struct check *check, const struct quote *q,
                       struct certificates *list)
{
    uint64_t at = 0;
    switch (certificates_read_chain(list, q->certification, CHAIN_COUNT, &at)) {
    case CERTIFICATES_READ:
        return true;
    case CERTIFICATES_MEMORY:
        return check_no_memory(check);
    case CERTIFICATES_COUNT:
        return check_says(check, MRTD_REASON_CHAIN_COUNT, at,
                          "the quote has %s than %d certificates",
                          list->count < CHAIN_COUNT ? "fewer" : "more",
                          CHAIN_COUNT);
    case CERTIFICATES_FORMAT:
        break;
    }
    return check_says(check, MRTD_REASON_CHAIN_FORMAT, at,
                      "the quote's chain is not X.509 certificates in PEM, one "
                      "directly after the other, and at most a zero at the "
                      "end");
}

static bool check_chain(struct check *check, const struct quote *q,
                        const struct certificate chain[CHAIN_COUNT])
{
    struct mrtd_verification *v = check->verdict;
    struct mrtd_tdx_signer signer = {.qe_isvsvn = 0};
    const struct certificate *leaf = &chain[CHAIN_LEAF];
    if (!chain_verify(check, chain)) {
        return false;
    }
    if (!check_signature(check, q->qe_signature, leaf->point, q->qe_report,
                         MRTD_REASON_QE_SIGNATURE, "the enclave's report")) {
        return false;
    }
    v->checked |= MRTD_CHECKED_QE_REPORT;
    if (!pck_extension_read(&signer, leaf)) {
        return check_says(check, MRTD_REASON_PCK_EXTENSION, leaf->whole.base,
                          "the SGX extension of the PCK certificate is "
                          "missing, or not as Intel defines it");
    }
    (void)span_u16(q->qe_report, REPORT_ISVSVN, &signer.qe_isvsvn);
    (void)span_u16(q->qe_report, REPORT_ISVPRODID, &signer.qe_isvprodid);
    (void)span_u32(q->qe_report, REPORT_MISCSELECT, &signer.qe_miscselect);
    (void)span_copy(q->qe_report, REPORT_ATTRIBUTES,
                    sizeof signer.qe_attributes, signer.qe_attributes);
    (void)span_copy(q->qe_report, REPORT_MRSIGNER, sizeof signer.qe_mrsigner,
                    signer.qe_mrsigner);
    signer.platform_ca = certificate_is_named(
        chain[CHAIN_CA].subject, VENDOR_INTEL, "Intel SGX PCK Platform CA");
    v->tdx = signer;
    return true;
}

/* --- The whole ---------------------------------------------------------- */

/* A module of another signer, or one for debugging, may report anything. */
static bool check_module(struct check *check, const struct quote *q)
{
    struct span s;
    if (!span_part(check->data, q->body + BODY_MRSIGNERSEAM,
                   BODY_TD_INFO - BODY_MRSIGNERSEAM, &s) ||
        !span_is_zero(s)) {
        return check_says(check, MRTD_REASON_TDX_MODULE,
                          q->body + BODY_MRSIGNERSEAM,
                          "MRSIGNERSEAM and SEAMATTRIBUTES are not both zero, "
                          "as they are of each TDX module that Intel released");
    }
    return true;
}

/* What the quote and its enclave say, without regard to who certified that. */
static bool check_quote(struct check *check, const struct quote *q)
{
    if (!check_binding(check, q) ||
        !check_signature(check, q->signature, q->key, q->signed_bytes,
                         MRTD_REASON_QUOTE_SIGNATURE, "the quote")) {
        return false;
    }
    check->verdict->checked |= MRTD_CHECKED_HEADER_BODY;
    return check_identity(check, q) && check_module(check, q);
}

/* The quote by its chain. Collateral comes last: it is looked at only for a
 * quote that is right by itself. */
static bool check_all(struct check *check, const struct quote *q,
                      const struct certificate chain[CHAIN_COUNT])
{
    return check_chain(check, q, chain) && check_quote(check, q) &&
           check_time(check) &&
           (!check->collateral || tdx_collateral_check(check, chain));
}

/* With the chain that was given for a quote that has none. */
static bool check_with_given(struct check *check, const struct quote *q)
{
    struct certificate chain[CHAIN_COUNT];
    bool found = false;
    if (!gather_chain(check, q, chain, &found)) {
        return false;
    }
    if (found) {
        return check_all(check, q, chain);
    }
    /* A quote that is wrong by itself is so without a chain, too. */
    return check_quote(check, q) &&
           check_says(check, MRTD_REASON_NO_CHAIN,
                      q->certification.base - TYPE_SIZE_FIELDS,
                      "the quote has certification data of type %u, and no "
                      "certificates: its host had no PCK certificate when the "
                      "quote was made; it can be verified with the PCK "
                      "certificate, its CA's and the root's",
                      q->type);
}

static bool check_with_own(struct check *check, const struct quote *q)
{
    struct certificates list = {.items = NULL};
    const bool right =
        read_chain(check, q, &list) && check_all(check, q, list.items);
    certificates_free(&list);
    return right;
}

bool verify_tdx_quote(struct check *check)
{
    struct quote q;
    memset(&q, 0, sizeof q);
    return check_header(check) && find_parts(check, &q) &&
           check_type(check, &q) &&
           (q.type == TYPE_PCK_CHAIN ? check_with_own(check, &q)
                                     : check_with_given(check, &q));
}
