/* SPDX-License-Identifier: Apache-2.0 */
/* What boot.c asks of the kinds of firmware that start a kernel. */
#ifndef MODEL_BOOT_KINDS_H
#define MODEL_BOOT_KINDS_H

#include "model/boot.h"

/* Is what the options ask for known and given? Chooses the rules, and notes
 * what must be known of them. */
enum exit_status boot_ovmf_take(struct boot *boot, struct failure *failure);
enum exit_status boot_shim_take(struct boot *boot, struct failure *failure);

/* Of a kernel or a unified kernel image: is what was asked for OVMF's? */
enum exit_status boot_ovmf_check(struct boot *boot, struct failure *failure);

/* What the release of edk2, 0 for today's, does: MRTD_BOOT_INITRD_LAST and
 * MRTD_BOOT_SEPARATOR_RTMR0. */
uint32_t boot_ovmf_rules(uint32_t edk2);

/* The events of boot->wanted, into boot->events. */
enum exit_status boot_ovmf_events(struct boot *boot, uint32_t rules,
                                  struct failure *failure);
enum exit_status boot_shim_events(struct boot *boot, struct failure *failure);

#endif
