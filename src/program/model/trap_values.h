/* SPDX-License-Identifier: Apache-2.0 */
/* Values that no launch of a firmware has, and that are known. */
#ifndef MODEL_TRAP_VALUES_H
#define MODEL_TRAP_VALUES_H

#include "model/traps.h"

/* Calls for each claim until one answers true. */
typedef bool trap_claim_fn(const struct answer *c, const struct claim *claim,
                           char text[TRAP_TEXT]);
bool trap_any_claim(const struct answer *c, trap_claim_fn *test,
                    char text[TRAP_TEXT]);

/* Each as trap.applies. */
bool trap_file_digest(const struct answer *c, char text[TRAP_TEXT]);
bool trap_constant_value(const struct answer *c, char text[TRAP_TEXT]);
bool trap_known_value(const struct answer *c, char text[TRAP_TEXT]);

#endif
