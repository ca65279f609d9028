/* SPDX-License-Identifier: Apache-2.0 */
/* What predicted and logged events share. */
#ifndef EVENTS_EVENTS_H
#define EVENTS_EVENTS_H

#include "mrtd.h"

/* Extends a register of SHA-384, which has that value, with a digest of it. */
void events_extend(uint8_t value[MRTD_DIGEST_SIZE],
                   const struct mrtd_digest *digest);

#endif
