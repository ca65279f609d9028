/* SPDX-License-Identifier: Apache-2.0 */
/* Events, and the values that registers have after them. */
#include "events/events.h"

#include <string.h>

#include "base/error.h"
#include "hash/sha384.h"

void mrtd_event_separator(struct mrtd_event *event, enum mrtd_register id,
                          uint32_t number)
{
    uint8_t bytes[4];
    if (!event) {
        return;
    }
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(number >> 8 * i);
    }
    *event = (struct mrtd_event){.id = id,
                                 .type = MRTD_EV_SEPARATOR,
                                 .digest = {.algorithm = MRTD_ALGORITHM_SHA384,
                                            .size = MRTD_DIGEST_SIZE},
                                 .what = "separator"};
    sha384_digest(bytes, sizeof bytes, event->digest.bytes);
}

void events_extend(uint8_t value[MRTD_DIGEST_SIZE],
                   const struct mrtd_digest *digest)
{
    uint8_t both[2 * MRTD_DIGEST_SIZE];
    memcpy(both, value, MRTD_DIGEST_SIZE);
    memcpy(both + MRTD_DIGEST_SIZE, digest->bytes, MRTD_DIGEST_SIZE);
    sha384_digest(both, sizeof both, value);
}

enum mrtd_code mrtd_events_replay(struct mrtd_value *value,
                                  const struct mrtd_event *events, size_t count,
                                  struct mrtd_error *error)
{
    uint8_t extended[MRTD_DIGEST_SIZE] = {0};
    const struct mrtd_register_info *info =
        value ? mrtd_register_info(value->id) : NULL;
    if (!info || info->algorithm != MRTD_ALGORITHM_SHA384 ||
        (!events && count > 0)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "there are no events, or no register of SHA-384 whose "
                         "value they make");
    }
    for (size_t i = 0; i < count; i++) {
        const struct mrtd_event *event = &events[i];
        if (event->id != value->id) {
            continue;
        }
        if (event->digest.algorithm != MRTD_ALGORITHM_SHA384 ||
            event->digest.size != MRTD_DIGEST_SIZE) {
            return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                             "event %zu of %s has no digest of SHA-384", i,
                             info->name);
        }
        events_extend(extended, &event->digest);
    }
    mrtd_value_set(value, info->id, extended);
    return MRTD_OK;
}
