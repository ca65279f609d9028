/* SPDX-License-Identifier: Apache-2.0 */
/* An event log: for people, and as one line of JSON. */
#ifndef REPORT_EVENT_LOG_H
#define REPORT_EVENT_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "model/event_boot.h"
#include "model/event_log.h"

void event_log_text(FILE *to, const struct event_log *log,
                    const struct event_boot *boot);
/* False: memory is short, nothing is printed. */
bool event_log_json(FILE *to, const struct event_log *log,
                    const struct event_boot *boot, const char *against);

#endif
