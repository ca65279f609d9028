/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an input says beside MRTDs: registers that a kernel leads to, and the
 * digests of its events; and of any guest what its initdata makes. Only where
 * the reading is exact; what is said in a form that is not read here is
 * counted, and never taken.
 */
#ifndef REFERENCE_CLAIMS_BOOT_H
#define REFERENCE_CLAIMS_BOOT_H

#include <jansson.h>

#include "reference/claims.h"

/* An input says something of it; whatever is not taken then is unread. */
void claims_boot_said(struct claims *claims, enum boot_value_id id);
/* The same of a member of that name, if it is one of those. */
void claims_boot_member(struct claims *claims, const char *name);
/* The value that a key of RVPS names, or BOOT_VALUES. */
enum boot_value_id claims_boot_id(const char *key);

/* Takes one text as all that a member says. What is spelled in another way is
 * left. */
bool claims_boot_take(struct claims *claims, enum boot_value_id id,
                      const json_t *value, struct failure *error);
/* Takes what an object of keys of RVPS, root, has under such a key, beside the
 * launch digest that is under a key of the same path and version. */
bool claims_boot_key(struct claims *claims, json_t *root, const char *key,
                     json_t *value, struct failure *error);
/* Takes 48 bytes. */
bool claims_boot_add(struct claims *claims, enum boot_value_id id,
                     const uint8_t *digest, struct failure *error);

/* Keeps how the values of this group were made, as a document has it. */
bool claims_boot_made(struct claims *claims, json_t *origin,
                      struct failure *error);

/* Does the input say more of it than was taken? */
bool claims_boot_is_unread(const struct claims *claims, enum boot_value_id id);

/* After a document was walked through: takes what its outermost object has
 * under Trustee's names, beside an MRTD, and what those of other consumers
 * have. */
bool claims_boot_document(struct claims *claims, json_t *root,
                          struct failure *error);
/* claims_boot_forms.c: policies and statements in JSON. */
bool claims_boot_forms(struct claims *claims, json_t *root,
                       struct failure *error);

#endif
