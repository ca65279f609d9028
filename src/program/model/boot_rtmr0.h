/* SPDX-License-Identifier: Apache-2.0 */
/* RTMR0 of OVMF: what the firmware measures of itself and of the machine. */
#ifndef MODEL_BOOT_RTMR0_H
#define MODEL_BOOT_RTMR0_H

#include "model/boot.h"

/* Room for what an event is not known without. */
#define BOOT_RTMR0_NEED 100

/*
 * Its events into boot->rtmr0, where that is wanted; and where all are known
 * after those of boot->events. Otherwise RTMR0 is not wanted any more, or what
 * it was asked for by name is refused, and what is missing is said.
 */
enum exit_status boot_rtmr0_make(struct boot *boot, struct failure *failure);

/* What the event is not known without, as "--ram SIZE"; NULL: it is known, or
 * it cannot be known here, for which *reason says why. */
const char *boot_rtmr0_need(const struct mrtd_ovmf_event *event,
                            const char **reason, char text[BOOT_RTMR0_NEED]);

#endif
