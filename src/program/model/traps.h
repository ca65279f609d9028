/* SPDX-License-Identifier: Apache-2.0 */
/* Why an MRTD may differ. */
#ifndef MODEL_TRAPS_H
#define MODEL_TRAPS_H

#include "model/answer.h"

#define TRAP_TEXT 500

struct trap {
    const char *code; /* stable, in kebab-case */
    /* Does it apply to this answer? Then tells the evidence. */
    bool (*applies)(const struct answer *answer, char text[TRAP_TEXT]);
};

/* In order of likelihood; NULL after the last. */
const struct trap *trap_at(size_t index);

/* What does not change an MRTD, although it is often suspected. */
extern const char trap_not_causes[];

#endif
