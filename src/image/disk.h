/* SPDX-License-Identifier: Apache-2.0 */
/* What firmware measures of a disk. */
#ifndef IMAGE_DISK_H
#define IMAGE_DISK_H

#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

/* The data of the event of the disk's GPT, by the header after the master boot
 * record. free(*event) in any case. */
enum mrtd_code disk_gpt_event(uint8_t **event, size_t *size,
                              const struct mrtd_source *source,
                              struct mrtd_error *error);

#endif
