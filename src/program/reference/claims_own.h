/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents that this program writes, and the files that an in-toto
 * statement is about. */
#ifndef REFERENCE_CLAIMS_OWN_H
#define REFERENCE_CLAIMS_OWN_H

#include <jansson.h>

#include "reference/claims.h"

/* What the document is called if it is one of ours (by its member "schema");
 * NULL if it is not. */
const char *own_kind(json_t *root);
/* Reads such a document. */
bool own_read(struct claims *claims, json_t *root, struct failure *error);

/* The files of an in-toto statement (member "subject"), if it is one. */
bool own_take_subjects(struct claims *claims, json_t *root,
                       struct failure *error);

#endif
