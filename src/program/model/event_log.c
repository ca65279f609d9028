/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "reference/recognize.h"

/* UEFI_VARIABLE_DATA, TCG PC Client Platform Firmware Profile 1.06, 10.2.6:
 * a GUID, numbers of characters and of bytes, the name in UTF-16. */
#define VARIABLE_NAME_LENGTH 16
#define VARIABLE_NAME        32
/* TCG_PCClientTaggedEvent, 10.4.2.1: an ID, a size, the text. */
#define TAG_TEXT 8
/* UEFI_IMAGE_LOAD_EVENT, 10.2.3, and the end of a device path. */
#define IMAGE_PATH 32
#define PATH_END   0x7f

/* --- Reading -------------------------------------------------------------- */

static enum exit_status compare(struct event_log *l, struct failure *failure)
{
    bool extended[EVENT_LOG_REGISTERS] = {false};
    const struct mrtd_log_event *event;
    bool any = false;
    l->other_data = 0;
    l->differing = 0;
    for (size_t i = 0; (event = event_log_event(l, i)); i++) {
        if (event->extends) {
            extended[event->id - MRTD_REGISTER_RTMR0] = any = true;
        }
        l->other_data += event->is_of_data == 0;
    }
    if (!any && l->evidence) {
        return failure_refused(failure, l->name, "event-log-against",
                               "no event of the log extends a register: there "
                               "is nothing to compare");
    }
    for (unsigned i = 0; i < EVENT_LOG_REGISTERS && l->evidence; i++) {
        l->same[i] = memcmp(l->evidence->tdinfo.rtmr[i],
                            l->values[i].digest.bytes, MRTD_DIGEST_SIZE) == 0;
        l->differing += !l->same[i];
    }
    l->is_later = l->differing == 1 && !l->same[3] && !extended[3];
    l->differs = l->evidence && (l->differing > 0 || l->other_data > 0);
    return EXIT_DONE;
}

/* One register after the events that are replayed. */
static enum mrtd_code replay_one(const struct event_log *l,
                                 struct mrtd_value *value,
                                 struct mrtd_error *error)
{
    if (l->replacement_count == 0) {
        return l->list.form ? mrtd_events_replay(value, l->list.extended,
                                                 l->list.extended_count, error)
                            : mrtd_log_replay(l->log, value, error);
    }
    return mrtd_events_replay(value, l->extended, l->extended_count, error);
}

/* The events that are replayed, some of which are not the log's. */
static bool make_extended(struct event_log *l)
{
    const struct mrtd_log_event *event;
    l->extended_count = 0;
    l->extended = calloc(event_log_count(l), sizeof *l->extended);
    for (size_t i = 0; l->extended && (event = event_log_event(l, i)); i++) {
        if (event->extends) {
            l->extended[l->extended_count++] = (struct mrtd_event){
                .id = event->id, .type = event->type, .digest = event->digest};
        }
    }
    return l->extended != NULL;
}

enum exit_status event_log_replay(struct event_log *l, struct failure *failure)
{
    struct mrtd_error error;
    if (l->replacement_count > 0 && !make_extended(l)) {
        return failure_memory(failure, l->name);
    }
    for (unsigned i = 0; i < EVENT_LOG_REGISTERS; i++) {
        l->values[i].id = (enum mrtd_register)(MRTD_REGISTER_RTMR0 + i);
        if (replay_one(l, &l->values[i], &error)) {
            return failure_library(failure, l->name, &error, NULL);
        }
    }
    return compare(l, failure);
}

/* The bytes of a log have zeros at once. */
static bool is_text(const char *bytes, size_t size)
{
    return size > 0 && !memchr(bytes, 0, size < 16 ? size : 16);
}

/* What a text stands for; or what else the file is. */
static enum exit_status decode(struct event_log *l, struct failure *failure)
{
    struct recognized what;
    size_t size = 0;
    l->decoded = claims_decode_text((const char *)l->bytes, l->size, &size);
    if (l->decoded) {
        l->bytes = l->decoded;
        l->size = size;
        return EXIT_DONE;
    }
    if (size == SIZE_MAX) {
        return failure_memory(failure, l->name);
    }
    if (l->size > CLAIMS_MAX_SIZE) {
        return failure_refused(failure, l->name, "event-log",
                               "a text of %zu bytes; give the log itself, or "
                               "at most %zu in base64 or hexadecimal",
                               l->size, CLAIMS_MAX_SIZE);
    }
    return failure_refused(failure, l->name, "event-log",
                           "not an event log: this is %s, and neither the "
                           "log's bytes nor base64 or hexadecimal of them",
                           recognize(l->bytes, l->size, &what) ? what.name
                                                               : "text");
}

/* The firmware's log. */
static enum exit_status read_binary(struct event_log *l,
                                    struct failure *failure)
{
    struct recognized what;
    struct mrtd_error error;
    const struct mrtd_source source = {.size = l->size, .data = l->bytes};
    const enum mrtd_code code = mrtd_log_open(&l->log, &source, &error);
    if (code == MRTD_ERR_EVENT_LOG && error.offset == 0 &&
        recognize(l->bytes, l->size, &what) && what.use != RECOGNIZED_OTHER) {
        return failure_refused(failure, l->name, "event-log",
                               "not an event log: this is %s; compare a log "
                               "with it: mrtd-calc events --against %s LOG",
                               what.name, printable(l->name));
    }
    return code ? failure_library(failure, l->name, &error, NULL)
                : event_log_replay(l, failure);
}

enum exit_status event_log_make(struct event_log *l, const char *name,
                                const void *bytes, size_t size,
                                const struct mrtd_evidence *evidence,
                                struct failure *failure)
{
    *l = (struct event_log){
        .name = name, .bytes = bytes, .size = size, .evidence = evidence};
    if (is_text(bytes, size) && event_log_is_json(bytes, size)) {
        if (event_log_list_read(&l->list, name, bytes, size, failure)) {
            return failure->status;
        }
        l->bytes = l->list.form ? l->list.bytes : l->list.log;
        l->size = l->list.form ? l->size : l->list.log_size;
    } else if (is_text(bytes, size) && decode(l, failure)) {
        return failure->status;
    }
    return l->list.form ? event_log_replay(l, failure)
                        : read_binary(l, failure);
}

void event_log_free(struct event_log *l)
{
    mrtd_log_free(l->log);
    event_log_list_free(&l->list);
    free(l->decoded);
    free(l->extended);
    l->log = NULL;
    l->decoded = NULL;
    l->extended = NULL;
}

const struct mrtd_evidence *event_log_evidence(const struct claims *claims,
                                               const char *name,
                                               struct failure *failure)
{
    const struct claim *claim = claims->count == 1 ? &claims->items[0] : NULL;
    if (claim && claim->has_evidence &&
        mrtd_evidence_platform(claim->evidence.kind) == MRTD_PLATFORM_TDX) {
        return &claim->evidence;
    }
    if (claims->count > 1) {
        failure_refused(failure, name, "event-log-against",
                        "%s, in which there are %zu values; give one quote, "
                        "TDREPORT or TDINFO alone",
                        claims->kind, claims->count);
    } else {
        failure_refused(failure, name, "event-log-against",
                        "%s, which has no registers RTMR0 to RTMR3; give a "
                        "quote, a TDREPORT or a TDINFO of the TD",
                        claims->kind);
    }
    return NULL;
}

const char *event_log_register(enum mrtd_register id)
{
    return mrtd_register_info(id)->name;
}

/* --- Records -------------------------------------------------------------- */

const struct mrtd_log_event *event_log_event(const struct event_log *l,
                                             size_t index)
{
    const struct event_replacement *replaced = event_log_replaced(l, index);
    if (replaced) {
        return &replaced->event;
    }
    if (!l->list.form) {
        return mrtd_log_event(l->log, index);
    }
    return index < l->list.count ? &l->list.events[index] : NULL;
}

const struct event_replacement *event_log_replaced(const struct event_log *l,
                                                   size_t index)
{
    for (size_t i = 0; i < l->replacement_count; i++) {
        if (l->replacements[i].index == index) {
            return &l->replacements[i];
        }
    }
    return NULL;
}

size_t event_log_count(const struct event_log *l)
{
    return l->list.form ? l->list.count : mrtd_log_count(l->log);
}

uint64_t event_log_size(const struct event_log *l)
{
    return l->list.form ? l->size : mrtd_log_size(l->log);
}

bool event_log_has_data(const struct event_log *l, size_t index)
{
    return !l->list.form || l->list.notes[index].has_data;
}

const char *event_log_payload(const struct event_log *l, size_t index)
{
    const struct event_log_note *note =
        l->list.form ? &l->list.notes[index] : NULL;
    return note && note->is_runtime ? (const char *)l->bytes + note->payload
                                    : NULL;
}

/* --- What an event is ----------------------------------------------------- */

/* How a text ends. */
enum text_end {
    END_EXACT, /* with the data */
    END_DATA,  /* with the data, but for zeros */
    END_ZERO,  /* with a zero, whatever follows */
};

/* The text of len bytes, or of len units of UTF-16; what is long is cut, with
 * dots. False: a character that is not printable ASCII is in it. */
static bool take_text(char text[EVENT_LOG_WHAT], const unsigned char *bytes,
                      size_t len, size_t unit, enum text_end end)
{
    static const char dots[] = "...";
    size_t used = 0;
    bool is_over = false;
    bool is_cut = false;
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = bytes[i * unit];
        const bool is_zero = c == 0 && (unit == 1 || bytes[i * unit + 1] == 0);
        is_over = is_over || is_zero;
        if (is_over && end == END_ZERO) {
            break;
        }
        if (is_over != is_zero || (is_zero && end == END_EXACT) ||
            (unit == 2 && bytes[i * unit + 1] != 0) ||
            (!is_zero && (c < ' ' || c > '~'))) {
            return false;
        }
        if (!is_zero && used + sizeof dots < EVENT_LOG_WHAT) {
            text[used++] = (char)c;
        } else {
            is_cut = is_cut || !is_zero;
        }
    }
    snprintf(text + used, sizeof dots, "%s", is_cut ? dots : "");
    return used > 0;
}

static uint64_t number_at(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* The name of a variable. */
static bool take_variable(char text[EVENT_LOG_WHAT], const unsigned char *data,
                          size_t size)
{
    if (size < VARIABLE_NAME) {
        return false;
    }
    const uint64_t units = number_at(data + VARIABLE_NAME_LENGTH, 8);
    return units <= (size - VARIABLE_NAME) / 2 &&
           take_text(text, data + VARIABLE_NAME, (size_t)units, 2, END_EXACT);
}

static bool is_variable(uint32_t type)
{
    static const uint32_t types[] = {MRTD_EV_EFI_VARIABLE_DRIVER_CONFIG,
                                     MRTD_EV_EFI_VARIABLE_BOOT,
                                     MRTD_EV_EFI_VARIABLE_AUTHORITY};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i] == type) {
            return true;
        }
    }
    return false;
}

/* Do the data begin with the length of a description, as
 * UEFI_PLATFORM_FIRMWARE_BLOB2 does? */
static bool is_blob(uint32_t type)
{
    return type == MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2 ||
           type == MRTD_EV_EFI_HANDOFF_TABLES2;
}

/* Of a device path of what was started, the name of the file at its end: UEFI
 * 2.10, 10.3.5.4. The path is after four numbers of 64 bits, the last of which
 * is its length: UEFI_IMAGE_LOAD_EVENT. */
static bool take_path(char text[EVENT_LOG_WHAT], const unsigned char *data,
                      size_t size)
{
    bool is_found = false;
    size_t at = IMAGE_PATH;
    if (size < IMAGE_PATH ||
        number_at(data + IMAGE_PATH - 8, 8) != (uint64_t)(size - IMAGE_PATH)) {
        return false;
    }
    while (size - at >= 4 && data[at] != PATH_END) {
        const size_t len = (size_t)number_at(data + at + 2, 2);
        if (len < 4 || len > size - at) {
            return false;
        }
        if (data[at] == 4 && data[at + 1] == 4) {
            is_found =
                take_text(text, data + at + 4, (len - 4) / 2, 2, END_DATA);
        }
        at += len;
    }
    return is_found;
}

const char *event_log_what(const struct event_log *l, size_t index,
                           char text[EVENT_LOG_WHAT])
{
    const struct mrtd_log_event *event = event_log_event(l, index);
    const unsigned char *data = l->bytes + event->data_offset;
    const size_t size = (size_t)event->data_size;
    const struct event_log_note *note =
        l->list.form ? &l->list.notes[index] : NULL;
    bool is_known = false;
    text[0] = '\0';
    if (note && (note->name_size > 0 || note->is_runtime)) {
        is_known =
            note->name_size == 0 || take_text(text, l->bytes + note->name,
                                              note->name_size, 1, END_DATA);
    } else if (is_variable(event->type)) {
        is_known = take_variable(text, data, size);
    } else if (event->type == MRTD_EV_EFI_BOOT_SERVICES_APPLICATION) {
        is_known = take_path(text, data, size);
    } else if (is_blob(event->type) && size > 0 && data[0] < size) {
        is_known = take_text(text, data + 1, data[0], 1, END_DATA);
    } else if (event->type == MRTD_EV_EVENT_TAG && size > TAG_TEXT) {
        is_known =
            take_text(text, data + TAG_TEXT, size - TAG_TEXT, 1, END_DATA);
    } else if (event->type == MRTD_EV_PLATFORM_CONFIG_FLAGS) {
        is_known = take_text(text, data, size, 1, END_ZERO);
    } else if (event->type == MRTD_EV_SEPARATOR) {
        is_known = size == 4;
        snprintf(text, EVENT_LOG_WHAT, "0x%llx",
                 (unsigned long long)(is_known ? number_at(data, size) : 0));
    } else if (mrtd_event_type_is_of_data(event->type)) {
        is_known = take_text(text, data, size, 1, END_EXACT);
    } else {
        const bool is_wide = size >= 4 && data[1] == 0 && data[3] == 0;
        is_known = is_wide ? take_text(text, data, size / 2, 2, END_DATA)
                           : take_text(text, data, size, 1, END_DATA);
    }
    return is_known ? text : NULL;
}
