/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/crl.h"

#include <inttypes.h>

#include "base/error.h"
#include "verify/der.h"

enum {
    VERSION_2 = 1,
    /* id-ce, 2.5.29: the last byte of these extensions. */
    CRL_NUMBER = 20,
    REASON_CODE = 21,
    DELTA_INDICATOR = 27,
    DISTRIBUTION_POINT = 28, /* of the CRL: which part of all it is */
    CERTIFICATE_ISSUER = 29, /* of an entry: it is not the CRL's */
    AUTHORITY_KEY = 35,
};

/* One of a SEQUENCE of extensions. */
struct extension {
    uint8_t kind; /* of 2.5.29; 0: another */
    bool critical;
};

static bool next_extension(struct span *rest, struct extension *made)
{
    static const uint8_t id_ce[2] = {0x55, 0x1d};
    struct der item;
    struct der oid;
    struct der critical;
    struct der value;
    uint8_t yes = 0;
    made->kind = 0;
    if (!der_take(rest, DER_SEQUENCE, &item) ||
        !der_take(&item.value, DER_OID, &oid)) {
        return false;
    }
    if (oid.value.size == sizeof id_ce + 1 &&
        span_equals(oid.value, 0, id_ce, sizeof id_ce)) {
        (void)span_u8(oid.value, sizeof id_ce, &made->kind);
    }
    made->critical = der_take(&item.value, DER_BOOLEAN, &critical);
    if (made->critical && (critical.value.size != 1 ||
                           !span_u8(critical.value, 0, &yes) || yes != 0xff)) {
        return false; /* FALSE is the default, and not written */
    }
    return der_only(item.value, DER_OCTET_STRING, &value);
}

/* Extensions of the CRL, or of one of its entries, of which those that have a
 * meaning here are not there twice. */
static bool read_extensions(struct crl *crl, struct span list)
{
    uint64_t seen = 0;
    while (list.size > 0) {
        struct extension e;
        if (!next_extension(&list, &e)) {
            return false;
        }
        const uint64_t bit = e.kind < 64 ? UINT64_C(1) << e.kind : 0;
        if (e.kind != 0 && (seen & bit)) {
            return false;
        }
        seen |= bit;
        switch (e.kind) {
        case CRL_NUMBER:
        case REASON_CODE:
        case AUTHORITY_KEY:
            break;
        case DELTA_INDICATOR:
            crl->limit = "it has only the changes to another CRL";
            break;
        case DISTRIBUTION_POINT:
            crl->limit = "it may be of a part of the certificates, or of other "
                         "issuers'";
            break;
        case CERTIFICATE_ISSUER:
            crl->limit = "it has certificates of other issuers";
            break;
        default:
            if (e.critical) {
                crl->limit = "it has a critical extension that is not known";
            }
            break;
        }
    }
    return true;
}

/* The next entry: a serial number, the time, and maybe extensions. */
static bool next_entry(struct span *rest, struct span *serial,
                       struct span *extensions)
{
    struct der entry;
    struct der number;
    struct der date;
    struct der list;
    int64_t revoked = 0;
    if (!der_take(rest, DER_SEQUENCE, &entry) ||
        !der_take(&entry.value, DER_INTEGER, &number) ||
        number.value.size == 0 || !der_next(&entry.value, &date) ||
        !der_time(&date, &revoked)) {
        return false;
    }
    *serial = number.value;
    *extensions = span_make(NULL, 0, 0);
    if (entry.value.size > 0) {
        if (!der_only(entry.value, DER_SEQUENCE, &list)) {
            return false;
        }
        *extensions = list.value;
    }
    return true;
}

static bool read_entries(struct crl *crl)
{
    struct span rest = crl->entries;
    while (rest.size > 0) {
        struct span serial;
        struct span extensions;
        if (!next_entry(&rest, &serial, &extensions) ||
            !read_extensions(crl, extensions)) {
            return false;
        }
    }
    return true;
}

/* What follows the times, of which all may be absent. */
static const char *read_rest(struct crl *crl, struct span rest)
{
    struct der item;
    struct der list;
    if (der_has(rest, DER_SEQUENCE)) {
        if (!der_take(&rest, DER_SEQUENCE, &item)) {
            return "its entries are not as RFC 5280 has them";
        }
        crl->entries = item.value;
    }
    if (!read_entries(crl)) {
        return "its entries are not as RFC 5280 has them";
    }
    if (rest.size > 0 && (!der_only(rest, DER_CONTEXT + 0, &item) ||
                          !der_only(item.value, DER_SEQUENCE, &list) ||
                          !read_extensions(crl, list.value))) {
        return "its extensions are not as RFC 5280 has them";
    }
    return NULL;
}

static const char *read_fields(struct crl *crl, struct span rest)
{
    struct der number;
    struct der algorithm;
    struct der name;
    struct der date;
    uint64_t version = 0;
    if (!der_take(&rest, DER_INTEGER, &number) ||
        !der_number(number.value, VERSION_2, &version) ||
        version != VERSION_2) {
        return "its version is not 2";
    }
    if (!der_take(&rest, DER_SEQUENCE, &algorithm) ||
        !der_same(algorithm.whole, crl->as_made.algorithm)) {
        return "its two fields of the signature's algorithm are not the same";
    }
    if (!der_take(&rest, DER_SEQUENCE, &name)) {
        return "it has no issuer";
    }
    crl->issuer = name.whole;
    if (!der_next(&rest, &date) || !der_time(&date, &crl->last_update)) {
        return "the time of its update is not one";
    }
    if (!der_next(&rest, &date) || !der_time(&date, &crl->next_update)) {
        return "it has no time of its next update";
    }
    return read_rest(crl, rest);
}

/* NULL, or what is wrong. */
static const char *read_all(struct crl *made, struct span bytes)
{
    struct crl crl = {.limit = NULL};
    struct der all;
    struct der tbs;
    struct der algorithm;
    struct der signature;
    crl.entries = span_make(NULL, 0, 0);
    if (!der_only(bytes, DER_SEQUENCE, &all) ||
        !der_take(&all.value, DER_SEQUENCE, &tbs) ||
        !der_take(&all.value, DER_SEQUENCE, &algorithm) ||
        !der_only(all.value, DER_BIT_STRING, &signature) ||
        !der_whole_bits(signature.value, &crl.as_made.signature)) {
        return "it is not three parts in DER, and nothing else";
    }
    crl.as_made.tbs = tbs.whole;
    crl.as_made.algorithm = algorithm.whole;
    crl.as_made.signature_kind = certificate_signature_kind(algorithm.value);
    const char *why = read_fields(&crl, tbs.value);
    if (!why) {
        *made = crl;
    }
    return why;
}

enum mrtd_code crl_load(struct crl *made, struct span bytes,
                        struct mrtd_error *error)
{
    if (bytes.size > MRTD_VERIFY_MAX_COLLATERAL) {
        return error_set(error, MRTD_ERR_COLLATERAL_FORMAT, MRTD_NO_OFFSET,
                         "a CRL has %" PRIu64 " bytes, more than %d",
                         bytes.size, MRTD_VERIFY_MAX_COLLATERAL);
    }
    const char *why = read_all(made, bytes);
    return why ? error_set(error, MRTD_ERR_COLLATERAL_FORMAT, MRTD_NO_OFFSET,
                           "this is not a CRL of X.509, version 2: %s", why)
               : MRTD_OK;
}

/* A number without zeros in front, of which DER has one at most. */
static struct span bare(struct span number)
{
    uint8_t first = 0;
    while (number.size > 1 && span_u8(number, 0, &first) && first == 0) {
        (void)span_part(number, 1, number.size - 1, &number);
    }
    return number;
}

bool crl_lists(const struct crl *crl, struct span serial)
{
    const struct span wanted = bare(serial);
    struct span rest = crl->entries;
    struct span number;
    struct span extensions;
    while (rest.size > 0 && next_entry(&rest, &number, &extensions)) {
        if (der_same(bare(number), wanted)) {
            return true;
        }
    }
    return false;
}
