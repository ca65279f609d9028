/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of a TD's registers, as projects that run confidential VMs publish
 * them: the measurement files of flashbots, and Tinfoil's measurements. Each is
 * read as its consumer reads it, and refused for what is not known in it.
 */
#ifndef REFERENCE_CLAIMS_LISTS_H
#define REFERENCE_CLAIMS_LISTS_H

#include <jansson.h>

#include "reference/claims.h"

/* What the document is called if it is one of them; NULL if it is not. */
const char *lists_kind(json_t *root);
/* Reads such a document. */
bool lists_read(struct claims *claims, json_t *root, struct failure *error);

/* --- For the readers of one of them -------------------------------------- */

/* MRTD, and after it RTMR0 to RTMR3. */
#define LISTS_REGISTERS 5

/* Takes the digest of the register of that index: 96 hexadecimal digits, in
 * lower case where the consumer compares text. */
bool lists_take(struct claims *claims, size_t index, json_t *value,
                bool is_text, const char *where, struct failure *error);

/* "WHERE: WHY"; false. */
bool lists_refuse(struct failure *error, const char *where, const char *why);

/* Has the object only members of a list, which ends with NULL? */
bool lists_has_only(json_t *object, const char *const *names, const char *where,
                    struct failure *error);

/* claims_flashbots.c */
bool flashbots_is(json_t *root);
bool flashbots_read(struct claims *claims, json_t *root, struct failure *error);

/* claims_tinfoil.c */
bool tinfoil_is(json_t *root);
bool tinfoil_read(struct claims *claims, json_t *root, struct failure *error);
/* A release for two platforms, which has a launch digest of SEV-SNP. */
bool tinfoil_is_release(json_t *root);
bool tinfoil_read_release(struct claims *claims, json_t *root,
                          struct failure *error);

#endif
