/* SPDX-License-Identifier: Apache-2.0 */
/* The event log of a TD, read and replayed. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/source.h"
#include "events/events.h"
#include "events/log_walk.h"
#include "hash/sha384.h"

struct mrtd_log {
    struct mrtd_log_event *events;
    size_t count;
    uint64_t size;
};

/* A log that is read. */
struct reading {
    struct log_walk walk;
    struct mrtd_log log;
};

static enum mrtd_code add(struct reading *r, const struct mrtd_log_event *event)
{
    struct mrtd_log_event *events =
        array_room(r->log.events, r->log.count, sizeof *events);
    if (!events) {
        return error_set(r->walk.error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the events of a log");
    }
    r->log.events = events;
    events[r->log.count++] = *event;
    return MRTD_OK;
}

/* Is the digest of the event that of its data, as it should be? */
static int is_of_data(const struct mrtd_log_event *event, struct span bytes)
{
    uint8_t digest[MRTD_DIGEST_SIZE];
    if (!event->extends || !mrtd_event_type_is_of_data(event->type)) {
        return -1;
    }
    sha384_digest(span_bytes(bytes, event->data_offset, event->data_size),
                  (size_t)event->data_size, digest);
    return memcmp(digest, event->digest.bytes, sizeof digest) == 0;
}

static enum mrtd_code read_event(struct reading *r)
{
    struct mrtd_log_event event = {.offset = 0};
    const enum mrtd_code code = r->walk.count == 0
                                    ? log_walk_first(&r->walk, &event)
                                    : log_walk_next(&r->walk, &event);
    if (code) {
        return code;
    }
    event.is_of_data = is_of_data(&event, r->walk.bytes);
    return add(r, &event);
}

static enum mrtd_code read_all(struct reading *r)
{
    enum mrtd_code code = MRTD_OK;
    do {
        code = read_event(r);
    } while (!code && !log_walk_is_over(&r->walk));
    r->log.size = r->walk.at;
    return code;
}

/* --- The interface -------------------------------------------------------- */

/* All bytes of the source: in its memory, or in *own. */
static enum mrtd_code load(struct reading *r, const struct mrtd_source *source,
                           uint8_t **own)
{
    *own = NULL;
    if (source->size > MRTD_LOG_MOST_BYTES) {
        return error_set(r->walk.error, MRTD_ERR_EVENT_LOG, MRTD_NO_OFFSET,
                         "an event log of %" PRIu64 " bytes; the most are %d",
                         source->size, MRTD_LOG_MOST_BYTES);
    }
    if (source->size == 0) {
        return error_set(r->walk.error, MRTD_ERR_EMPTY, MRTD_NO_OFFSET,
                         "the event log is empty");
    }
    if (!source->data) {
        *own = malloc((size_t)source->size);
        if (!*own) {
            return error_set(r->walk.error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                             "out of memory for an event log");
        }
    }
    return source_view(source, 0, (size_t)source->size, *own, &r->walk.bytes,
                       r->walk.error);
}

enum mrtd_code mrtd_log_open(struct mrtd_log **log,
                             const struct mrtd_source *source,
                             struct mrtd_error *error)
{
    struct reading r = {.walk.error = error};
    uint8_t *own = NULL;
    if (!log || !source_valid(source)) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no place for the log, or a source that has neither "
                         "data nor a read function");
    }
    struct mrtd_log *made = malloc(sizeof *made);
    if (!made) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for an event log");
    }
    enum mrtd_code code = load(&r, source, &own);
    if (!code) {
        code = read_all(&r);
    }
    free(own);
    if (code) {
        free(r.log.events);
        free(made);
        return code;
    }
    *made = r.log;
    *log = made;
    return MRTD_OK;
}

void mrtd_log_free(struct mrtd_log *log)
{
    if (log) {
        free(log->events);
        free(log);
    }
}

size_t mrtd_log_count(const struct mrtd_log *log)
{
    return log ? log->count : 0;
}

uint64_t mrtd_log_size(const struct mrtd_log *log)
{
    return log ? log->size : 0;
}

const struct mrtd_log_event *mrtd_log_event(const struct mrtd_log *log,
                                            size_t index)
{
    return log && index < log->count ? &log->events[index] : NULL;
}

enum mrtd_code mrtd_log_replay(const struct mrtd_log *log,
                               struct mrtd_value *value,
                               struct mrtd_error *error)
{
    uint8_t extended[MRTD_DIGEST_SIZE] = {0};
    if (!log || !value || value->id < MRTD_REGISTER_RTMR0 ||
        value->id > MRTD_REGISTER_RTMR3) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "no log, or a register that is not RTMR0 to RTMR3");
    }
    for (size_t i = 0; i < log->count; i++) {
        const struct mrtd_log_event *event = &log->events[i];
        if (event->extends && event->id == value->id) {
            events_extend(extended, &event->digest);
        }
    }
    mrtd_value_set(value, value->id, extended);
    return MRTD_OK;
}

/* --- Types [PFP 10.4.1] --------------------------------------------------- */

int mrtd_event_type_is_of_data(uint32_t type)
{
    return type == MRTD_EV_SEPARATOR || type == MRTD_EV_EFI_ACTION ||
           type == MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG ||
           type == MRTD_EV_EFI_GPT_EVENT ||
           type == MRTD_EV_EFI_VARIABLE_AUTHORITY;
}

const char *mrtd_event_type_name(uint32_t type)
{
    static const struct {
        uint32_t type;
        const char *name;
    } types[] = {
        {0x00000000, "EV_PREBOOT_CERT"},
        {0x00000001, "EV_POST_CODE"},
        {0x00000002, "EV_UNUSED"},
        {MRTD_EV_NO_ACTION, "EV_NO_ACTION"},
        {MRTD_EV_SEPARATOR, "EV_SEPARATOR"},
        {0x00000005, "EV_ACTION"},
        {MRTD_EV_EVENT_TAG, "EV_EVENT_TAG"},
        {0x00000007, "EV_S_CRTM_CONTENTS"},
        {0x00000008, "EV_S_CRTM_VERSION"},
        {0x00000009, "EV_CPU_MICROCODE"},
        {MRTD_EV_PLATFORM_CONFIG_FLAGS, "EV_PLATFORM_CONFIG_FLAGS"},
        {0x0000000b, "EV_TABLE_OF_DEVICES"},
        {0x0000000c, "EV_COMPACT_HASH"},
        {0x0000000d, "EV_IPL"},
        {0x0000000e, "EV_IPL_PARTITION_DATA"},
        {0x0000000f, "EV_NONHOST_CODE"},
        {0x00000010, "EV_NONHOST_CONFIG"},
        {0x00000011, "EV_NONHOST_INFO"},
        {0x00000012, "EV_OMIT_BOOT_DEVICE_EVENTS"},
        {0x00000013, "EV_POST_CODE2"},
        {0x80000000, "EV_EFI_EVENT_BASE"},
        {MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG, "EV_EFI_VARIABLE_DRIVER_CONFIG"},
        {MRTD_EV_EFI_VARIABLE_BOOT, "EV_EFI_VARIABLE_BOOT"},
        {MRTD_EV_EFI_BOOT_SERVICES_APPLICATION,
         "EV_EFI_BOOT_SERVICES_APPLICATION"},
        {0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER"},
        {0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER"},
        {MRTD_EV_EFI_GPT_EVENT, "EV_EFI_GPT_EVENT"},
        {MRTD_EV_EFI_ACTION, "EV_EFI_ACTION"},
        {0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB"},
        {0x80000009, "EV_EFI_HANDOFF_TABLES"},
        {MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
        {MRTD_EV_EFI_HANDOFF_TABLES2, "EV_EFI_HANDOFF_TABLES2"},
        {0x8000000c, "EV_EFI_VARIABLE_BOOT2"},
        {0x8000000d, "EV_EFI_GPT_EVENT2"},
        {0x80000010, "EV_EFI_HCRTM_EVENT"},
        {MRTD_EV_EFI_VARIABLE_AUTHORITY, "EV_EFI_VARIABLE_AUTHORITY"},
        {0x800000e1, "EV_EFI_SPDM_FIRMWARE_BLOB"},
        {0x800000e2, "EV_EFI_SPDM_FIRMWARE_CONFIG"},
        {0x800000e3, "EV_EFI_SPDM_DEVICE_POLICY"},
        {0x800000e4, "EV_EFI_SPDM_DEVICE_AUTHORITY"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].type == type) {
            return types[i].name;
        }
    }
    return NULL;
}
