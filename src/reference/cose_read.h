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
    HEADER_CORIM_META = 8,
    HEADER_CWT_CLAIMS = 15,
};

struct sign1 {
    cbor_item_t *root;
    cbor_item_t *parameters; /* the map in header, or NULL if that is empty */
    /* Borrowed from the root. */
    cbor_item_t *header; /* the protected one, a byte string */
    cbor_item_t *unprotected;
    cbor_item_t *payload;
    cbor_item_t *signature;
};

/* Does it begin with the tag of a COSE_Sign1? */
bool sign1_begins(const unsigned char *bytes, size_t size);

/*
 * Takes a tagged COSE_Sign1 apart; to be freed with sign1_free(). False with
 * *fault filled if it is malformed: RFC 9052, section 3, wants each label once,
 * in one of the two headers; section 3.1 wants crit to be protected.
 */
bool sign1_open(struct sign1 *s, const unsigned char *bytes, size_t size,
                struct cbor_fault *fault);
void sign1_free(struct sign1 *s);

#endif
