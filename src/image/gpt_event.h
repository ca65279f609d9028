/* SPDX-License-Identifier: Apache-2.0 */
/* What firmware measures of a disk. */
#ifndef IMAGE_GPT_EVENT_H
#define IMAGE_GPT_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

/* The data of the event of the disk's GPT, by the header after the master boot
 * record. free(*event) in any case. */
enum mrtd_code gpt_event_make(uint8_t **event, size_t *size,
                              const struct mrtd_source *source,
                              struct mrtd_error *error);

#endif
