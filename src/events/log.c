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
#include "hash/sha384.h"

/* TCG_PCR_EVENT, the first record [PFP 10.2.1]. */
enum {
    LOG_MR = 0,
    LOG_TYPE = 4,
    LOG_FIRST_DIGEST = 8,
    LOG_FIRST_SIZE = 28,
    LOG_FIRST_HEADER = 32,
};
#define LOG_SHA1_SIZE 20
/* TCG_EfiSpecIdEvent, its data [PFP 10.4.5.1]. */
enum {
    SPEC_ALGORITHM_COUNT = 24,
    SPEC_ALGORITHMS = 28,
    SPEC_ALGORITHM_SIZE = 4,
};
/* TCG_PCR_EVENT2, all others [PFP 10.2.2]. */
enum {
    LOG_COUNT = 8,
    LOG_DIGESTS = 12,
};

#define MOST_ALGORITHMS 16
#define MOST_REGISTERS  4 /* after MRTD, whose number is 0 */
#define TPM_ALG_SHA384  0x000c

struct algorithm {
    uint16_t id; /* TPM_ALG_ID */
    uint16_t size;
};

struct mrtd_log {
    struct mrtd_log_event *events;
    size_t count;
    uint64_t size;
};

/* A log that is read. */
struct reading {
    struct span bytes;
    uint64_t at; /* of the next record */
    struct algorithm algorithms[MOST_ALGORITHMS];
    uint32_t algorithm_count;
    struct mrtd_log log;
    struct mrtd_error *error;
};

static enum mrtd_code malformed(const struct reading *r, uint64_t offset,
                                const char *why)
{
    return error_set(r->error, MRTD_ERR_EVENT_LOG, offset, "record %zu: %s",
                     r->log.count, why);
}

/* --- The first record ----------------------------------------------------- */

/* Algorithms whose sizes are known. */
static const struct algorithm known[] = {
    {0x0004, 20}, {0x000b, 32}, {TPM_ALG_SHA384, 48},
    {0x000d, 64}, {0x0012, 32},
};

static bool is_right(const struct algorithm *algorithm)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].id == algorithm->id) {
            return known[i].size == algorithm->size;
        }
    }
    return true;
}

/* The algorithm of a record; NULL: the first record names none such. */
static const struct algorithm *find_algorithm(const struct reading *r,
                                              uint16_t id)
{
    for (uint32_t i = 0; i < r->algorithm_count; i++) {
        if (r->algorithms[i].id == id) {
            return &r->algorithms[i];
        }
    }
    return NULL;
}

/* What the log has digests of. */
static enum mrtd_code read_algorithms(struct reading *r, struct span spec)
{
    uint32_t count = 0;
    uint8_t vendor = 0;
    if (!span_u32(spec, SPEC_ALGORITHM_COUNT, &count) || count == 0 ||
        count > MOST_ALGORITHMS) {
        return error_set(r->error, MRTD_ERR_EVENT_LOG,
                         spec.base + SPEC_ALGORITHM_COUNT,
                         "numberOfAlgorithms %" PRIu32 " is not from 1 to %d",
                         count, MOST_ALGORITHMS);
    }
    const uint64_t end =
        SPEC_ALGORITHMS + (uint64_t)count * SPEC_ALGORITHM_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        struct algorithm a = {0, 0};
        const uint64_t at = SPEC_ALGORITHMS + (uint64_t)i * SPEC_ALGORITHM_SIZE;
        if (!span_u16(spec, at, &a.id) || !span_u16(spec, at + 2, &a.size)) {
            return malformed(r, spec.base + at, "its algorithms are cut off");
        }
        if (find_algorithm(r, a.id) || !is_right(&a)) {
            return error_set(r->error, MRTD_ERR_EVENT_LOG, spec.base + at,
                             "algorithm 0x%x is there twice, or has not "
                             "digests of %u bytes",
                             a.id, a.size);
        }
        r->algorithms[r->algorithm_count++] = a;
    }
    if (!find_algorithm(r, TPM_ALG_SHA384)) {
        return error_set(r->error, MRTD_ERR_EVENT_LOG,
                         spec.base + SPEC_ALGORITHMS,
                         "the log has digests of other algorithms than SHA-384 "
                         "(the first is 0x%x), and registers of TDX are "
                         "extended with SHA-384 alone",
                         r->algorithms[0].id);
    }
    return !span_u8(spec, end, &vendor) || spec.size != end + 1 + vendor
               ? malformed(r, spec.base + end, "vendorInfoSize does not end it")
               : MRTD_OK;
}

static enum mrtd_code add(struct reading *r, const struct mrtd_log_event *event)
{
    if (r->log.count == MRTD_LOG_MOST_EVENTS) {
        return error_set(r->error, MRTD_ERR_EVENT_LOG, event->offset,
                         "more than %d records", MRTD_LOG_MOST_EVENTS);
    }
    struct mrtd_log_event *events =
        array_room(r->log.events, r->log.count, sizeof *events);
    if (!events) {
        return error_set(r->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the events of a log");
    }
    r->log.events = events;
    events[r->log.count++] = *event;
    return MRTD_OK;
}

/* The register of that number; false: there is no such register. */
static bool find_register(uint32_t number, enum mrtd_register *id)
{
    *id = MRTD_REGISTER_MRTD + (number <= MOST_REGISTERS ? number : 0);
    return number <= MOST_REGISTERS;
}

static enum mrtd_code of_no_register(const struct reading *r, uint64_t offset,
                                     uint32_t number)
{
    return error_set(r->error, MRTD_ERR_EVENT_LOG, offset,
                     "record %zu: it is of register %" PRIu32
                     ", and a TD has 0 (MRTD) to 4 (RTMR3); logs of a TPM are "
                     "of PCRs and not read",
                     r->log.count, number);
}

static enum mrtd_code read_first(struct reading *r)
{
    static const uint8_t signature[16] = "Spec ID Event03";
    uint32_t number = 0;
    uint32_t type = 0;
    uint32_t size = 0;
    struct span spec;
    struct mrtd_log_event event = {.data_offset = LOG_FIRST_HEADER,
                                   .type = MRTD_EV_NO_ACTION,
                                   .is_of_data = -1};
    span_u32(r->bytes, LOG_MR, &number);
    span_u32(r->bytes, LOG_TYPE, &type);
    if (!span_u32(r->bytes, LOG_FIRST_SIZE, &size) ||
        type != MRTD_EV_NO_ACTION ||
        !span_part(r->bytes, LOG_FIRST_HEADER, size, &spec) ||
        !span_equals(spec, 0, signature, sizeof signature)) {
        return error_set(r->error, MRTD_ERR_EVENT_LOG, 0,
                         "not an event log: it does not begin with a record "
                         "of \"Spec ID Event03\"");
    }
    if (!find_register(number, &event.id)) {
        return of_no_register(r, LOG_MR, number);
    }
    enum mrtd_code code = read_algorithms(r, spec);
    event.data_size = size;
    r->at = LOG_FIRST_HEADER + (uint64_t)size;
    return code ? code : add(r, &event);
}

/* --- Records -------------------------------------------------------------- */

/* The digests of a record, of which SHA-384 is kept; *at moves to their end. */
static enum mrtd_code read_digests(struct reading *r, uint64_t *at,
                                   struct mrtd_log_event *event)
{
    uint16_t seen[MOST_ALGORITHMS];
    uint32_t count = 0;
    if (!span_u32(r->bytes, r->at + LOG_COUNT, &count) || count == 0 ||
        count > MOST_ALGORITHMS) {
        return malformed(r, r->at + LOG_COUNT,
                         "it has no digest, or more than 16");
    }
    *at = r->at + LOG_DIGESTS;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t id = 0;
        struct span digest;
        if (!span_u16(r->bytes, *at, &id)) {
            return malformed(r, *at, "it is cut off");
        }
        const struct algorithm *algorithm = find_algorithm(r, id);
        bool is_twice = false;
        for (uint32_t k = 0; k < i; k++) {
            is_twice = is_twice || seen[k] == id;
        }
        if (!algorithm || is_twice) {
            return malformed(r, *at,
                             is_twice ? "it has two digests of one algorithm"
                                      : "it has a digest of an algorithm that "
                                        "the first record does not name");
        }
        seen[i] = id;
        if (!span_part(r->bytes, *at + 2, algorithm->size, &digest)) {
            return malformed(r, *at, "it is cut off");
        }
        if (id == TPM_ALG_SHA384) {
            event->digest.algorithm = MRTD_ALGORITHM_SHA384;
            event->digest.size = MRTD_DIGEST_SIZE;
            span_copy(digest, 0, MRTD_DIGEST_SIZE, event->digest.bytes);
        }
        *at += 2 + (uint64_t)algorithm->size;
    }
    return MRTD_OK;
}

static void compare_data(struct mrtd_log_event *event, struct span data)
{
    event->is_of_data = -1;
    if (event->extends && mrtd_event_type_is_of_data(event->type)) {
        uint8_t digest[MRTD_DIGEST_SIZE];
        sha384_digest(span_bytes(data, 0, data.size), (size_t)data.size,
                      digest);
        event->is_of_data =
            memcmp(digest, event->digest.bytes, sizeof digest) == 0;
    }
}

static enum mrtd_code read_record(struct reading *r)
{
    struct mrtd_log_event event = {.offset = r->at};
    struct span data;
    uint32_t number = 0;
    uint32_t size = 0;
    uint64_t at = 0;
    if (!span_u32(r->bytes, r->at + LOG_MR, &number) ||
        !span_u32(r->bytes, r->at + LOG_TYPE, &event.type)) {
        return malformed(r, r->at, "it is cut off");
    }
    if (!find_register(number, &event.id)) {
        return of_no_register(r, r->at, number);
    }
    event.extends = event.type != MRTD_EV_NO_ACTION;
    enum mrtd_code code = read_digests(r, &at, &event);
    if (code) {
        return code;
    }
    if (!span_u32(r->bytes, at, &size) ||
        !span_part(r->bytes, at + 4, size, &data)) {
        return malformed(r, at, "its data are cut off");
    }
    if (event.extends &&
        (event.id == MRTD_REGISTER_MRTD || event.digest.size == 0)) {
        return malformed(r, r->at,
                         event.digest.size == 0
                             ? "it has no digest of SHA-384"
                             : "it extends register 0, which is MRTD of a TD "
                               "and extended by nothing: logs of a TPM, as "
                               "binary_bios_measurements, are of PCRs and not "
                               "read");
    }
    event.data_offset = at + 4;
    event.data_size = size;
    r->at = at + 4 + size;
    compare_data(&event, data);
    return add(r, &event);
}

/* Is all that is left the filler of the buffer? */
static bool is_over(const struct reading *r)
{
    uint8_t first = 0;
    uint8_t byte = 0;
    if (r->at >= r->bytes.size) {
        return true;
    }
    span_u8(r->bytes, r->at, &first);
    bool is_filler = first == 0 || first == 0xff;
    for (uint64_t at = r->at; is_filler && at < r->bytes.size; at++) {
        span_u8(r->bytes, at, &byte);
        is_filler = byte == first;
    }
    return is_filler;
}

/* --- The interface -------------------------------------------------------- */

static enum mrtd_code read_all(struct reading *r)
{
    enum mrtd_code code = read_first(r);
    while (!code && !is_over(r)) {
        code = read_record(r);
    }
    r->log.size = r->at;
    return code;
}

/* All bytes of the source: in its memory, or in *own. */
static enum mrtd_code load(struct reading *r, const struct mrtd_source *source,
                           uint8_t **own)
{
    *own = NULL;
    if (source->size > MRTD_LOG_MOST_BYTES) {
        return error_set(r->error, MRTD_ERR_EVENT_LOG, MRTD_NO_OFFSET,
                         "an event log of %" PRIu64 " bytes; the most are %d",
                         source->size, MRTD_LOG_MOST_BYTES);
    }
    if (source->size == 0) {
        return error_set(r->error, MRTD_ERR_EMPTY, MRTD_NO_OFFSET,
                         "the event log is empty");
    }
    if (!source->data) {
        *own = malloc((size_t)source->size);
        if (!*own) {
            return error_set(r->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                             "out of memory for an event log");
        }
    }
    return source_view(source, 0, (size_t)source->size, *own, &r->bytes,
                       r->error);
}

enum mrtd_code mrtd_log_open(struct mrtd_log **log,
                             const struct mrtd_source *source,
                             struct mrtd_error *error)
{
    struct reading r = {.error = error};
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
