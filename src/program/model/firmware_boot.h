/* SPDX-License-Identifier: Apache-2.0 */
/* What of a TD is published beside its MRTD: what a kernel leads to. */
#ifndef MODEL_FIRMWARE_BOOT_H
#define MODEL_FIRMWARE_BOOT_H

#include "model/firmware.h"

/* What the options ask for beside an MRTD: BOOT_VALUE_BIT() of each; and of
 * these what was asked for by its name, and not as one of all. */
unsigned firmware_boot_asked(const struct launch_options *options);
unsigned firmware_boot_named(const struct launch_options *options);

/* Computes what the options ask for, if they do, and says notes of it. */
enum exit_status firmware_boot(struct reference_firmware *firmware,
                               const struct evaluation *e,
                               const struct firmware_order *order,
                               struct failure *failure);

#endif
