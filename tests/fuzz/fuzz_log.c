/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs: read, replayed and described. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/event_log.h"

static void check_event(const struct event_log *log,
                        const struct mrtd_log_event *event)
{
    char text[EVENT_LOG_WHAT];
    HOLDS(event->data_offset <= log->size &&
          event->data_size <= log->size - event->data_offset);
    HOLDS(!event->extends || event->digest.size == MRTD_DIGEST_SIZE);
    memset(text, 'z', sizeof text);
    event_log_what(log, event, text);
    HOLDS(memchr(text, 0, sizeof text));
    for (const char *c = text; *c; c++) {
        HOLDS(*c >= ' ' && *c <= '~');
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct event_log log;
    struct failure failure;
    const struct mrtd_log_event *event;
    char *copy = malloc(size + 1);
    HOLDS(copy);
    memcpy(copy, data, size);
    copy[size] = '\0';
    if (!event_log_make(&log, "log", copy, size, NULL, &failure)) {
        HOLDS(mrtd_log_size(log.log) <= log.size);
        for (size_t i = 0; (event = mrtd_log_event(log.log, i)); i++) {
            check_event(&log, event);
        }
    }
    event_log_free(&log);
    free(copy);
}
