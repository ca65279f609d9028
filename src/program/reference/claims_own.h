/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents that this program writes. */
#ifndef REFERENCE_CLAIMS_OWN_H
#define REFERENCE_CLAIMS_OWN_H

#include <jansson.h>

#include "reference/claims.h"

/* What the document is called if it is one of ours (by its member "schema");
 * NULL if it is not. */
const char *own_kind(json_t *root);
/* Reads such a document. */
bool own_read(struct claims *claims, json_t *root, struct failure *error);

#endif
