/* SPDX-License-Identifier: Apache-2.0 */
/* What a TD's registers have after a unified kernel image has taken over. */
#ifndef MODEL_BOOT_UKI_H
#define MODEL_BOOT_UKI_H

#include "model/boot.h"

/* Of boot_make(), whose options have such an image: the events, by the command
 * line that is there already. */
enum exit_status boot_uki_make(struct boot *boot, struct failure *failure);

/* Of boot_digest(). */
bool boot_uki_digest(const struct boot *boot, unsigned bit,
                     struct mrtd_digest *digest);

/* What to do with a file that was refused as a kernel, where it is such an
 * image; otherwise NULL. */
const char *boot_uki_hint(const struct evaluation_file *file);

#endif
