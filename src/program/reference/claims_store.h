/* SPDX-License-Identifier: Apache-2.0 */
/* A list of what RVPS keeps: {"version", "name", "expiration", "value"} each
 * (Trustee, rvps/src/reference_value.rs). */
#ifndef REFERENCE_CLAIMS_STORE_H
#define REFERENCE_CLAIMS_STORE_H

#include <jansson.h>
#include <stdbool.h>

#include "failure.h"

/* Refuses a list with two entries of one name: RVPS takes one of them. */
bool claims_store_check(json_t *list, struct failure *error);

/* The map that such a list stands for, to be freed; NULL: it is not one, or its
 * entries do not expire together. */
json_t *claims_store_map(json_t *list);

#endif
