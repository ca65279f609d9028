/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of go-tdx-guest (proto/checkconfig.proto, proto/tdx.proto) and
 * of go-sev-guest (proto/check.proto). */
#ifndef REFERENCE_CLAIMS_TEXTPROTO_H
#define REFERENCE_CLAIMS_TEXTPROTO_H

#include "reference/claims_policy.h"

/* Messages, as bits. */
enum textproto_message {
    TEXTPROTO_CONFIG = 1 << 0,
    TEXTPROTO_POLICY = 1 << 1,
    TEXTPROTO_HEADER_POLICY = 1 << 2,
    TEXTPROTO_BODY_POLICY = 1 << 3,
    TEXTPROTO_ROOT_OF_TRUST = 1 << 4,
    TEXTPROTO_QUOTE_4 = 1 << 5,
    TEXTPROTO_QUOTE_5 = 1 << 6,
    TEXTPROTO_HEADER = 1 << 7,
    TEXTPROTO_BODY_4 = 1 << 8,
    TEXTPROTO_BODY_5 = 1 << 9,
    TEXTPROTO_DESCRIPTOR = 1 << 10,
    TEXTPROTO_SIGNED_DATA = 1 << 11,
    TEXTPROTO_CERTIFICATION = 1 << 12,
    TEXTPROTO_QE_CERTIFICATION = 1 << 13,
    TEXTPROTO_CHAIN = 1 << 14,
    TEXTPROTO_QE_AUTH = 1 << 15,
    TEXTPROTO_ENCLAVE = 1 << 16,
    /* go-sev-guest */
    TEXTPROTO_SEV_CONFIG = 1 << 17,
    TEXTPROTO_SEV_POLICY = 1 << 18,
    TEXTPROTO_SEV_ROOT_OF_TRUST = 1 << 19,
    TEXTPROTO_SEV_PRODUCT = 1 << 20,
    TEXTPROTO_NUMBER_VALUE = 1 << 21, /* google.protobuf.UInt32Value */
};

#define TEXTPROTO_QUOTES   (TEXTPROTO_QUOTE_4 | TEXTPROTO_QUOTE_5)
#define TEXTPROTO_REPORTED (TEXTPROTO_BODY_4 | TEXTPROTO_BODY_5)
/* What a file may be. */
#define TEXTPROTO_ROOTS                                                        \
    (TEXTPROTO_CONFIG | TEXTPROTO_POLICY | TEXTPROTO_BODY_POLICY |             \
     TEXTPROTO_QUOTES)
/* And what is about guests of SEV-SNP. */
#define TEXTPROTO_SEV_ROOTS TEXTPROTO_SEV_CONFIG

enum textproto_type {
    TEXTPROTO_BYTES,
    TEXTPROTO_STRING,
    TEXTPROTO_BOOL,
    TEXTPROTO_NUMBER,
    TEXTPROTO_PRODUCT, /* a SevProductName */
    TEXTPROTO_MESSAGE,
};

struct textproto_field {
    const char *name;
    unsigned in; /* messages that have the field, as bits */
    enum textproto_type type;
    uint64_t size;    /* of bytes, 0 for any; or the largest number */
    unsigned message; /* the message that the field is */
    bool is_repeated;
    bool is_mrtd; /* or the launch digest of SEV-SNP */
};

#define TEXTPROTO_FIELDS 107
extern const struct textproto_field textproto_fields[TEXTPROTO_FIELDS];

#endif
