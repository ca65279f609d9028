/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/certificate.h"

#include <string.h>

#include "verify/der.h"

enum {
    VERSION_3 = 2,
    SALT_SIZE = 48,
    TRAILER = 1,
    MAX_SERIAL = 21, /* 20 bytes (RFC 5280, 4.1.2.2), and one of leniency */
    MAX_EXTENSIONS = 32,
    UNCOMPRESSED = 0x04,
    P256_SIZE = 32,
    P384_SIZE = 48,
    BIT_DIGITAL_SIGNATURE = 0x80, /* of keyUsage's first byte */
    BIT_KEY_CERT_SIGN = 0x04,
    BIT_CRL_SIGN = 0x02,
};

/* Object identifiers, without tag and length. */
static const uint8_t oid_ecdsa_sha256[] = {0x2a, 0x86, 0x48, 0xce,
                                           0x3d, 0x04, 0x03, 0x02};
static const uint8_t oid_rsa_pss[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                      0x0d, 0x01, 0x01, 0x0a};
static const uint8_t oid_mgf1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                   0x0d, 0x01, 0x01, 0x08};
static const uint8_t oid_sha384[] = {0x60, 0x86, 0x48, 0x01, 0x65,
                                     0x03, 0x04, 0x02, 0x02};
static const uint8_t oid_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                  0x0d, 0x01, 0x01, 0x01};
static const uint8_t oid_ec[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
static const uint8_t oid_p256[] = {0x2a, 0x86, 0x48, 0xce,
                                   0x3d, 0x03, 0x01, 0x07};
static const uint8_t oid_p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
static const uint8_t oid_basic_constraints[] = {0x55, 0x1d, 0x13};
static const uint8_t oid_key_usage[] = {0x55, 0x1d, 0x0f};

static bool is_bytes(struct span s, const uint8_t *bytes, size_t size)
{
    return s.size == size && span_equals(s, 0, bytes, size);
}

/* The next item is an OID, and it is this one. */
static bool take_oid(struct span *rest, const uint8_t *oid, size_t size)
{
    struct der item;
    return der_take(rest, DER_OID, &item) && is_bytes(item.value, oid, size);
}

/* --- Algorithms --------------------------------------------------------- */

/* AlgorithmIdentifier of SHA-384, with or without NULL. */
static bool is_sha384(struct span rest)
{
    struct der item;
    struct der none = {.value = {.size = 0}};
    return der_only(rest, DER_SEQUENCE, &item) &&
           take_oid(&item.value, oid_sha384, sizeof oid_sha384) &&
           (item.value.size == 0 || der_only(item.value, DER_NULL, &none)) &&
           none.value.size == 0;
}

/* RSASSA-PSS-params (RFC 8017, A.2.3): all that is not the default. */
static bool is_pss_sha384(struct span s)
{
    struct der parameters;
    struct der item;
    struct der mgf;
    struct der number;
    uint64_t salt = 0;
    uint64_t trailer = TRAILER;
    if (!der_only(s, DER_SEQUENCE, &parameters)) {
        return false;
    }
    struct span rest = parameters.value;
    if (!der_take(&rest, DER_CONTEXT + 0, &item) || !is_sha384(item.value) ||
        !der_take(&rest, DER_CONTEXT + 1, &item) ||
        !der_only(item.value, DER_SEQUENCE, &mgf) ||
        !take_oid(&mgf.value, oid_mgf1, sizeof oid_mgf1) ||
        !is_sha384(mgf.value) || !der_take(&rest, DER_CONTEXT + 2, &item) ||
        !der_only(item.value, DER_INTEGER, &number) ||
        !der_number(number.value, SALT_SIZE, &salt)) {
        return false;
    }
    if (rest.size > 0 && (!der_only(rest, DER_CONTEXT + 3, &item) ||
                          !der_only(item.value, DER_INTEGER, &number) ||
                          !der_number(number.value, TRAILER, &trailer))) {
        return false;
    }
    return salt == SALT_SIZE && trailer == TRAILER;
}

enum signature_kind certificate_signature_kind(struct span algorithm)
{
    struct span rest = algorithm;
    if (take_oid(&rest, oid_ecdsa_sha256, sizeof oid_ecdsa_sha256)) {
        return rest.size == 0 ? SIGNATURE_ECDSA_SHA256 : SIGNATURE_UNKNOWN;
    }
    rest = algorithm;
    return take_oid(&rest, oid_rsa_pss, sizeof oid_rsa_pss) &&
                   is_pss_sha384(rest)
               ? SIGNATURE_RSA_PSS_SHA384
               : SIGNATURE_UNKNOWN;
}

/* --- Keys --------------------------------------------------------------- */

static void read_point(struct certificate *c, struct span bits,
                       enum key_kind kind, uint64_t size)
{
    uint8_t form = 0;
    if (bits.size == 1 + 2 * size && span_u8(bits, 0, &form) &&
        form == UNCOMPRESSED && span_part(bits, 1, 2 * size, &c->point)) {
        c->key_kind = kind;
    }
}

static void read_rsa(struct certificate *c, struct span bits)
{
    struct der key;
    struct der modulus;
    struct der exponent;
    if (der_only(bits, DER_SEQUENCE, &key) &&
        der_take(&key.value, DER_INTEGER, &modulus) &&
        der_only(key.value, DER_INTEGER, &exponent) &&
        der_magnitude(modulus.value, &c->modulus) &&
        der_magnitude(exponent.value, &c->exponent)) {
        c->key_kind = KEY_RSA;
    }
}

/* SubjectPublicKeyInfo. A key of another kind is no error, but unknown. */
static bool read_key(struct certificate *c, struct span info)
{
    struct der algorithm;
    struct der string;
    struct der null;
    struct span bits;
    if (!der_take(&info, DER_SEQUENCE, &algorithm) ||
        !der_only(info, DER_BIT_STRING, &string) ||
        !der_whole_bits(string.value, &bits)) {
        return false;
    }
    struct span rest = algorithm.value;
    if (take_oid(&rest, oid_ec, sizeof oid_ec)) {
        struct span curve = rest;
        if (take_oid(&curve, oid_p256, sizeof oid_p256) && curve.size == 0) {
            read_point(c, bits, KEY_P256, P256_SIZE);
        }
        curve = rest;
        if (take_oid(&curve, oid_p384, sizeof oid_p384) && curve.size == 0) {
            read_point(c, bits, KEY_P384, P384_SIZE);
        }
        return true;
    }
    rest = algorithm.value;
    if (take_oid(&rest, oid_rsa, sizeof oid_rsa) &&
        der_only(rest, DER_NULL, &null) && null.value.size == 0) {
        read_rsa(c, bits);
    }
    return true;
}

/* --- Extensions --------------------------------------------------------- */

struct extension {
    struct span oid;
    bool critical;
    struct span value;
};

static bool next_extension(struct span *rest, struct extension *made)
{
    struct der item;
    struct der oid;
    struct der critical;
    struct der value;
    static const uint8_t yes[1] = {0xff};
    if (!der_take(rest, DER_SEQUENCE, &item) ||
        !der_take(&item.value, DER_OID, &oid)) {
        return false;
    }
    made->critical = der_take(&item.value, DER_BOOLEAN, &critical);
    if (made->critical && !is_bytes(critical.value, yes, sizeof yes)) {
        return false; /* FALSE is the default, and not written */
    }
    if (!der_only(item.value, DER_OCTET_STRING, &value)) {
        return false;
    }
    made->oid = oid.value;
    made->value = value.value;
    return true;
}

static bool read_constraints(struct certificate *c, struct span value)
{
    struct der item;
    struct der ca;
    struct der length;
    static const uint8_t yes[1] = {0xff};
    if (!der_only(value, DER_SEQUENCE, &item)) {
        return false;
    }
    struct span rest = item.value;
    if (rest.size == 0) {
        return true;
    }
    if (!der_take(&rest, DER_BOOLEAN, &ca) ||
        !is_bytes(ca.value, yes, sizeof yes)) {
        return false;
    }
    c->is_ca = true;
    return rest.size == 0 ||
           (der_only(rest, DER_INTEGER, &length) &&
            der_number(length.value, UINT8_MAX, &c->path_length));
}

static bool read_usage(struct certificate *c, struct span value)
{
    struct der bits;
    uint8_t unused = 0;
    uint8_t first = 0;
    if (!der_only(value, DER_BIT_STRING, &bits) ||
        !span_u8(bits.value, 0, &unused) || unused > 7 ||
        !span_u8(bits.value, 1, &first)) {
        return false;
    }
    c->may_sign = first & BIT_DIGITAL_SIGNATURE;
    c->may_sign_certificates = first & BIT_KEY_CERT_SIGN;
    c->may_sign_lists = first & BIT_CRL_SIGN;
    return true;
}

/* None twice, and none that is critical but not understood. */
static bool read_extensions(struct certificate *c)
{
    struct span seen[MAX_EXTENSIONS];
    struct span rest = c->extensions;
    size_t count = 0;
    while (rest.size > 0) {
        struct extension e;
        if (count == MAX_EXTENSIONS || !next_extension(&rest, &e)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (der_same(seen[i], e.oid)) {
                return false;
            }
        }
        seen[count++] = e.oid;
        if (is_bytes(e.oid, oid_basic_constraints,
                     sizeof oid_basic_constraints)) {
            if (!read_constraints(c, e.value)) {
                return false;
            }
        } else if (is_bytes(e.oid, oid_key_usage, sizeof oid_key_usage)) {
            if (!read_usage(c, e.value)) {
                return false;
            }
        } else if (e.critical) {
            return false;
        }
    }
    return true;
}

bool certificate_extension(const struct certificate *certificate,
                           const uint8_t *oid, size_t oid_size,
                           struct span *value)
{
    struct span rest = certificate->extensions;
    struct extension e;
    while (rest.size > 0 && next_extension(&rest, &e)) {
        if (is_bytes(e.oid, oid, oid_size)) {
            *value = e.value;
            return true;
        }
    }
    return false;
}

/* --- The whole ---------------------------------------------------------- */

static bool read_times(struct certificate *c, struct span *rest)
{
    struct der validity;
    struct der from;
    struct der to;
    return der_take(rest, DER_SEQUENCE, &validity) &&
           der_next(&validity.value, &from) && der_next(&validity.value, &to) &&
           validity.value.size == 0 && der_time(&from, &c->not_before) &&
           der_time(&to, &c->not_after);
}

/* The fields up to the extensions. */
static bool read_fields(struct certificate *c, struct span *rest)
{
    struct der version;
    struct der number;
    struct der serial;
    struct der algorithm;
    struct der name;
    uint64_t is_version = 0;
    if (!der_take(rest, DER_CONTEXT + 0, &version) ||
        !der_only(version.value, DER_INTEGER, &number) ||
        !der_number(number.value, VERSION_3, &is_version) ||
        is_version != VERSION_3 || !der_take(rest, DER_INTEGER, &serial) ||
        serial.value.size == 0 || serial.value.size > MAX_SERIAL ||
        !der_take(rest, DER_SEQUENCE, &algorithm)) {
        return false;
    }
    c->serial = serial.value;
    c->algorithm = algorithm.whole;
    c->signature_kind = certificate_signature_kind(algorithm.value);
    if (!der_take(rest, DER_SEQUENCE, &name)) {
        return false;
    }
    c->issuer = name.whole;
    if (!read_times(c, rest) || !der_take(rest, DER_SEQUENCE, &name)) {
        return false;
    }
    c->subject = name.whole;
    if (!der_take(rest, DER_SEQUENCE, &name)) {
        return false;
    }
    c->key_info = name.whole;
    return read_key(c, name.value);
}

bool certificate_read(struct certificate *made, struct span bytes)
{
    struct certificate c = {.whole = bytes,
                            .path_length = UINT64_MAX,
                            .may_sign = true,
                            .may_sign_certificates = true,
                            .may_sign_lists = true};
    struct der all;
    struct der tbs;
    struct der algorithm;
    struct der signature;
    struct der extensions;
    struct der list;
    if (!der_only(bytes, DER_SEQUENCE, &all) ||
        !der_take(&all.value, DER_SEQUENCE, &tbs) ||
        !der_take(&all.value, DER_SEQUENCE, &algorithm) ||
        !der_only(all.value, DER_BIT_STRING, &signature) ||
        !der_whole_bits(signature.value, &c.signature)) {
        return false;
    }
    c.tbs = tbs.whole;
    if (!read_fields(&c, &tbs.value) ||
        !der_only(tbs.value, DER_CONTEXT + 3, &extensions) ||
        !der_only(extensions.value, DER_SEQUENCE, &list)) {
        return false;
    }
    if (!der_same(c.algorithm, algorithm.whole)) {
        return false;
    }
    c.extensions = list.value;
    if (!read_extensions(&c)) {
        return false;
    }
    *made = c;
    return true;
}

/* --- Names -------------------------------------------------------------- */

struct attribute {
    uint8_t type;     /* the last byte of its OID, after 2.5.4 */
    const char *text; /* NULL: the commonName */
};

enum {
    COMMON_NAME = 3,
    COUNTRY = 6,
    LOCALITY = 7,
    STATE = 8,
    ORGANIZATION = 10,
    UNIT = 11,
    MAX_ATTRIBUTES = 6,
};

static const struct attribute vendors[][MAX_ATTRIBUTES] = {
    [VENDOR_INTEL] = {{COMMON_NAME, NULL},
                      {ORGANIZATION, "Intel Corporation"},
                      {LOCALITY, "Santa Clara"},
                      {STATE, "CA"},
                      {COUNTRY, "US"}},
    [VENDOR_AMD] = {{UNIT, "Engineering"},
                    {COUNTRY, "US"},
                    {LOCALITY, "Santa Clara"},
                    {STATE, "CA"},
                    {ORGANIZATION, "Advanced Micro Devices"},
                    {COMMON_NAME, NULL}},
};

/* The next part of a Name is that attribute, and it alone. */
static bool take_attribute(struct span *rest, uint8_t type, const char *text)
{
    const uint8_t oid[] = {0x55, 0x04, type};
    struct der set;
    struct der pair;
    struct der string;
    return der_take(rest, DER_SET, &set) &&
           der_only(set.value, DER_SEQUENCE, &pair) &&
           take_oid(&pair.value, oid, sizeof oid) &&
           der_next(&pair.value, &string) && pair.value.size == 0 &&
           (string.tag == DER_UTF8_STRING ||
            string.tag == DER_PRINTABLE_STRING) &&
           is_bytes(string.value, (const uint8_t *)text, strlen(text));
}

bool certificate_is_named(struct span name, enum vendor vendor,
                          const char *common_name)
{
    struct der parts;
    if (!der_only(name, DER_SEQUENCE, &parts)) {
        return false;
    }
    for (size_t i = 0; i < MAX_ATTRIBUTES && vendors[vendor][i].type; i++) {
        const struct attribute *a = &vendors[vendor][i];
        if (!take_attribute(&parts.value, a->type,
                            a->text ? a->text : common_name)) {
            return false;
        }
    }
    return parts.value.size == 0;
}
