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

/* Takes those of a triple that is understood, if it has an MRTD; otherwise only
 * says that they are there. */
bool corim_registers_take(struct corim_registers *registers,
                          const struct table_reader *r,
                          cbor_item_t *measurements, bool has_mrtd);

/* Of a triple of a TD that is not taken: what of registers it has is unread,
 * since it may hold for a TD of another triple, too. */
void corim_registers_say(const struct table_reader *r,
                         cbor_item_t *measurements);

/* After the last triple: one that only some of them have is unread, since the
 * others allow any value. */
void corim_registers_end(const struct corim_registers *registers,
                         struct claims *claims);

#endif
