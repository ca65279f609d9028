/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_encoded.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/claims_dump.h"
#include "reference/claims_evidence.h"
#include "reference/recognize.h"

/* Most hexdumps in one text. */
#define DUMPS 64

/* Known by their tags, also where they cannot be read for want of CBOR. */
bool encoded_is_corim(const unsigned char *data, size_t size)
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
bool encoded_read_binary(struct claims *claims, const unsigned char *data,
                         size_t size, const char *wrapping,
                         struct failure *error)
{
    enum mrtd_evidence_kind kind;
    struct mrtd_evidence refused;
    struct mrtd_error why;
    const char *container;
    if (evidence_within(&data, &size, &kind, &container)) {
        char around[80];
        snprintf(around, sizeof around, "%s%s%s", container ? " in " : "",
                 container ? container : "", wrapping);
        claims_set_kind(claims, mrtd_evidence_kind_name(kind), around);
        return claims_add_evidence(claims, kind, data, size, "", error);
    }
    if (encoded_is_corim(data, size)) {
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

bool encoded_is_numbers(const char *text, size_t size)
{
    size_t len = SIZE_MAX;
    unsigned char *bytes = claims_decode_text(text, size, &len);
    free(bytes);
    return bytes && len >= MRTD_DIGEST_SIZE;
}

/* One value, from text in which it is spelled like that. */
static bool take_digest(struct claims *claims, const unsigned char *bytes,
                        bool as_wanted, struct failure *error)
{
    claims_set_kind(claims, "bare digest", "");
    const bool good =
        (as_wanted ||
         claims_misspelled(claims, "against-unknown", MRTD_NO_OFFSET,
                           "the value",
                           "is not 96 lower-case hexadecimal digits on a line "
                           "of their own",
                           error)) &&
        claims_add(claims, MRTD_REGISTER_MRTD, bytes, "", error);
    if (good) {
        claims->items[claims->count - 1].is_bare = true;
    }
    return good;
}

/* Something binary, which is published as bytes. */
static bool take_binary(struct claims *claims, const unsigned char *bytes,
                        size_t size, const char *wrapping,
                        struct failure *error)
{
    return encoded_read_binary(claims, bytes, size, wrapping, error) &&
           (claims->count == 0 || claims->items[0].has_evidence ||
            claims_misspelled(claims, "against-unknown", MRTD_NO_OFFSET,
                              "the document",
                              "is written as text, and not the bytes that are "
                              "published",
                              error));
}

/* What one dump of several has, if that is evidence. */
static bool take_dump(struct claims *claims, const struct dump *dump,
                      struct failure *error)
{
    const unsigned char *data = dump->bytes;
    size_t size = dump->size;
    enum mrtd_evidence_kind kind;
    const char *container;
    char where[60];
    if (!evidence_within(&data, &size, &kind, &container)) {
        return true;
    }
    snprintf(where, sizeof where, "the hexdump that begins at line %zu",
             dump->line);
    claims_set_kind(claims, mrtd_evidence_kind_name(kind), " in a hexdump");
    return claims_add_evidence(claims, kind, data, size, where, error);
}

/* Is there nothing but white space in so much text? */
static bool is_blank(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && isspace((unsigned char)text[at])) {
        at++;
    }
    return at == len;
}

/* What is in a dump that is alone. */
static bool take_only_dump(struct claims *claims, const struct dump *dump,
                           bool is_all, struct failure *error)
{
    if (dump->size == MRTD_DIGEST_SIZE && !is_all) {
        return claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                           "beside the hexdump of a launch digest there is "
                           "other text, which may say what it is; give the "
                           "digest alone");
    }
    return dump->size == MRTD_DIGEST_SIZE
               ? take_digest(claims, dump->bytes, false, error)
               : take_binary(claims, dump->bytes, dump->size, " in a hexdump",
                             error);
}

/* Hexdumps: one, or evidence in several. */
static bool read_dumps(struct claims *claims, const char *text, size_t size,
                       struct failure *error)
{
    struct dump only = {.bytes = NULL};
    struct dump dump;
    size_t at = 0;
    size_t line = 1;
    size_t count = 0;
    size_t end = 0;
    bool good = true;
    while (good && dump_next(&dump, text, size, &at, &line)) {
        if (count++ == 0) {
            only = dump;
            end = at < size ? at : size;
            continue;
        }
        if (count > DUMPS) {
            free(dump.bytes);
            free(only.bytes);
            return claims_fail(error, "against-limit", MRTD_NO_OFFSET,
                               "it has more than %d hexdumps", DUMPS);
        }
        good = (count > 2 || take_dump(claims, &only, error)) &&
               take_dump(claims, &dump, error);
        free(dump.bytes);
    }
    if (good && dump.why) {
        good = claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                           "line %zu of the hexdump %s: a part is missing, or "
                           "it is another text",
                           dump.bad_line, dump.why);
    } else if (good && at == SIZE_MAX) {
        good = claims_no_memory(error);
    } else if (good && count == 1) {
        good = take_only_dump(claims, &only,
                              is_blank(text, only.begin) &&
                                  is_blank(text + end, size - end),
                              error);
    } else if (good && claims->count == 0) {
        good = claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                           "none of its %zu hexdumps is evidence", count);
    }
    free(only.bytes);
    return good;
}

/* Something binary, or text that nobody knows. */
static bool read_decoded(struct claims *claims, const char *text, size_t size,
                         const unsigned char *bytes, size_t len,
                         struct failure *error)
{
    struct recognized what;
    /* PEM is base64url to a lenient reader. */
    const bool known = recognize_binary(text, size, &what);
    if (!bytes || known) {
        return refuse_unknown(text, size, error);
    }
    return take_binary(claims, bytes, len, " in hexadecimal or base64", error);
}

bool encoded_read(struct claims *claims, const char *text, size_t size,
                  bool only_mrtd, struct failure *error)
{
    size_t len = 0;
    bool good = false;
    if (!only_mrtd && dump_begins(text, size)) {
        return read_dumps(claims, text, size, error);
    }
    unsigned char *bytes = claims_decode_text(text, size, &len);
    if (!bytes && len == SIZE_MAX) {
        claims_no_memory(error);
    } else if (bytes && len == MRTD_DIGEST_SIZE) {
        good = take_digest(claims, bytes, is_exact(text, size), error);
    } else if (only_mrtd) {
        claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                    "not 96 hexadecimal digits, nor 64 characters of base64");
    } else {
        good = read_decoded(claims, text, size, bytes, len, error);
    }
    free(bytes);
    return good;
}
