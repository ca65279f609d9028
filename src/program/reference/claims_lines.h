/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of names and values: what programs print ("MRTD: 91eb..."), and the
 * parts of YAML and TOML that are only that.
 */
#ifndef REFERENCE_CLAIMS_LINES_H
#define REFERENCE_CLAIMS_LINES_H

#include "reference/claims.h"

/* Is it text in which each line has a name and a value, or an item of a list,
 * and one of the names looks like that of an MRTD? */
bool lines_begin(const char *text, size_t size);

/* Reads it as an object of JSON with these members. A name that is there twice
 * is refused. */
bool claims_read_lines(struct claims *claims, const char *text, size_t size,
                       struct failure *error);

#endif
