/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware files that a document is about, which it names by digests. */
#ifndef REFERENCE_CLAIMS_FILES_H
#define REFERENCE_CLAIMS_FILES_H

#include <jansson.h>

#include "reference/claims.h"

/*
 * Adds what is said of one firmware file. In an object of nothing but digests
 * what is not known is skipped, with a note that names it.
 */
bool claims_files_take(struct claims *claims, json_t *object, bool only_digests,
                       struct failure *error);

/* Is there a digest of the file added last by which it can be told? */
bool claims_files_known(const struct claims *claims);

/* The files of an in-toto statement (member "subject"), if it is one. */
bool claims_files_subjects(struct claims *claims, json_t *root,
                           struct failure *error);

#endif
