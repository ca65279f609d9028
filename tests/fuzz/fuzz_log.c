/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs, and lists of events as JSON: read, replayed and described. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/event_log.h"

static void check_event(const struct event_log *log,
                        const struct mrtd_log_event *event, size_t index)
{
    char text[EVENT_LOG_WHAT];
    /* What JSON says is stored beside it, shorter than twice the text. */
    const uint64_t most = log->list.form ? 2 * log->size : log->size;
    HOLDS(event->data_offset <= most &&
          event->data_size <= most - event->data_offset);
    HOLDS(!event->extends || event->digest.size == MRTD_DIGEST_SIZE);
    memset(text, 'z', sizeof text);
    const char *what = event_log_what(log, index, text);
    HOLDS(!what || memchr(text, 0, sizeof text));
    for (const char *c = what; c && *c; c++) {
        HOLDS(*c >= ' ' && *c <= '~');
    }
}

static void check_payload(const struct event_log *log, size_t index)
{
    const char *payload = event_log_payload(log, index);
    HOLDS(!payload ||
          strlen(payload) == 2 * event_log_event(log, index)->data_size);
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
        HOLDS(event_log_size(&log) <= log.size);
        for (size_t i = 0; (event = event_log_event(&log, i)); i++) {
            check_event(&log, event, i);
            check_payload(&log, i);
            HOLDS(event_log_has_data(&log, i) || event->is_of_data < 0);
        }
        HOLDS(event_log_count(&log) > 0);
    }
    event_log_free(&log);
    free(copy);
}
