/* SPDX-License-Identifier: Apache-2.0 */
/* Options about what OVMF measures of itself and of the machine, in RTMR0. */
#ifndef GROUPS_RTMR0_OPTIONS_H
#define GROUPS_RTMR0_OPTIONS_H

#include "groups/launching.h"

/* For struct launching. */
extern const struct option_table rtmr0_options;
extern const struct option_table rtmr0_inputs; /* without --list-events */

#endif
