/* SPDX-License-Identifier: Apache-2.0 */
/* The events of the two kinds of JSON; event_log_json.c finds their lists. */
#ifndef MODEL_EVENT_LOG_EVENTS_H
#define MODEL_EVENT_LOG_EVENTS_H

#include <jansson.h>

#include "model/event_log_json.h"

/* The list that is read, and the event of it. */
struct event_reader {
    const char *name;
    struct event_log_list *list;
    struct failure *failure;
    size_t index;
    size_t used; /* bytes of the list, of room */
    size_t room;
    struct mrtd_log_event *event;
    struct event_log_note *note;
};

/* Each reads an event; what is wrong is in the failure. */
bool event_read_trustee(struct event_reader *r, json_t *item);
bool event_read_dstack(struct event_reader *r, json_t *item);

/* --- For both ------------------------------------------------------------- */

/* "event N: ..."; returns false. */
bool event_fail(struct event_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Has the event these members, and no other? The first required ones, up to
 * NULL, must be there, and the others may. */
bool event_members(struct event_reader *r, json_t *item,
                   const char *const *required, const char *const *optional);

/* A member that is a whole number up to most, or a text. */
bool event_number(struct event_reader *r, json_t *item, const char *key,
                  uint32_t most, uint32_t *number);
bool event_text(struct event_reader *r, json_t *item, const char *key,
                const char **text, size_t *size);

/* The SHA-384 of what a text of 96 digits says. */
bool event_digest(struct event_reader *r, const char *text, size_t size,
                  struct mrtd_digest *digest);
bool event_hash(struct event_reader *r, const void *bytes, size_t size,
                struct mrtd_digest *digest);

/* Room for more bytes of the list; they are of the list once used is moved. */
unsigned char *event_room(struct event_reader *r, size_t size);

/* Says of the event, which has all but that, whether its digest is that of its
 * data. */
bool event_compare(struct event_reader *r);

#endif
