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

/* --- Parts of it, for searches -------------------------------------------- */

/* Why its events cannot be those of the release of edk2, by the options; or
 * NULL. */
const char *boot_rtmr0_wrong(const struct launch_boot *options, uint32_t edk2);

/* Its events as that release makes them, of a build of that kind. */
enum exit_status boot_rtmr0_read(struct boot_rtmr0 *rtmr0,
                                 const struct evaluation *e, uint32_t edk2,
                                 uint32_t secure_boot, struct failure *failure);

/* Are there any, and are all known? */
bool boot_rtmr0_is_known(const struct boot_rtmr0 *rtmr0);

/* Adds those of boot->rtmr0 to boot->events; notes on what they rest. */
void boot_rtmr0_add(struct boot *boot);
void boot_rtmr0_note(struct boot *boot);

/* Says what is missing, or why it cannot be known; hint, or "", is what to do
 * otherwise. Some are not known. */
enum exit_status boot_rtmr0_refuse(const struct boot_rtmr0 *rtmr0,
                                   const struct evaluation *e, const char *what,
                                   const char *hint, struct failure *failure);

/* What the event is not known without, as "--ram SIZE"; NULL: it is known, or
 * it cannot be known here, for which *reason says why. */
const char *boot_rtmr0_need(const struct mrtd_ovmf_event *event,
                            const char **reason, char text[BOOT_RTMR0_NEED]);

#endif
