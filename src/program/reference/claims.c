/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_guest.h"
#include "reference/recognize.h"

/* TEE_INFO_HASH of a TDREPORT_STRUCT. */
#define TDREPORT_INFO_HASH 80
/* REPORT_DATA in the report of Azure's paravisor. */
#define HCL_REPORT_DATA 0x70

static const struct {
    const char *name;
    enum claims_kind kind;
} kinds[] = {
    {"hex", CLAIMS_HEX},       {"base64", CLAIMS_BASE64},
    {"quote", CLAIMS_QUOTE},   {"tdreport", CLAIMS_TDREPORT},
    {"tdinfo", CLAIMS_TDINFO}, {"snp-report", CLAIMS_SNP_REPORT},
    {"json", CLAIMS_JSON},     {"corim", CLAIMS_CORIM},
    {"coswid", CLAIMS_COSWID}, {"policy", CLAIMS_POLICY},
};

int claims_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return (int)kinds[i].kind;
        }
    }
    return -1;
}

/* What is said of an input is cut there: it may quote it. */
#define MESSAGE_SIZE 480

bool claims_fail(struct failure *error, const char *tag, uint64_t offset,
                 const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    failure_refused_at(error, NULL, tag, offset, "%s", text);
    return false;
}

/* Copies what is printable ASCII, '?' for the rest. */
static void copy_printable(char *to, size_t size, const char *from)
{
    size_t i = 0;
    for (; from[i] && i + 1 < size; i++) {
        to[i] = (char)(from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?');
    }
    to[i] = '\0';
}

static void remark(struct claims *claims, const char *where, const char *why,
                   bool is_taken)
{
    if (claims->remark_count++ < CLAIMS_REMARKS) {
        struct claims_remark *r = &claims->remarks[claims->remark_count - 1];
        copy_printable(r->where, sizeof r->where, where);
        copy_printable(r->why, sizeof r->why, why);
        r->is_taken = is_taken;
    }
}

void claims_pass_over(struct claims *claims, const char *where, const char *why)
{
    remark(claims, where, why, false);
}

bool claims_misspelled(struct claims *claims, const char *tag, uint64_t offset,
                       const char *where, const char *why,
                       struct failure *error)
{
    char shown[160];
    if (claims->reading == CLAIMS_LENIENT) {
        remark(claims, where, why, true);
        return true;
    }
    copy_printable(shown, sizeof shown, where);
    return claims_fail(error, tag, offset, "%s %s; check --against takes it",
                       shown, why);
}

bool claims_fail_empty(const struct claims *claims, const char *tag,
                       const char *text, struct failure *error)
{
    const struct claims_remark *first = claims->remarks;
    const struct claims_remark *end =
        first + (claims->remark_count < CLAIMS_REMARKS ? claims->remark_count
                                                       : CLAIMS_REMARKS);
    char more[40] = "";
    while (first < end && first->is_taken) {
        first++;
    }
    if (first == end) {
        return claims_fail(error, tag, MRTD_NO_OFFSET, "%s", text);
    }
    if (claims->remark_count > 1) {
        snprintf(more, sizeof more, ", and %zu more", claims->remark_count - 1);
    }
    return claims_fail(
        error, tag, MRTD_NO_OFFSET,
        "nothing in it says what the %s must be: %s skipped: %s%s",
        claims->platform == MRTD_PLATFORM_TDX ? "MRTD"
                                              : claims_guest_digest(claims),
        first->where, first->why, more);
}

bool claims_no_memory(struct failure *error)
{
    failure_memory(error, NULL);
    return false;
}

static bool add(struct claims *claims, const struct claim *claim,
                struct failure *error)
{
    if (claims->count == CLAIMS_MAX) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it holds more than %d values", CLAIMS_MAX);
    }
    struct claim *items =
        claims_room(claims->items, claims->count, sizeof *claims->items);
    if (!items) {
        return claims_no_memory(error);
    }
    claims->items = items;
    items[claims->count] = *claim;
    items[claims->count++].group = claims->group;
    return true;
}

void claims_begin_group(struct claims *claims)
{
    /* Another number, unless nothing was added to the last group. */
    claims->group = claims->count + claims->boot_count + 1;
}

bool claims_add(struct claims *claims, enum mrtd_register id,
                const uint8_t *digest, const char *where, struct failure *error)
{
    struct claim claim = {
        .not_before = INT64_MIN, .not_after = INT64_MAX, .file = -1};
    mrtd_value_set(&claim.value, id, digest);
    snprintf(claim.where, sizeof claim.where, "%s", where);
    return add(claims, &claim, error);
}

bool claims_deny(struct claims *claims, enum mrtd_register id,
                 const uint8_t *digest, const char *where, const char *why,
                 struct failure *error)
{
    claims_pass_over(claims, where, why);
    if (claims->denied_count == CLAIMS_MAX) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it forbids more than %d values", CLAIMS_MAX);
    }
    struct mrtd_value *denied = claims_room(
        claims->denied, claims->denied_count, sizeof *claims->denied);
    if (!denied) {
        return claims_no_memory(error);
    }
    claims->denied = denied;
    mrtd_value_set(&denied[claims->denied_count++], id, digest);
    return true;
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
        return kind == MRTD_EVIDENCE_HCL
                   ? claims_fail(error, "evidence-hash", HCL_REPORT_DATA,
                                 "a damaged report of Azure's paravisor, or "
                                 "none: its REPORT_DATA is not the SHA-256 of "
                                 "the claims beside it; fetch it again, from "
                                 "the guest itself")
                   : claims_fail(error, "evidence-hash", TDREPORT_INFO_HASH,
                                 "a damaged TDREPORT, or none: its "
                                 "TEE_INFO_HASH is not the SHA-384 of its "
                                 "TDINFO, so its MRTD is nobody's; fetch it "
                                 "again, from the TD itself");
    }
    mrtd_evidence_value(&claim.value, &claim.evidence);
    snprintf(claim.where, sizeof claim.where, "%s", where);
    return add(claims, &claim, error);
}

/* --- Dispatch ---------------------------------------------------------- */

static void set_kind(struct claims *claims, const char *kind,
                     const char *wrapping)
{
    snprintf(claims->kind, sizeof claims->kind, "%s%s", kind, wrapping);
}

/* Known by their tags, also where they cannot be read for want of CBOR. */
static bool is_corim(const unsigned char *data, size_t size)
{
    static const unsigned char corim[] = {0xd9, 0x01, 0xf5}; /* tag 501 */
    return (size > 0 && data[0] == 0xd2) ||                  /* COSE_Sign1 */
           (size >= sizeof corim && memcmp(data, corim, sizeof corim) == 0);
}

static bool is_coswid(const unsigned char *data, size_t size)
{
    static const unsigned char head[] = {0xda, 0x53, 0x57, 0x49, 0x44};
    return size >= sizeof head && memcmp(data, head, sizeof head) == 0;
}

/* What it is instead, where that is known. */
static bool refuse_unknown(const void *data, size_t size, struct failure *error)
{
    struct recognized what;
    if (recognize_binary(data, size, &what) && what.use == RECOGNIZED_OTHER) {
        return claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                           "this is %s; %s", what.name, what.advice);
    }
    return claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                       "neither 96 hexadecimal digits or their base64, nor a "
                       "TDX quote, TDREPORT, TDINFO, SEV-SNP report, CoRIM, "
                       "CoSWID, policy, nor JSON with one of these or with "
                       "reference values; --kind of check says what it is");
}

/* Bytes that are not text: evidence or a CoRIM. */
static bool read_binary(struct claims *claims, const unsigned char *data,
                        size_t size, const char *wrapping,
                        struct failure *error)
{
    enum mrtd_evidence_kind kind;
    struct mrtd_evidence refused;
    struct mrtd_error why;
    if (recognize_evidence(data, size, &kind)) {
        set_kind(claims, mrtd_evidence_kind_name(kind), wrapping);
        return claims_add_evidence(claims, kind, data, size, "", error);
    }
    if (is_corim(data, size)) {
        return claims_read_corim(claims, data, size, "", error);
    }
    if (is_coswid(data, size)) {
        return claims_read_coswid(claims, data, size, error);
    }
    /* Not detected, since it is refused: the quote of an SGX enclave. */
    if (mrtd_evidence_read(&refused, MRTD_EVIDENCE_QUOTE_V4, data, size,
                           &why) == MRTD_ERR_EVIDENCE_TEE) {
        return claims_fail(error, mrtd_code_name(why.code), why.offset, "%s",
                           why.message);
    }
    return refuse_unknown(data, size, error);
}

static bool is_text(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] != '\n' && data[i] != '\r' && data[i] != '\t' &&
            (data[i] < 0x20 || data[i] == 0x7f)) {
            return false;
        }
    }
    return true;
}

/* The first byte that is not white space, or '\0'. */
static char first_character(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isspace((unsigned char)text[i])) {
            return text[i];
        }
    }
    return '\0';
}

/* 96 lower-case digits, and the end of a line at most. */
static bool is_exact(const char *text, size_t size)
{
    size_t len = 2 * MRTD_DIGEST_SIZE;
    for (size_t i = 0; i < len && i < size; i++) {
        if (!strchr("0123456789abcdef", text[i])) {
            return false;
        }
    }
    len += len < size && text[len] == '\r';
    len += len < size && text[len] == '\n';
    return len == size;
}

/* Hexadecimal or base64 of an MRTD, or of something binary. */
static bool read_encoded(struct claims *claims, const char *text, size_t size,
                         bool only_mrtd, struct failure *error)
{
    size_t len = 0;
    struct recognized what;
    unsigned char *bytes = claims_decode_text(text, size, &len);
    bool good = false;
    /* PEM is base64url to a lenient reader. */
    const bool known = recognize_binary(text, size, &what);
    if (!bytes && len == SIZE_MAX) {
        claims_no_memory(error);
    } else if (bytes && len == MRTD_DIGEST_SIZE) {
        set_kind(claims, "bare digest", "");
        good = (is_exact(text, size) ||
                claims_misspelled(claims, "against-unknown", MRTD_NO_OFFSET,
                                  "the value",
                                  "is not 96 lower-case hexadecimal digits on "
                                  "a line of their own",
                                  error)) &&
               claims_add(claims, MRTD_REGISTER_MRTD, bytes, "", error);
        if (good) {
            claims->items[claims->count - 1].is_bare = true;
        }
    } else if (only_mrtd) {
        claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                    "not 96 hexadecimal digits, nor 64 characters of base64");
    } else if (bytes && !known) {
        good = read_binary(claims, bytes, len, " in hexadecimal or base64",
                           error) &&
               (claims->count == 0 || claims->items[0].has_evidence ||
                claims_misspelled(claims, "against-unknown", MRTD_NO_OFFSET,
                                  "the document",
                                  "is in hexadecimal or base64, and not the "
                                  "bytes that are published",
                                  error));
    } else {
        refuse_unknown(text, size, error);
    }
    free(bytes);
    return good;
}

/* A quote of the version that the bytes say, or the older one. */
static bool read_quote(struct claims *claims, const unsigned char *data,
                       size_t size, struct failure *error)
{
    enum mrtd_evidence_kind kind = size >= 2 && data[0] == 5
                                       ? MRTD_EVIDENCE_QUOTE_V5
                                       : MRTD_EVIDENCE_QUOTE_V4;
    set_kind(claims, mrtd_evidence_kind_name(kind), "");
    return claims_add_evidence(claims, kind, data, size, "", error);
}

/* A report of SEV-SNP, also as Azure's paravisor has it. */
static bool read_snp_report(struct claims *claims, const unsigned char *data,
                            size_t size, struct failure *error)
{
    enum mrtd_evidence_kind kind = MRTD_EVIDENCE_SNP;
    (void)mrtd_evidence_detect(data, size, &kind);
    kind = kind == MRTD_EVIDENCE_HCL ? kind : MRTD_EVIDENCE_SNP;
    set_kind(claims, mrtd_evidence_kind_name(kind), "");
    return claims_add_evidence(claims, kind, data, size, "", error);
}

bool claims_read_tdx(struct claims *claims, enum claims_kind kind,
                     const unsigned char *data, size_t size,
                     struct failure *error)
{
    const char *text = (const char *)data;
    switch (kind) {
    case CLAIMS_HEX:
    case CLAIMS_BASE64:
        return read_encoded(claims, text, size, true, error);
    case CLAIMS_QUOTE:
        return read_quote(claims, data, size, error);
    case CLAIMS_TDREPORT:
        set_kind(claims, "TDREPORT", "");
        return claims_add_evidence(claims, MRTD_EVIDENCE_TDREPORT, data, size,
                                   "", error);
    case CLAIMS_TDINFO:
        set_kind(claims, "TDINFO", "");
        return claims_add_evidence(claims, MRTD_EVIDENCE_TDINFO, data, size, "",
                                   error);
    case CLAIMS_SNP_REPORT:
        return read_snp_report(claims, data, size, error);
    case CLAIMS_JSON:
        return claims_read_json(claims, text, size, error);
    case CLAIMS_SIGNED:
        if (!is_corim(data, size)) {
            return claims_fail(error, "against-corim", MRTD_NO_OFFSET,
                               "not a CoRIM, and no other document is signed: "
                               "--key has nothing to verify");
        }
        return claims_read_corim(claims, data, size, "", error);
    case CLAIMS_CORIM:
        return claims_read_corim(claims, data, size, "", error);
    case CLAIMS_COSWID:
        return claims_read_coswid(claims, data, size, error);
    case CLAIMS_POLICY:
        return claims_read_policy(claims, text, size, error);
    default:
        break;
    }
    if (!is_text(data, size)) {
        return read_binary(claims, data, size, "", error);
    }
    const char first = first_character(text, size);
    if (first == '{' || first == '[') {
        return claims_read_json(claims, text, size, error);
    }
    /* Text with quotes is not digits: it may be a policy. */
    return memchr(text, '"', size) || memchr(text, '\'', size) ||
                   memchr(text, '`', size)
               ? claims_read_policy(claims, text, size, error)
               : read_encoded(claims, text, size, false, error);
}
