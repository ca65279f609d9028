/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence in whatever people have it in. One reader for all who want evidence:
 * what it says (claims_read()), or its bytes (evidence_find()).
 */
#ifndef REFERENCE_CLAIMS_EVIDENCE_H
#define REFERENCE_CLAIMS_EVIDENCE_H

#include "reference/claims.h"

/* The bytes of evidence that a file holds. */
struct evidence_found {
    enum mrtd_evidence_kind kind;
    struct carried carried;
    /* What the file is, e.g. "TDX quote version 4 in JSON", and where in it the
     * evidence is; empty: it is all of it. Printable ASCII. */
    char what[96];
    char where[160];
};

/*
 * Finds the evidence in the bytes of a file. Refused if there is none, that of
 * two guests, or two quotes or reports that differ. Of several pieces of one
 * guest it is a quote or report, since others cannot be verified. To be freed
 * with evidence_found_free(), also after a failure.
 */
bool evidence_find(struct evidence_found *found, const void *data, size_t size,
                   struct failure *error);
void evidence_found_free(struct evidence_found *found);

/* Is it evidence with a signature by which it could be verified? A MAC has no
 * key that others have. All of one input that is signed is of the same bytes.
 */
bool claim_is_signed(const struct claim *claim);

/* --- For the readers --------------------------------------------------- */

/*
 * The evidence in bytes: these themselves, or those in a container that is
 * known. *kind says which; false: there is none.
 */
bool evidence_within(const unsigned char **data, size_t *size,
                     enum mrtd_evidence_kind *kind, const char **container);

/* evidence_within() of what is in a container. */
bool evidence_contained(const unsigned char **data, size_t *size,
                        enum mrtd_evidence_kind *kind, const char **container);

/* Refuses an input with evidence of two guests, or of one and a launch digest
 * of another. */
bool evidence_agrees(const struct claims *claims, struct failure *error);

/* Keeps a copy of a certificate beside the evidence that was added last. */
bool carried_certificate(struct claims *claims, const void *data, size_t size,
                         struct failure *error);
void carried_free(struct carried *carried);

#endif
