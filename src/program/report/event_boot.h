/* SPDX-License-Identifier: Apache-2.0 */
/* Predicted events beside those of a log. */
#ifndef REPORT_EVENT_BOOT_H
#define REPORT_EVENT_BOOT_H

#include <jansson.h>
#include <stdio.h>

#include "model/event_boot.h"

/* Nothing where nothing was predicted. */
void event_boot_text(FILE *to, const struct event_boot *answer);

/* Null where nothing was predicted. */
json_t *event_boot_json(const struct event_boot *answer);

#endif
