/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR documents whose frame is the same for every register. */
#ifndef REFERENCE_WRITE_CBOR_H
#define REFERENCE_WRITE_CBOR_H

#include <cbor.h>

#include "reference/reference.h"

/* Any of them NULL: memory is short. */
struct corim_parts {
    const char *id; /* of the CoRIM, and of its CoMID */
    cbor_item_t *profile;
    cbor_item_t *environment;
    cbor_item_t *measurements; /* an array of them */
};

/* Writes a CoRIM of one CoMID with one reference triple, and takes the items
 * over. False if memory is short. */
bool write_cbor_corim(FILE *to, const struct reference_settings *settings,
                      const struct corim_parts *parts);

#endif
