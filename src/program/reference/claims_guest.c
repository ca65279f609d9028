/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_guest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/guest_names.h"
#include "reference/recognize.h"

static const char lower_digits[] = "0123456789abcdef";

static const struct mrtd_register_info *register_of(const struct claims *claims)
{
    return guest_register(claims->platform);
}

const char *claims_guest_digest(const struct claims *claims)
{
    return guest_names_of(register_of(claims)->id)->digest;
}

/* --- Digests ------------------------------------------------------------- */

/* Adds a digest, if the text stands for one in hexadecimal or base64. */
static bool add_text(struct claims *claims, const char *text, size_t len,
                     bool is_exact, const char *where, struct failure *error)
{
    const struct mrtd_register_info *info = register_of(claims);
    const size_t wanted = mrtd_algorithm_size(info->algorithm);
    size_t size = 0;
    unsigned char *bytes = claims_decode_text(text, len, &size);
    bool good = false;
    if (!bytes && size == SIZE_MAX) {
        claims_no_memory(error);
    } else if (bytes && size == wanted) {
        good = (is_exact ||
                claims_misspelled(claims, "against-not-exact", MRTD_NO_OFFSET,
                                  where,
                                  "is not in lower-case hexadecimal digits, "
                                  "which is how it is compared",
                                  error)) &&
               claims_add(claims, info->id, bytes, where, error);
    } else {
        claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                    "%s is no %s, which has %zu hexadecimal digits", where,
                    claims_guest_digest(claims), 2 * wanted);
    }
    free(bytes);
    return good;
}

bool claims_guest_hex(struct claims *claims, json_t *value, const char *where,
                      struct failure *error)
{
    const char *text = json_string_value(value);
    const size_t len = json_string_length(value);
    const size_t digits =
        2 * mrtd_algorithm_size(register_of(claims)->algorithm);
    if (!text) {
        return claims_fail(error, "against-json", MRTD_NO_OFFSET,
                           "%s is not text", where);
    }
    return add_text(claims, text, len,
                    len == digits && strspn(text, lower_digits) == len, where,
                    error);
}

bool claims_guest_value(struct claims *claims, json_t *object,
                        const char *member, const char *where,
                        struct failure *error)
{
    struct guest_launch launch = {.vmm = NULL};
    const char *wrong = guest_read_members(&launch, claims->platform, object);
    if (wrong) {
        return claims_fail(error, "against-label", MRTD_NO_OFFSET,
                           "%s: its member \"%s\" is missing, or says nothing "
                           "that is known here",
                           where, wrong);
    }
    if (!claims_guest_hex(claims, json_object_get(object, member), where,
                          error)) {
        return false;
    }
    claims->items[claims->count - 1].guest = launch;
    return true;
}

bool claims_guest_label(struct claims *claims, const char *text, size_t len,
                        struct failure *error)
{
    struct claim *last = &claims->items[claims->count - 1];
    return guest_parse(&last->guest, claims->platform, text, len) ||
           claims_misspelled(claims, "against-label", MRTD_NO_OFFSET,
                             *last->where ? last->where : "a digest",
                             "is said to be of a launch that is not known here",
                             error);
}

/* --- Dispatch ------------------------------------------------------------ */

/* A line of digits alone, or something that stands for them. */
static bool read_digest(struct claims *claims, const char *text, size_t size,
                        struct failure *error)
{
    size_t len = 2 * mrtd_algorithm_size(register_of(claims)->algorithm);
    const bool is_lower = strspn(text, lower_digits) >= len;
    len += len < size && text[len] == '\r';
    len += len < size && text[len] == '\n';
    snprintf(claims->kind, sizeof claims->kind, "%s",
             claims_guest_digest(claims));
    return add_text(claims, text, size, is_lower && len == size, "it", error);
}

/* A copy that ends with NUL, for what is read as text; NULs in it stay where
 * they are. */
static bool read_text_digest(struct claims *claims, const unsigned char *data,
                             size_t size, struct failure *error)
{
    char *text = malloc(size + 1);
    if (!text) {
        return claims_no_memory(error);
    }
    memcpy(text, data, size);
    text[size] = '\0';
    const bool good = read_digest(claims, text, size, error);
    free(text);
    return good;
}

static bool is_cbor(const unsigned char *data, size_t size)
{
    return size > 0 && (data[0] == 0xd2 || data[0] == 0xd9);
}

static bool refuse_kind(const struct claims *claims, struct failure *error)
{
    return claims_fail(error, "against-unknown", MRTD_NO_OFFSET,
                       "of platform %s only a digest, JSON, CoRIM and policy "
                       "are read as reference values",
                       mrtd_platform_name(claims->platform));
}

/* The kind by the content. */
static enum claims_kind detect(const unsigned char *data, size_t size)
{
    size_t at = 0;
    while (at < size && isspace(data[at])) {
        at++;
    }
    if (is_cbor(data, size)) {
        return CLAIMS_CORIM;
    }
    if (at < size && (data[at] == '{' || data[at] == '[')) {
        return CLAIMS_JSON;
    }
    return memchr(data, '"', size) || memchr(data, '\'', size) ? CLAIMS_POLICY
                                                               : CLAIMS_HEX;
}

bool claims_guest_may_read(enum claims_kind kind, const unsigned char *data,
                           size_t size)
{
    kind = kind == CLAIMS_DETECT ? detect(data, size) : kind;
    return kind == CLAIMS_JSON || kind == CLAIMS_CORIM || kind == CLAIMS_POLICY;
}

bool claims_read_guest(struct claims *claims, enum claims_kind kind,
                       const unsigned char *data, size_t size,
                       struct failure *error)
{
    const char *text = (const char *)data;
    const bool is_snp = claims->platform == MRTD_PLATFORM_SNP;
    enum mrtd_evidence_kind evidence;
    if (kind == CLAIMS_DETECT && recognize_evidence(data, size, &evidence)) {
        return claims_fail(error, "reference-evidence", MRTD_NO_OFFSET,
                           "evidence (%s), which --verify does not take for "
                           "reference values; check --against compares it with "
                           "a firmware",
                           mrtd_evidence_kind_name(evidence));
    }
    switch (kind == CLAIMS_DETECT ? detect(data, size) : kind) {
    case CLAIMS_HEX:
    case CLAIMS_BASE64:
        return read_text_digest(claims, data, size, error);
    case CLAIMS_JSON:
        return claims_read_guest_json(claims, text, size, error);
    case CLAIMS_SIGNED:
        if (claims->is_enveloped) {
            return claims_read_guest_json(claims, text, size, error);
        }
        if (!is_cbor(data, size)) {
            return claims_fail(error, "against-corim", MRTD_NO_OFFSET,
                               "not a CoRIM, nor an envelope (DSSE), and no "
                               "other document is signed: --key has nothing to "
                               "verify");
        }
        return is_snp ? claims_read_corim(claims, data, size, "", error)
                      : refuse_kind(claims, error);
    case CLAIMS_CORIM:
        return is_snp ? claims_read_corim(claims, data, size, "", error)
                      : refuse_kind(claims, error);
    case CLAIMS_POLICY:
        return is_snp ? claims_read_policy(claims, text, size, error)
                      : refuse_kind(claims, error);
    default:
        return refuse_kind(claims, error);
    }
}
