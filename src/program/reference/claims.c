/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_dump.h"
#include "reference/claims_encoded.h"
#include "reference/claims_evidence.h"
#include "reference/claims_guest.h"
#include "reference/claims_lines.h"
#include "reference/recognize.h"

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

bool claims_add_claim(struct claims *claims, const struct claim *claim,
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
    return claims_add_claim(claims, &claim, error);
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

void claims_set_kind(struct claims *claims, const char *kind,
                     const char *wrapping)
{
    snprintf(claims->kind, sizeof claims->kind, "%s%s", kind, wrapping);
}

/* --- Dispatch ---------------------------------------------------------- */

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

/* A quote of the version that the bytes say, or the older one. */
static bool read_quote(struct claims *claims, const unsigned char *data,
                       size_t size, struct failure *error)
{
    enum mrtd_evidence_kind kind = size >= 2 && data[0] == 5
                                       ? MRTD_EVIDENCE_QUOTE_V5
                                       : MRTD_EVIDENCE_QUOTE_V4;
    claims_set_kind(claims, mrtd_evidence_kind_name(kind), "");
    return claims_add_evidence(claims, kind, data, size, "", error);
}

/* A report of SEV-SNP, also as Azure's paravisor has it. */
static bool read_snp_report(struct claims *claims, const unsigned char *data,
                            size_t size, struct failure *error)
{
    enum mrtd_evidence_kind kind = MRTD_EVIDENCE_SNP;
    (void)mrtd_evidence_detect(data, size, &kind);
    kind = kind == MRTD_EVIDENCE_HCL ? kind : MRTD_EVIDENCE_SNP;
    claims_set_kind(claims, mrtd_evidence_kind_name(kind), "");
    return claims_add_evidence(claims, kind, data, size, "", error);
}

/* What it is by its content. */
static bool read_detected(struct claims *claims, const unsigned char *data,
                          size_t size, struct failure *error)
{
    const char *text = (const char *)data;
    if (!is_text(data, size)) {
        return encoded_read_binary(claims, data, size, "", error);
    }
    const char first = first_character(text, size);
    if (first == '{' || first == '[') {
        /* Numbers in brackets are JSON only in one of their forms. */
        return encoded_is_numbers(text, size)
                   ? encoded_read(claims, text, size, false, error)
                   : claims_read_json(claims, text, size, error);
    }
    if (dump_begins(text, size)) {
        return encoded_read(claims, text, size, false, error);
    }
    if (lines_begin(text, size)) {
        return claims_read_lines(claims, text, size, error);
    }
    /* Text with quotes is not digits: it may be a policy. */
    return memchr(text, '"', size) || memchr(text, '\'', size) ||
                   memchr(text, '`', size)
               ? claims_read_policy(claims, text, size, error)
               : encoded_read(claims, text, size, false, error);
}

bool claims_read_tdx(struct claims *claims, enum claims_kind kind,
                     const unsigned char *data, size_t size,
                     struct failure *error)
{
    const char *text = (const char *)data;
    switch (kind) {
    case CLAIMS_HEX:
    case CLAIMS_BASE64:
        return encoded_read(claims, text, size, true, error);
    case CLAIMS_QUOTE:
        return read_quote(claims, data, size, error);
    case CLAIMS_TDREPORT:
        claims_set_kind(claims, "TDREPORT", "");
        return claims_add_evidence(claims, MRTD_EVIDENCE_TDREPORT, data, size,
                                   "", error);
    case CLAIMS_TDINFO:
        claims_set_kind(claims, "TDINFO", "");
        return claims_add_evidence(claims, MRTD_EVIDENCE_TDINFO, data, size, "",
                                   error);
    case CLAIMS_SNP_REPORT:
        return read_snp_report(claims, data, size, error);
    case CLAIMS_JSON:
        return claims_read_json(claims, text, size, error);
    case CLAIMS_SIGNED:
        if (claims->is_enveloped) {
            return claims_read_json(claims, text, size, error);
        }
        if (!encoded_is_corim(data, size)) {
            return claims_fail(error, "against-corim", MRTD_NO_OFFSET,
                               "not a CoRIM, nor an envelope (DSSE), and no "
                               "other document is signed: --key has nothing to "
                               "verify");
        }
        return claims_read_corim(claims, data, size, "", error);
    case CLAIMS_CORIM:
        return claims_read_corim(claims, data, size, "", error);
    case CLAIMS_COSWID:
        return claims_read_coswid(claims, data, size, error);
    case CLAIMS_POLICY:
        return claims_read_policy(claims, text, size, error);
    default:
        return read_detected(claims, data, size, error);
    }
}
