/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event logs of TDs as JSON: the claims of Trustee, and the logs of dstack.
 * They have the events of the firmware's log, and may have others, or leave
 * data out.
 */
#ifndef MODEL_EVENT_LOG_JSON_H
#define MODEL_EVENT_LOG_JSON_H

#include <stdbool.h>

#include "failure.h"
#include "mrtd.h"

/* What is known of an event besides. */
struct event_log_note {
    bool has_data;    /* false: they were left out */
    size_t name;      /* its name, in the list's bytes; */
    size_t name_size; /* 0: it has none */
    /* Of dstack, by which a guest extends RTMR3: its data are the payload. */
    bool is_runtime;
    size_t payload; /* in hexadecimal, with a zero after it, in the bytes */
};

struct event_log_list {
    /* Whose it is, "Trustee" or "dstack"; NULL: there is no list, but a text
     * that stands for the firmware's log. */
    const char *form;
    unsigned char *log; /* that; or NULL */
    size_t log_size;
    size_t count;
    /* Offsets are MRTD_NO_OFFSET, and those of data are in bytes. */
    struct mrtd_log_event *events;
    struct event_log_note *notes;
    struct mrtd_event *extended; /* those that extend a register */
    size_t extended_count;
    unsigned char *bytes;
};

/* May the text be JSON? */
bool event_log_is_json(const void *text, size_t size);

/* Reads the one list of events, or the one log of the firmware, that is in the
 * text; free it in any case. */
enum exit_status event_log_list_read(struct event_log_list *list,
                                     const char *name, const char *text,
                                     size_t size, struct failure *failure);
void event_log_list_free(struct event_log_list *list);

#endif
