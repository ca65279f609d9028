/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "reference/recognize.h"

/* TEE_INFO_HASH of a TDREPORT_STRUCT. */
#define TDREPORT_INFO_HASH 80

static const struct {
    const char *name;
    enum claims_kind kind;
} kinds[] = {
    {"hex", CLAIMS_HEX},       {"base64", CLAIMS_BASE64},
    {"quote", CLAIMS_QUOTE},   {"tdreport", CLAIMS_TDREPORT},
    {"tdinfo", CLAIMS_TDINFO}, {"json", CLAIMS_JSON},
    {"corim", CLAIMS_CORIM},   {"coswid", CLAIMS_COSWID},
    {"policy", CLAIMS_POLICY},
};

const char claims_kind_names[] =
    "hex, base64, quote, tdreport, tdinfo, json, corim, coswid or policy";

int claims_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return (int)kinds[i].kind;
        }
    }
    return -1;
}

bool claims_fail(struct claims_error *error, const char *tag, uint64_t offset,
                 const char *format, ...)
{
    va_list args;
    memset(error, 0, sizeof *error);
    error->tag = tag;
    error->offset = offset;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    return false;
}

bool claims_no_memory(struct claims_error *error)
{
    claims_fail(error, "memory", MRTD_NO_OFFSET, "out of memory");
    error->is_memory = true;
    return false;
}

/* Makes room for one more: twice as much when a power of two is full, since
 * what is there may have to be copied. NULL where memory is short. */
static void *room(void *items, size_t count, size_t size)
{
    const bool full = (count & (count - 1)) == 0;
    return full ? realloc(items, (count ? 2 * count : 1) * size) : items;
}

static bool add(struct claims *claims, const struct claim *claim,
                struct claims_error *error)
{
    if (claims->count == CLAIMS_MAX) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it holds more than %d MRTDs", CLAIMS_MAX);
    }
    struct claim *items =
        room(claims->items, claims->count, sizeof *claims->items);
    if (!items) {
        return claims_no_memory(error);
    }
    claims->items = items;
    items[claims->count++] = *claim;
    return true;
}

bool claims_add(struct claims *claims, const uint8_t mrtd[MRTD_DIGEST_SIZE],
                const char *where, struct claims_error *error)
{
    struct claim claim = {.has_evidence = false};
    memcpy(claim.mrtd, mrtd, sizeof claim.mrtd);
    snprintf(claim.where, sizeof claim.where, "%s", where);
    return add(claims, &claim, error);
}

bool claims_add_evidence(struct claims *claims, enum mrtd_evidence_kind kind,
                         const void *data, size_t size, const char *where,
                         struct claims_error *error)
{
    struct claim claim = {.has_evidence = true};
    struct mrtd_error why;
    if (mrtd_evidence_read(&claim.evidence, kind, data, size, &why)) {
        return claims_fail(error, mrtd_code_name(why.code), why.offset, "%s",
                           why.message);
    }
    if (!claim.evidence.consistent) {
        return claims_fail(error, "evidence-hash", TDREPORT_INFO_HASH,
                           "a damaged TDREPORT, or none: its TEE_INFO_HASH is "
                           "not the SHA-384 of its TDINFO, so its MRTD is "
                           "nobody's; fetch it again, from the TD itself");
    }
    memcpy(claim.mrtd, claim.evidence.tdinfo.mrtd, sizeof claim.mrtd);
    snprintf(claim.where, sizeof claim.where, "%s", where);
    return add(claims, &claim, error);
}

bool claims_add_file(struct claims *claims, const uint8_t *digest, size_t size,
                     struct claims_error *error)
{
    if (claims->file_count == CLAIMS_MAX) {
        return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                           "it holds more than %d files", CLAIMS_MAX);
    }
    struct claimed_file *files =
        room(claims->files, claims->file_count, sizeof *claims->files);
    if (!files) {
        return claims_no_memory(error);
    }
    claims->files = files;
    struct claimed_file *file = &files[claims->file_count++];
    memset(file, 0, sizeof *file);
    memcpy(file->digest, digest, size);
    file->size = size;
    return true;
}

/* --- Text ---------------------------------------------------------------- */

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes compact text (no white space) in place of its own bytes. */
static bool decode_hex(char *text, size_t len, size_t *size)
{
    const size_t skip =
        len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0;
    if (len == skip || (len - skip) % 2 != 0) {
        return false;
    }
    for (size_t i = skip; i < len; i++) {
        if (digit(text[i]) < 0) {
            return false;
        }
    }
    for (size_t i = skip; i < len; i += 2) {
        text[(i - skip) / 2] = (char)(16 * digit(text[i]) + digit(text[i + 1]));
    }
    *size = (len - skip) / 2;
    return true;
}

/* The same for base64; text has room for 3 more bytes. */
static bool decode_base64(char *text, size_t len, size_t *size)
{
    while (len > 0 && text[len - 1] == '=') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
        if (!isalnum((unsigned char)text[i]) && text[i] != '+' &&
            text[i] != '/') {
            return false;
        }
    }
    if (len == 0 || len % 4 == 1 || len > CLAIMS_MAX_SIZE) {
        return false;
    }
    const size_t whole = len / 4 * 3 + (len % 4 ? len % 4 - 1 : 0);
    while (len % 4 != 0) {
        text[len++] = 'A';
    }
    /* Decodes 4 characters to 3 bytes, so it may do so in place. */
    if (EVP_DecodeBlock((unsigned char *)text, (unsigned char *)text,
                        (int)len) < 0) {
        return false;
    }
    *size = whole;
    return true;
}

unsigned char *claims_decode_text(const char *text, size_t len, size_t *size)
{
    char *compact = malloc(len + 4);
    size_t used = 0;
    if (!compact) {
        *size = SIZE_MAX;
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isspace((unsigned char)text[i])) {
            compact[used++] = text[i];
        }
    }
    if (decode_hex(compact, used, size) || decode_base64(compact, used, size)) {
        return (unsigned char *)compact;
    }
    free(compact);
    return NULL;
}

/* --- Dispatch ------------------------------------------------------------ */

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
static bool refuse_unknown(const void *data, size_t size,
                           struct claims_error *error)
{
    struct recognized what;
    if (recognize_binary(data, size, &what) && what.use == RECOGNIZED_OTHER) {
        return claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                           "this is %s; %s", what.name, what.advice);
    }
    return claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                       "neither 96 hexadecimal digits or their base64, nor a "
                       "TDX quote, TDREPORT, TDINFO, CoRIM, CoSWID, policy, "
                       "nor JSON with one of these or with reference values; "
                       "--kind of check says what it is");
}

/* Bytes that are not text: evidence or a CoRIM. */
static bool read_binary(struct claims *claims, const unsigned char *data,
                        size_t size, const char *wrapping,
                        struct claims_error *error)
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

/* Hexadecimal or base64 of an MRTD, or of something binary. */
static bool read_encoded(struct claims *claims, const char *text, size_t size,
                         bool only_mrtd, struct claims_error *error)
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
        set_kind(claims, "MRTD", "");
        good = claims_add(claims, bytes, "", error);
    } else if (only_mrtd) {
        claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                    "not 96 hexadecimal digits, nor 64 characters of base64");
    } else if (bytes && !known) {
        good =
            read_binary(claims, bytes, len, " in hexadecimal or base64", error);
    } else {
        refuse_unknown(text, size, error);
    }
    free(bytes);
    return good;
}

/* A quote of the version that the bytes say, or the older one. */
static bool read_quote(struct claims *claims, const unsigned char *data,
                       size_t size, struct claims_error *error)
{
    enum mrtd_evidence_kind kind = size >= 2 && data[0] == 5
                                       ? MRTD_EVIDENCE_QUOTE_V5
                                       : MRTD_EVIDENCE_QUOTE_V4;
    set_kind(claims, mrtd_evidence_kind_name(kind), "");
    return claims_add_evidence(claims, kind, data, size, "", error);
}

static bool read_as(struct claims *claims, enum claims_kind kind,
                    const unsigned char *data, size_t size,
                    struct claims_error *error)
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
    /* Digits have no quotes, policies are full of them. */
    return memchr(text, '"', size) || memchr(text, '\'', size)
               ? claims_read_policy(claims, text, size, error)
               : read_encoded(claims, text, size, false, error);
}

bool claims_read(struct claims *claims, enum claims_kind kind, const void *data,
                 size_t size, struct claims_error *error)
{
    memset(claims, 0, sizeof *claims);
    if (size == 0) {
        return claims_fail(error, "against-empty", MRTD_NO_OFFSET,
                           "it is empty");
    }
    if (read_as(claims, kind, data, size, error)) {
        return true;
    }
    claims_free(claims);
    return false;
}

bool claims_tell_of(const struct claims *claims, const char *sha256,
                    const char *sha384)
{
    for (size_t i = 0; i < claims->file_count; i++) {
        const struct claimed_file *file = &claims->files[i];
        char hex[2 * sizeof file->digest + 1];
        for (size_t k = 0; k < file->size; k++) {
            snprintf(hex + 2 * k, 3, "%02x", file->digest[k]);
        }
        if (strcmp(hex, file->size == 48 ? sha384 : sha256) == 0) {
            return true;
        }
    }
    return claims->file_count == 0;
}

void claims_free(struct claims *claims)
{
    free(claims->items);
    free(claims->files);
    claims->items = NULL;
    claims->files = NULL;
    claims->count = 0;
    claims->file_count = 0;
}
