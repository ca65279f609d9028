/* SPDX-License-Identifier: Apache-2.0 */
/* The event log of a TD: its events, what registers have after them, and
 * whether that is what the TD reports. */
#ifndef MODEL_EVENT_LOG_H
#define MODEL_EVENT_LOG_H

#include "failure.h"
#include "model/event_log_json.h"
#include "model/event_replace.h"
#include "mrtd.h"
#include "reference/claims.h"

#define EVENT_LOG_REGISTERS 4
/* Room for what an event is. */
#define EVENT_LOG_WHAT 200

struct event_log {
    const char *name;
    const unsigned char *bytes;
    size_t size;
    unsigned char *decoded;     /* bytes, where the file has text; or NULL */
    struct mrtd_log *log;       /* of the firmware; or else */
    struct event_log_list list; /* JSON; it has a form */
    struct mrtd_value values[EVENT_LOG_REGISTERS]; /* after all events */
    const struct mrtd_evidence *evidence;          /* or NULL */
    bool same[EVENT_LOG_REGISTERS]; /* with evidence: is it what that has? */
    unsigned differing;             /* how many are not */
    /* RTMR3 alone is not, and the log has no event of it: a guest extends it
     * after the firmware's log. */
    bool is_later;
    size_t other_data; /* events whose data are not what was measured */
    bool differs;      /* either of them */
    struct event_replacement *replacements; /* event_replace() */
    size_t replacement_count;
    struct mrtd_event *extended; /* what is replayed with them; or NULL */
    size_t extended_count;
};

/*
 * Reads the size bytes of the log, which must stay, or of a text that stands
 * for them in base64 or hexadecimal; evidence of a TD, or NULL, is what it is
 * compared with. event_log_free() in any case.
 */
enum exit_status event_log_make(struct event_log *log, const char *name,
                                const void *bytes, size_t size,
                                const struct mrtd_evidence *evidence,
                                struct failure *failure);
void event_log_free(struct event_log *log);

/* Makes the registers of the events, and compares them again. */
enum exit_status event_log_replay(struct event_log *log,
                                  struct failure *failure);

/* The TD's evidence among what was read, or NULL: refused, since nothing else
 * has all registers. */
const struct mrtd_evidence *event_log_evidence(const struct claims *claims,
                                               const char *name,
                                               struct failure *failure);

/* The name of a register, e.g. "RTMR0". */
const char *event_log_register(enum mrtd_register id);

/* The records, whichever form the log has, as they are replayed; NULL after the
 * last. */
const struct mrtd_log_event *event_log_event(const struct event_log *log,
                                             size_t index);
size_t event_log_count(const struct event_log *log);
/* What has replaced a record; NULL: nothing has. */
const struct event_replacement *event_log_replaced(const struct event_log *log,
                                                   size_t index);
/* Bytes of the log, without what follows it. */
uint64_t event_log_size(const struct event_log *log);
/* Are the data of an event in the log? Those of JSON may have been left out. */
bool event_log_has_data(const struct event_log *log, size_t index);

/* The payload of a runtime event of dstack, in hexadecimal; NULL: it is another
 * event. */
const char *event_log_payload(const struct event_log *log, size_t index);

/* What an event is, by its data or its name, printable ASCII, in text; NULL
 * where nothing is known. Where the digest is that of the data, no other data
 * have that text, or it is cut or the name of a variable. */
const char *event_log_what(const struct event_log *log, size_t index,
                           char text[EVENT_LOG_WHAT]);

#endif
