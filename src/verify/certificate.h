/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One X.509 certificate (RFC 5280), as far as chains of Intel and AMD need it:
 * version 3, keys of P-256, P-384 and RSA. All spans are of the bytes that were
 * received; nothing is ever encoded again.
 */
#ifndef VERIFY_CERTIFICATE_H
#define VERIFY_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum key_kind {
    KEY_UNKNOWN, /* of another kind, or not one point as 04, x, y */
    KEY_P256,
    KEY_P384,
    KEY_RSA,
};

enum signature_kind {
    SIGNATURE_UNKNOWN,
    SIGNATURE_ECDSA_SHA256,
    SIGNATURE_RSA_PSS_SHA384, /* MGF1 with SHA-384, and a salt of 48 bytes */
};

struct certificate {
    struct span whole;
    struct span tbs;       /* what is signed */
    struct span algorithm; /* of the signature, with tag and length */
    struct span signature;
    struct span serial;   /* the INTEGER's value */
    struct span issuer;   /* a Name, with tag and length */
    struct span subject;  /* a Name, with tag and length */
    struct span key_info; /* SubjectPublicKeyInfo, with tag and length */
    struct span point;    /* P-256, P-384: x and y */
    struct span modulus;  /* RSA */
    struct span exponent; /* RSA */
    int64_t not_before;
    int64_t not_after;
    struct span extensions; /* each a SEQUENCE */
    uint64_t path_length;   /* of a CA; UINT64_MAX: not limited */
    enum signature_kind signature_kind;
    enum key_kind key_kind;
    bool is_ca;                 /* basicConstraints, which may be absent */
    bool may_sign_certificates; /* keyUsage, or it has none */
    bool may_sign_lists;        /* keyUsage, or it has none */
    bool may_sign;              /* keyUsage, or it has none */
};

/* That of an AlgorithmIdentifier, which is given without tag and length. */
enum signature_kind certificate_signature_kind(struct span algorithm);

/* False if the bytes are not one such certificate, and nothing else. */
bool certificate_read(struct certificate *made, struct span bytes);

/* Whose names: all but the commonName is the same in each of a vendor's. */
enum vendor {
    VENDOR_INTEL,
    VENDOR_AMD
};

/* Is it that Name of the vendor, in the order in which the vendor writes it? */
bool certificate_is_named(struct span name, enum vendor vendor,
                          const char *common_name);

/* The value of the extension with that OID, which is given without its tag and
 * length. */
bool certificate_extension(const struct certificate *certificate,
                           const uint8_t *oid, size_t oid_size,
                           struct span *value);

#endif
