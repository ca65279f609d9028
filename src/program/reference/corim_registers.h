/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of a TD as integrity registers of a CoRIM's reference triples. */
#ifndef REFERENCE_CORIM_REGISTERS_H
#define REFERENCE_CORIM_REGISTERS_H

#include "reference/cbor_table.h"

/* Which of them the triples have that have an MRTD, as bits. */
struct corim_registers {
    bool is_begun;
    unsigned any;
    unsigned all;
};

/* Takes those of a triple that is understood, and that has an MRTD. */
bool corim_registers_take(struct corim_registers *registers,
                          const struct table_reader *r,
                          cbor_item_t *measurements);

/* After the last triple: one that only some of them have is unread, since the
 * others allow any value. */
void corim_registers_end(const struct corim_registers *registers,
                         struct claims *claims);

#endif
