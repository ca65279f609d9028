/* SPDX-License-Identifier: Apache-2.0 */
/* Why an MRTD, or a launch digest, may differ. */
#ifndef MODEL_TRAPS_H
#define MODEL_TRAPS_H

#include "model/answer.h"

#define TRAP_TEXT 500

struct trap {
    const char *code; /* stable, in kebab-case */
    /* Does it apply to this answer? Then tells the evidence. */
    bool (*applies)(const struct answer *answer, char text[TRAP_TEXT]);
    enum mrtd_platform platform; /* that it is about; 0: any */
};

/* In order of likelihood, those of TDX first; NULL after the last. */
const struct trap *trap_at(size_t index);

/* Does it apply to this answer, for which its platform was tried? Then tells
 * the evidence. */
bool trap_applies(const struct trap *trap, const struct answer *answer,
                  char text[TRAP_TEXT]);

/* trap_applies(), and is it a reason why the answer is not right? Where the
 * image is the guest's, its initdata alone can be. */
bool trap_is_reason(const struct trap *trap, const struct answer *answer,
                    char text[TRAP_TEXT]);

/* What does not change an MRTD, although it is often suspected. */
extern const char trap_not_causes[];

#endif
