/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that say what the launch digest of a guest of AMD's platforms must
 * be: in the forms that are written here, and that Trustee and go-sev-guest
 * read. What is not known in one of them refuses all of it.
 */
#ifndef REFERENCE_CLAIMS_GUEST_H
#define REFERENCE_CLAIMS_GUEST_H

#include <jansson.h>

#include "reference/claims.h"

/* claims_read() for a platform of AMD's, which claims->platform is. */
bool claims_read_guest(struct claims *claims, enum claims_kind kind,
                       const unsigned char *data, size_t size,
                       struct failure *error);

/* May it be a document of that kind, rather than digits or evidence? */
bool claims_guest_may_read(enum claims_kind kind, const unsigned char *data,
                           size_t size);

/* claims_guest_json.c: JSON text, one document. */
bool claims_read_guest_json(struct claims *claims, const char *text,
                            size_t size, struct failure *error);

/* What the digest is called in messages. */
const char *claims_guest_digest(const struct claims *claims);

/* Adds the digest in hexadecimal digits, which are exact in lower case. */
bool claims_guest_hex(struct claims *claims, json_t *value, const char *where,
                      struct failure *error);

/* Adds the digest of an object, its member hex, and what the object says of the
 * launch. */
bool claims_guest_value(struct claims *claims, json_t *object,
                        const char *member, const char *where,
                        struct failure *error);

/* Says of the digest that was added last what a text says of its launch. */
bool claims_guest_label(struct claims *claims, const char *text, size_t len,
                        struct failure *error);

#endif
