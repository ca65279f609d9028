/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_FIRMWARE_GUEST_H
#define MODEL_FIRMWARE_GUEST_H

#include "model/firmware.h"

/*
 * firmware_measure() for a guest of AMD's platforms, of which every launch that
 * the options ask for is a value, and nothing else: by each VMM, with each type
 * and number of virtual CPUs. Fills values and value_count; values are to be
 * freed also on failure.
 */
enum exit_status firmware_measure_guest(struct reference_firmware *firmware,
                                        const struct evaluation *e,
                                        const struct firmware_order *order,
                                        struct failure *failure);

#endif
