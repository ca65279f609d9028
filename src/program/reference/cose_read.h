/* SPDX-License-Identifier: Apache-2.0 */
/* COSE_Sign1 (RFC 9052, section 4.2), taken apart; no signature is verified. */
#ifndef REFERENCE_COSE_READ_H
#define REFERENCE_COSE_READ_H

#include "reference/cbor_read.h"

/* Header parameters (IANA COSE Header Parameters). */
enum {
    HEADER_ALG = 1,
    HEADER_CRIT = 2,
    HEADER_CONTENT_TYPE = 3,
    HEADER_KID = 4,
    HEADER_CORIM_META = 8,
    HEADER_CWT_CLAIMS = 15,
    HEADER_X5BAG = 32,
    HEADER_X5CHAIN = 33,
    HEADER_X5T = 34,
    HEADER_X5U = 35,
    /* Of a hash envelope, in which the payload is the hash of what is meant. */
    HEADER_PAYLOAD_HASH_ALG = 258,
    HEADER_PREIMAGE_CONTENT_TYPE = 259,
    HEADER_PAYLOAD_LOCATION = 260,
};

/* What the payload of a signed CoRIM is. */
#define COSE_CONTENT_TYPE "application/rim+cbor"

struct sign1 {
    cbor_item_t *root;
    cbor_item_t *parameters; /* the map in header, or NULL if that is empty */
    /* Borrowed from the root. */
    cbor_item_t *header; /* the protected header, a byte string */
    cbor_item_t *unprotected;
    cbor_item_t *payload;
    cbor_item_t *signature;
};

/* Does it begin with the tag of a COSE_Sign1? */
bool sign1_begins(const unsigned char *bytes, size_t size);

/*
 * Takes a tagged COSE_Sign1 around a CoRIM apart; to be freed with
 * sign1_free(). False with *fault filled if it is malformed: RFC 9052, section
 * 3, wants each label once, in one of the two headers; section 3.1 wants crit
 * to be protected, and what it names to be understood, as nothing is. Also if
 * the protected header does not say that the payload is a CoRIM and who signed
 * it (draft-ietf-rats-corim-11, section 4.2), or has a label that is not known
 * here, for that may say what the payload is.
 */
bool sign1_open(struct sign1 *s, const unsigned char *bytes, size_t size,
                struct cbor_fault *fault);
void sign1_free(struct sign1 *s);

#endif
