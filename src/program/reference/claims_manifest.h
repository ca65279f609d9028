/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values of Contrast (github.com/edgelesssys/contrast,
 * internal/manifest/referencevalues.go): the members of an entry, and their
 * forms. A manifest in which one has another form is not loaded at all.
 */
#ifndef REFERENCE_CLAIMS_MANIFEST_H
#define REFERENCE_CLAIMS_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>

#include "reference/claims_walk.h"

/* Why a list of entries is not loaded; NULL: it is. */
const char *contrast_list_why(json_t *list);

/* Why the entry that a walk is in is not one of a manifest; NULL: it is. */
const char *contrast_entry_why(const struct walk *w);

/* Why an operation of a patch can never be carried out on an entry, by its path
 * and value; NULL: it can, if what it is for is known. */
const char *contrast_operation_why(json_t *operation);

#endif
