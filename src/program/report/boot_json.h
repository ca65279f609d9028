/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement says of registers that a TD extends later. */
#ifndef REPORT_BOOT_JSON_H
#define REPORT_BOOT_JSON_H

#include <jansson.h>

#include "model/boot.h"

/* The member "boot": inputs, rules and events. NULL: no memory. */
json_t *boot_json(const struct boot *boot);

/* The member "rtmr0" of that: the events of OVMF's RTMR0, those that are not
 * known, too; null where it was not asked for. */
json_t *boot_rtmr0_json(const struct boot *boot);

/* Appends the registers that were asked for to the list "values", and the notes
 * to "notes". */
void boot_json_add(const struct boot *boot, json_t *values, json_t *notes);

#endif
