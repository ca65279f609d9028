/* SPDX-License-Identifier: Apache-2.0 */
/* An event log: for people, and as one line of JSON. */
#ifndef REPORT_EVENT_LOG_H
#define REPORT_EVENT_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "model/against_evidence.h"
#include "model/event_boot.h"
#include "model/event_log.h"

/* The evidence is that of the log's registers; NULL: it was not verified, or
 * there is none. */
void event_log_text(FILE *to, const struct event_log *log,
                    const struct event_boot *boot,
                    const struct against_evidence *evidence);
/* False: memory is short, nothing is printed. */
bool event_log_json(FILE *to, const struct event_log *log,
                    const struct event_boot *boot, const char *against,
                    const struct against_evidence *evidence);

/* Of the registers and of the events, as far as they were asked for, and of the
 * evidence. */
enum against_verdict event_log_verdict(const struct event_log *log,
                                       const struct event_boot *boot,
                                       const struct against_evidence *evidence);

#endif
