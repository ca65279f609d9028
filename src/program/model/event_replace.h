/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a log that is replayed with others in their place. */
#ifndef MODEL_EVENT_REPLACE_H
#define MODEL_EVENT_REPLACE_H

#include <stddef.h>

#include "model/evaluation.h"

/* Most events that are replaced. */
#define EVENT_REPLACE_MOST 16

struct event_log; /* event_log.h */

struct event_replacement {
    size_t index;                /* of the event in the log */
    const char *file;            /* what is measured instead; NULL: it is the */
    struct mrtd_digest digest;   /* digest that is extended instead */
    struct mrtd_log_event event; /* as it is replayed, */
    struct mrtd_digest logged;   /* and its digest in the log */
};

/* The digest of the file's content, as an event of that type in the log is
 * measured; refused where that is not known. */
enum exit_status event_replace_measure(struct event_replacement *replacement,
                                       const struct event_log *log,
                                       const struct evaluation_file *file,
                                       struct failure *failure);

/* Replays the log with them, which must stay, and compares it again. All have
 * digests, and each is of another event. */
enum exit_status event_replace(struct event_log *log,
                               struct event_replacement *replacements,
                               size_t count, struct failure *failure);

#endif
