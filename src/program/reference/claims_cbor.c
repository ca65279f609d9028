/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/claims_cbor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reference/claims_guest.h"
#include "reference/corim_snp.h"
#include "reference/cose_read.h"

enum {
    TAG_TIME = 1, /* RFC 8949, section 3.4.2 */
    VALIDITY_NOT_BEFORE = 0,
    VALIDITY_NOT_AFTER = 1,
    META_VALIDITY = 1,
    CWT_EXPIRATION = 4,
    CWT_NOT_BEFORE = 5,
};

/* --- Digests ----------------------------------------------------------- */

static const struct {
    int id;
    const char *name;
    enum claims_digest kind;
} algorithms[] = {
    {1, "sha-256", CLAIMS_SHA256},
    {7, "sha-384", CLAIMS_SHA384},
    {8, "sha-512", CLAIMS_SHA512},
};

/* Which it is, or CLAIMS_DIGESTS. */
static size_t find_algorithm(cbor_item_t *alg)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (read_is_int(alg, algorithms[i].id) ||
            read_is_text(alg, algorithms[i].name)) {
            return algorithms[i].kind;
        }
    }
    return CLAIMS_DIGESTS;
}

static void pass_over_algorithm(const struct table_reader *r, cbor_item_t *alg)
{
    char where[100];
    int64_t number = 0;
    if (table_int(alg, &number)) {
        snprintf(where, sizeof where, "a digest of the algorithm %" PRId64,
                 number);
    } else if (cbor_isa_string(alg)) {
        const size_t len = cbor_string_length(alg);
        snprintf(where, sizeof where, "a digest of the algorithm \"%.*s\"",
                 (int)(len < 40 ? len : 40),
                 (const char *)cbor_string_handle(alg));
    } else {
        snprintf(where, sizeof where, "a digest of a large number");
    }
    claims_pass_over(r->claims, where,
                     "only SHA-256 (1), SHA-384 (7) and SHA-512 (8) are known");
}

bool cbor_take_digest(const struct table_reader *r, cbor_item_t *item,
                      struct cbor_digest *digest)
{
    cbor_item_t *alg = read_element(item, 0);
    cbor_item_t *value = read_element(item, 1);
    char what[100];
    if (!(table_type(alg) & (TYPE_INT | TYPE_TEXT)) || !read_is_bytes(value) ||
        read_element(item, 2)) {
        return table_malformed(r, "a digest that is not [algorithm, bytes]");
    }
    digest->kind = find_algorithm(alg);
    if (digest->kind == CLAIMS_DIGESTS) {
        pass_over_algorithm(r, alg);
        return true;
    }
    digest->bytes = cbor_bytestring_handle(value);
    if (cbor_bytestring_length(value) == claims_digest_sizes[digest->kind]) {
        return true;
    }
    snprintf(what, sizeof what, "a SHA-%zu digest does not have %zu bytes",
             8 * claims_digest_sizes[digest->kind],
             claims_digest_sizes[digest->kind]);
    return table_malformed(r, what);
}

/* --- Labels ------------------------------------------------------------ */

bool cbor_read_label(const struct table_reader *r, cbor_item_t *id,
                     struct cbor_label *label)
{
    static const char mark[] = "/tdx/";
    const struct mrtd_vmm *vmm;
    if (r->claims->platform == MRTD_PLATFORM_SNP) {
        return corim_snp_read_label(r, id, label);
    }
    if (table_type(id) != TYPE_TEXT) {
        return true;
    }
    const char *text = (const char *)cbor_string_handle(id);
    const size_t len = cbor_string_length(id);
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        const size_t own = strlen(vmm->name);
        const size_t tail = own + sizeof mark - 1;
        if (vmm->platform != MRTD_PLATFORM_TDX || !vmm->launches_as ||
            len < tail || memcmp(text + len - own, vmm->name, own) != 0 ||
            memcmp(text + len - tail, mark, sizeof mark - 1) != 0) {
            continue;
        }
        const struct cbor_label found = {text + len - own, own};
        if (label->len > 0 &&
            (label->len != own || memcmp(label->name, found.name, own) != 0)) {
            return claims_fail(r->error, "against-label", MRTD_NO_OFFSET,
                               "the %s is named as one VMM's and a "
                               "part of it as another's",
                               r->document);
        }
        *label = found;
    }
    return true;
}

bool cbor_take_label(const struct table_reader *r,
                     const struct cbor_label *label)
{
    return label->len == 0 ||
           (r->claims->platform == MRTD_PLATFORM_SNP
                ? claims_guest_label
                : claims_label)(r->claims, label->name, label->len, r->error);
}

/* --- Validity ---------------------------------------------------------- */

static bool no_time(const struct table_reader *r)
{
    return table_malformed(r, "a time of its validity is not a whole number of "
                              "seconds since 1970, as its specification has "
                              "it");
}

/* #6.1(number), without fractions. */
static bool read_time(cbor_item_t *item, int64_t *seconds)
{
    return !item || table_int(read_tagged(item, TAG_TIME), seconds);
}

bool cbor_take_validity(const struct table_reader *r, cbor_item_t *map,
                        size_t from)
{
    static const struct table_member members[] = {
        {VALIDITY_NOT_BEFORE, TYPE_TAG, false},
        {VALIDITY_NOT_AFTER, TYPE_TAG, true},
    };
    static const struct table table = {"validity-map", members, 2,
                                       UNKNOWN_REFUSED};
    int64_t not_before = INT64_MIN;
    int64_t not_after = INT64_MAX;
    if (!map) {
        return true;
    }
    if (!table_check(r, &table, map)) {
        return false;
    }
    if (!read_time(read_member(map, VALIDITY_NOT_BEFORE), &not_before) ||
        !read_time(read_member(map, VALIDITY_NOT_AFTER), &not_after)) {
        return no_time(r);
    }
    claims_validity(r->claims, from, not_before, not_after);
    return true;
}

/* corim-meta: a corim-meta-map in a byte string. */
static bool take_meta(const struct table_reader *r, cbor_item_t *bytes,
                      size_t from)
{
    static const struct table_member members[] = {
        {0 /* signer */, TYPE_MAP, true},
        {META_VALIDITY, TYPE_MAP, false},
    };
    static const struct table table = {"corim-meta-map", members, 2,
                                       UNKNOWN_REFUSED};
    struct cbor_fault fault;
    if (!bytes) {
        return true;
    }
    if (!read_is_bytes(bytes)) {
        return table_malformed(r, "its corim-meta is not a byte string");
    }
    cbor_item_t *meta = read_item(cbor_bytestring_handle(bytes),
                                  cbor_bytestring_length(bytes), &fault);
    if (!meta) {
        return table_not_cbor(r, "its corim-meta", &fault);
    }
    const bool good =
        table_check(r, &table, meta) &&
        cbor_take_validity(r, read_member(meta, META_VALIDITY), from);
    cbor_decref(&meta);
    return good;
}

/* CWT claims: NumericDate without a tag; exp is the first second that is too
 * late. */
static bool take_cwt(const struct table_reader *r, cbor_item_t *claims,
                     size_t from)
{
    static const struct table_member members[] = {
        {1 /* iss */, TYPE_TEXT, false},
        {2 /* sub */, TYPE_TEXT, false},
        {3 /* aud */, TYPE_TEXT | TYPE_ARRAY, false},
        {CWT_EXPIRATION, TYPE_ANY, false},
        {CWT_NOT_BEFORE, TYPE_ANY, false},
        {6 /* iat */, TYPE_ANY, false},
        {7 /* cti */, TYPE_BYTES, false},
    };
    static const struct table table = {"set of CWT claims", members, 7,
                                       UNKNOWN_NAMED};
    int64_t expiration = INT64_MAX;
    int64_t not_before = INT64_MIN;
    if (!claims) {
        return true;
    }
    if (!table_check(r, &table, claims)) {
        return false;
    }
    cbor_item_t *exp = read_member(claims, CWT_EXPIRATION);
    cbor_item_t *nbf = read_member(claims, CWT_NOT_BEFORE);
    if ((exp && !table_int(exp, &expiration)) ||
        (nbf && !table_int(nbf, &not_before))) {
        return no_time(r);
    }
    claims_validity(r->claims, from, not_before,
                    exp && expiration > INT64_MIN ? expiration - 1
                                                  : expiration);
    return true;
}

bool cbor_take_header_validity(const struct table_reader *r,
                               cbor_item_t *parameters,
                               cbor_item_t *unprotected, size_t from)
{
    if (read_member(unprotected, HEADER_CORIM_META) ||
        read_member(unprotected, HEADER_CWT_CLAIMS)) {
        return table_malformed(r, "its signer and validity are not in the "
                                  "protected header");
    }
    return take_meta(r, read_member(parameters, HEADER_CORIM_META), from) &&
           take_cwt(r, read_member(parameters, HEADER_CWT_CLAIMS), from);
}
