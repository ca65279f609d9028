/* SPDX-License-Identifier: Apache-2.0 */
/* Which thing the values of a CoRIM's reference triple are of. */
#ifndef REFERENCE_CORIM_ENVIRONMENT_H
#define REFERENCE_CORIM_ENVIRONMENT_H

#include "reference/cbor_table.h"

/*
 * Why an environment-map is not, or not certainly, that of a TD; NULL if it is.
 * In the Intel profile the measurement 83 (tee.mrtee) is the MRTD of a TD, but
 * the MRSEAM of a TDX module and the MRENCLAVE of an enclave; with another
 * vendor it may be anything. by_number: the measurement is known by that number
 * only; is_intel: the CoRIM says that it follows the Intel profile.
 */
const char *environment_is_other(cbor_item_t *environment, bool by_number,
                                 bool is_intel);

/* Does the text have a word that names something else than a TD? */
bool environment_names_other(cbor_item_t *text);

/* Is the item the object identifier (tag 111) of the Intel profile? */
bool environment_is_intel_profile(cbor_item_t *profile);

/* environment-map and class-map, draft-ietf-rats-corim-11, section 5.1.4.1. */
extern const struct table environment_table;
extern const struct table environment_class_table;

#endif
