/* SPDX-License-Identifier: Apache-2.0 */
/* Which thing the values of a CoRIM's reference triple are of. */
#ifndef REFERENCE_CORIM_ENVIRONMENT_H
#define REFERENCE_CORIM_ENVIRONMENT_H

#include "reference/cbor_table.h"
#include "reference/environment.h"

#define ENVIRONMENT_WHY 160

/*
 * Is an environment-map that of a TD? In the Intel profile the measurement 83
 * (tee.mrtee) is the MRTD of a TD, but the MRSEAM of a TDX module and the
 * MRENCLAVE of an enclave, so that nothing counts that is not known to be a
 * TD's: why says of another what it is called. The types of its members are
 * those of environment_table.
 */
bool environment_is_td(cbor_item_t *environment,
                       const struct environment_own *own,
                       char why[ENVIRONMENT_WHY]);

/* The same tables for the vendor (70) and model (71) of a measurement; an item
 * that is no text is neither's. */
bool environment_is_vendor(cbor_item_t *text,
                           const struct environment_own *own);
bool environment_is_model(cbor_item_t *text, const struct environment_own *own);

/* Is the item the object identifier (tag 111) of the Intel profile? */
bool environment_is_intel_profile(cbor_item_t *profile);

/* environment-map and class-map, draft-ietf-rats-corim-11, section 5.1.4.1.
 * Unknown members are left to environment_is_td(). */
extern const struct table environment_table;
extern const struct table environment_class_table;

#endif
