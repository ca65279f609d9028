/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD's registers have after a unified kernel image has taken over. */
#ifndef MODEL_BOOT_UKI_H
#define MODEL_BOOT_UKI_H

#include "model/boot.h"

/* Of boot_make(), whose options have such an image: the events, by the command
 * line that is there already. */
enum exit_status boot_uki_make(struct boot *boot, struct failure *failure);

/* --- Parts of it, for searches -------------------------------------------- */

/* Reads the image; nothing depends on rules yet. */
enum exit_status boot_uki_open(struct boot *boot, struct failure *failure);

/* The events by those rules, MRTD_BOOT_*, as the stub of that systemd makes
 * them. */
enum exit_status boot_uki_events(struct boot *boot, uint32_t rules,
                                 uint32_t systemd, struct failure *failure);

/* Notes on what they rest. */
void boot_uki_note(struct boot *boot);

/* Of boot_digest(). */
bool boot_uki_digest(const struct boot *boot, unsigned bit,
                     struct mrtd_digest *digest);

/* What to do with a file that was refused as a kernel, where it is such an
 * image; otherwise NULL. */
const char *boot_uki_hint(const struct evaluation_file *file);

#endif
