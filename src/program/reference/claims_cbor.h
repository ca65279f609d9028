/* SPDX-License-Identifier: Apache-2.0 */
/* What CoRIM and CoSWID have in common: digests, labels, validity. */
#ifndef REFERENCE_CLAIMS_CBOR_H
#define REFERENCE_CLAIMS_CBOR_H

#include "reference/cbor_table.h"

/* A digest; kind CLAIMS_DIGESTS: of an algorithm that is not known here. */
struct cbor_digest {
    size_t kind;
    const uint8_t *bytes;
};

/*
 * A digest: [alg, bytes], alg a number or name of the IANA Named Information
 * Hash Algorithm Registry. One of an unknown algorithm is skipped, with a note
 * that names it; what is not such a pair, or has another size than its
 * algorithm, is refused.
 */
bool cbor_take_digest(const struct table_reader *r, cbor_item_t *item,
                      struct cbor_digest *digest);

/* The VMM that a document's name ends with; len 0: none. */
struct cbor_label {
    const char *name;
    size_t len;
};

/*
 * The label of an identifier, "ID/VERSION/tdx/PROFILE" as the command reference
 * writes it, if it ends with the name of a known VMM. *label is left as it
 * was if not; a document that has two different ones is refused.
 */
bool cbor_read_label(const struct table_reader *r, cbor_item_t *id,
                     struct cbor_label *label);
/* Labels the MRTD that was added last, if there is a label. */
bool cbor_take_label(const struct table_reader *r,
                     const struct cbor_label *label);

/* A validity-map (draft-ietf-rats-corim-11, section 7.3), if there is one, of
 * the MRTDs from that index on. */
bool cbor_take_validity(const struct table_reader *r, cbor_item_t *map,
                        size_t from);
/*
 * Takes the validity that the headers of a COSE_Sign1 say: corim-meta and CWT
 * claims (sections 4.2.2 and 4.2.3; RFC 8392, section 3.1).
 */
bool cbor_take_header_validity(const struct table_reader *r,
                               cbor_item_t *parameters,
                               cbor_item_t *unprotected, size_t from);

#endif
