/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers of text around what is meant: tokens, envelopes of signatures, JSON in
 * a string, and encodings of these.
 */
#ifndef REFERENCE_CLAIMS_PEEL_H
#define REFERENCE_CLAIMS_PEEL_H

#include "reference/claims.h"

/* Most layers around one another. */
#define PEEL_DEPTH 4

/* What is inside: the input itself where there are no layers. */
struct peeled {
    const unsigned char *data;
    size_t size;
    unsigned char *owned; /* to be freed, or NULL */
    char layers[60];      /* " in a JSON Web Token", for claims->kind */
};

/*
 * Takes the layers off that are around an input. Where the reading is exact,
 * those are refused that no consumer of reference values takes. To be freed
 * with peel_free(), also after a failure.
 */
bool peel(struct peeled *p, struct claims *claims, const void *data,
          size_t size, struct failure *error);
void peel_free(struct peeled *p);

/*
 * The claims of a JSON Web Token that is signed, in its compact form (RFC 7515,
 * section 7.1), if text is one; to be freed. NULL: it is another text, with
 * *size left as it was, or memory is short, with *size SIZE_MAX.
 */
unsigned char *token_claims(const char *text, size_t len, size_t *size);

#endif
