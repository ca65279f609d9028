/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of Trustee's claims (confidential-containers/trustee 78962cd,
 * deps/eventlog/src/lib.rs, EventlogEntry) and of dstack's logs (Dstack-TEE/
 * dstack 312dc60, dstack/cc-eventlog/src: tdx.rs, TdxEvent, and
 * runtime_events.rs).
 */
#include "model/event_log_events.h"

#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "reference/base64.h"

#define MOST_REGISTERS 4
/* Of dstack, for what the guest extends RTMR3 with after its boot. */
#define RUNTIME_EVENT 0x08000001U

static enum mrtd_register register_of(uint32_t index)
{
    return (enum mrtd_register)(MRTD_REGISTER_RTMR0 + index);
}

/* --- Trustee -------------------------------------------------------------- */

/* The type of that name. */
static bool find_type(struct event_reader *r, const char *name, uint32_t *type)
{
    /* All types that have a name are below these. */
    static const uint32_t bases[] = {0, 0x80000000};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        for (uint32_t low = 0; low < 0x100; low++) {
            const char *known = mrtd_event_type_name(bases[i] | low);
            if (known && strcmp(known, name) == 0) {
                *type = bases[i] | low;
                return true;
            }
        }
    }
    return event_fail(r, "type_name '%.100s' is that of no type of events",
                      printable(name));
}

/* One of its digests, of which SHA-384 is kept. */
static bool read_digest(struct event_reader *r, json_t *item)
{
    static const char *const required[] = {"alg", "digest", NULL};
    static const char *const none[] = {NULL};
    static const struct {
        const char *name;
        size_t size;
    } known[] = {
        {"SHA-384", 48}, {"SHA-1", 20}, {"SHA-256", 32},
        {"SHA-512", 64}, {"SM3", 32},
    };
    uint8_t bytes[MRTD_MAX_DIGEST_SIZE];
    const char *name;
    const char *text;
    size_t size = 0;
    size_t i = 0;
    if (!event_members(r, item, required, none) ||
        !event_text(r, item, "alg", &name, &size) ||
        !event_text(r, item, "digest", &text, &size)) {
        return false;
    }
    while (i < sizeof known / sizeof *known &&
           strcmp(known[i].name, name) != 0) {
        i++;
    }
    if (i == sizeof known / sizeof *known ||
        !mrtd_hex_decode(bytes, known[i].size, text, size)) {
        return event_fail(r, "alg '%.100s' with a digest of %zu digits",
                          printable(name), size);
    }
    if (i > 0) {
        return true;
    }
    return r->event->digest.size == 0
               ? event_digest(r, text, size, &r->event->digest)
               : event_fail(r, "two digests of SHA-384");
}

static bool read_digests(struct event_reader *r, const json_t *list)
{
    json_t *item;
    size_t i;
    if (!json_is_array(list)) {
        return event_fail(r, "digests is not a list");
    }
    json_array_foreach(list, i, item)
    {
        if (!read_digest(r, item)) {
            return false;
        }
    }
    return r->event->digest.size > 0 || !r->event->extends ||
           event_fail(r, "it has no digest of SHA-384");
}

static bool read_data(struct event_reader *r, json_t *item)
{
    const char *text;
    size_t size = 0;
    size_t used = 0;
    if (!event_text(r, item, "event", &text, &size)) {
        return false;
    }
    unsigned char *room = event_room(r, size);
    if (!room) {
        return false;
    }
    if (!base64_decode(room, &used, text, size)) {
        return event_fail(r, "event is not padded base64");
    }
    r->event->data_offset = r->used;
    r->event->data_size = used;
    r->note->has_data = true;
    r->used += used;
    return event_compare(r);
}

/* What Trustee says of the data must be so: where it has one digest alone, both
 * ways. */
static bool check_said(struct event_reader *r, const json_t *item)
{
    const json_t *said = json_object_get(item, "digest_matches_event");
    const bool is_alone =
        json_array_size(json_object_get(item, "digests")) == 1;
    struct mrtd_digest digest;
    if (!json_is_boolean(said) ||
        !json_is_object(json_object_get(item, "details"))) {
        return event_fail(r, "digest_matches_event is neither true nor "
                             "false, or details is not an object");
    }
    if (r->event->digest.size == 0) {
        return true;
    }
    if (!event_hash(r, r->list->bytes + r->event->data_offset,
                    (size_t)r->event->data_size, &digest)) {
        return false;
    }
    const bool is =
        memcmp(digest.bytes, r->event->digest.bytes, MRTD_DIGEST_SIZE) == 0;
    return json_is_true(said) == is || (is && !is_alone) ||
           event_fail(r,
                      "digest_matches_event says that the digest is%s "
                      "that of event, and it is%s",
                      is ? " not" : "", is ? "" : " not");
}

bool event_read_trustee(struct event_reader *r, json_t *item)
{
    static const char *const required[] = {"details", "digest_matches_event",
                                           "digests", "event",
                                           "index",   "type_name",
                                           NULL};
    static const char *const none[] = {NULL};
    const char *type;
    size_t size = 0;
    uint32_t index = 0;
    if (!event_members(r, item, required, none) ||
        !event_number(r, item, "index", MOST_REGISTERS, &index) ||
        !event_text(r, item, "type_name", &type, &size) ||
        !find_type(r, type, &r->event->type)) {
        return false;
    }
    r->event->extends = r->event->type != MRTD_EV_NO_ACTION;
    r->event->id = index > 0 ? register_of(index - 1) : MRTD_REGISTER_MRTD;
    if (r->event->extends && index == 0) {
        return event_fail(r, "it extends MRTD, which nothing does");
    }
    return read_digests(r, json_object_get(item, "digests")) &&
           read_data(r, item) && check_said(r, item);
}

/* --- dstack --------------------------------------------------------------- */

/* What a runtime event is made of. */
struct runtime {
    const char *name;
    size_t name_size;
    const uint8_t *payload;
    size_t payload_size;
    bool is_json; /* version 2 */
};

/* Bytes that are put together; there is room for them. */
struct bytes {
    char *at;
    size_t size;
};

static void put(struct bytes *to, const void *bytes, size_t size)
{
    memcpy(to->at + to->size, bytes, size);
    to->size += size;
}

static void put_text(struct bytes *to, const char *text)
{
    put(to, text, strlen(text));
}

static void put_hex(struct bytes *to, const uint8_t *bytes, size_t size)
{
    mrtd_hex_encode(to->at + to->size, bytes, size);
    to->size += 2 * size;
}

/* A character of a text in JSON: RFC 8785, 3.2.2.2. */
static void put_character(struct bytes *to, char c)
{
    static const char from[] = "\"\\\b\t\n\f\r";
    static const char as[] = "\"\\btnfr";
    const char *found = strchr(from, c);
    if (found) {
        const char escape[] = {'\\', as[found - from]};
        put(to, escape, sizeof escape);
    } else if (c > 0 && c < ' ') {
        const uint8_t byte = (uint8_t)c;
        put_text(to, "\\u00");
        put_hex(to, &byte, 1);
    } else {
        put(to, &c, 1);
    }
}

/* What is hashed (runtime_events.rs, preimage()); to->at is to be freed, NULL
 * without memory. */
static void make_preimage(struct bytes *to, const struct runtime *e)
{
    static const uint8_t type[] = {RUNTIME_EVENT & 0xff, 0, 0,
                                   RUNTIME_EVENT >> 24};
    *to = (struct bytes){
        .at = malloc(6 * e->name_size + 2 * e->payload_size + 100)};
    if (!to->at) {
        return;
    }
    if (!e->is_json) {
        put(to, type, sizeof type);
        put_text(to, ":");
        put(to, e->name, e->name_size);
        put_text(to, ":");
        put(to, e->payload, e->payload_size);
        return;
    }
    put_text(to, "{\"name\":\"");
    for (size_t i = 0; i < e->name_size; i++) {
        put_character(to, e->name[i]);
    }
    put_text(to, "\",\"payload\":\"");
    put_hex(to, e->payload, e->payload_size);
    put_text(to, "\",\"type\":134217729}");
}

/* The preimage, where the list has it, must be that. */
static bool check_preimage(struct event_reader *r, json_t *item,
                           const struct bytes *made)
{
    const char *text;
    size_t size = 0;
    if (!json_object_get(item, "preimage")) {
        return true;
    }
    uint8_t *bytes = malloc(made->size);
    if (!bytes) {
        failure_memory(r->failure, r->name);
        return false;
    }
    bool good = event_text(r, item, "preimage", &text, &size);
    if (good && !(mrtd_hex_decode(bytes, made->size, text, size) &&
                  memcmp(bytes, made->at, made->size) == 0)) {
        good = event_fail(r, "preimage is not what its event, "
                             "event_payload and version make");
    }
    free(bytes);
    return good;
}

/* Its name and its payload are what is hashed, by its version. */
static bool read_runtime(struct event_reader *r, json_t *item,
                         const struct runtime *e)
{
    struct mrtd_digest made;
    struct bytes hashed;
    make_preimage(&hashed, e);
    if (!hashed.at) {
        failure_memory(r->failure, r->name);
        return false;
    }
    const bool good = check_preimage(r, item, &hashed) &&
                      event_hash(r, hashed.at, hashed.size, &made);
    free(hashed.at);
    if (!good) {
        return false;
    }
    if (r->event->digest.size == 0) { /* It was left out. */
        r->event->digest = made;
    }
    r->note->has_data = true;
    r->event->is_of_data =
        memcmp(made.bytes, r->event->digest.bytes, MRTD_DIGEST_SIZE) == 0;
    /* Where the name ends is not hashed in version 1: with a colon in it, the
     * digest is that of another name and payload as well. */
    if (!e->is_json && r->event->is_of_data == 1 &&
        memchr(e->name, ':', e->name_size)) {
        r->event->is_of_data = -1;
    }
    return true;
}

/* Events of the firmware's log; their data are left out in short lists. */
static bool read_boot(struct event_reader *r, const json_t *item,
                      uint32_t version)
{
    struct mrtd_digest empty;
    if (version != 1 || json_object_get(item, "preimage")) {
        return event_fail(r, "version or preimage of an event that is not "
                             "dstack's own");
    }
    if (r->event->extends && r->event->digest.size == 0) {
        return event_fail(r, "it has no digest");
    }
    if (!event_hash(r, NULL, 0, &empty)) {
        return false;
    }
    r->note->has_data =
        r->event->data_size > 0 ||
        memcmp(empty.bytes, r->event->digest.bytes, MRTD_DIGEST_SIZE) == 0;
    return event_compare(r);
}

/* A name, as people are shown it. */
static bool keep_name(struct event_reader *r, const struct runtime *e)
{
    unsigned char *room = event_room(r, e->name_size);
    if (!room) {
        return false;
    }
    memcpy(room, e->name, e->name_size);
    r->note->name = r->used;
    r->note->name_size = e->name_size;
    r->used += e->name_size;
    return true;
}

/* A payload, as it is printed. */
static bool keep_payload(struct event_reader *r, const struct runtime *e)
{
    unsigned char *room = event_room(r, 2 * e->payload_size + 1);
    if (!room) {
        return false;
    }
    mrtd_hex_encode((char *)room, e->payload, e->payload_size);
    r->note->is_runtime = true;
    r->note->payload = r->used;
    r->used += 2 * e->payload_size + 1;
    return true;
}

static bool read_payload(struct event_reader *r, json_t *item,
                         struct runtime *e)
{
    const char *text;
    size_t size = 0;
    if (!event_text(r, item, "event_payload", &text, &size)) {
        return false;
    }
    unsigned char *room = event_room(r, size / 2);
    if (!room) {
        return false;
    }
    if (!mrtd_hex_decode(room, size / 2, text, size)) {
        return event_fail(r, "event_payload is not hexadecimal");
    }
    e->payload = room;
    e->payload_size = size / 2;
    r->event->data_offset = r->used;
    r->event->data_size = size / 2;
    r->used += size / 2;
    return true;
}

static bool read_fields(struct event_reader *r, json_t *item, uint32_t *version)
{
    uint32_t index = 0;
    const char *text;
    size_t size = 0;
    *version = 1;
    if (!event_number(r, item, "imr", MOST_REGISTERS - 1, &index) ||
        !event_number(r, item, "event_type", UINT32_MAX, &r->event->type) ||
        (json_object_get(item, "version") &&
         !event_number(r, item, "version", 2, version))) {
        return false;
    }
    r->event->id = register_of(index);
    r->event->extends = r->event->type != MRTD_EV_NO_ACTION;
    if (*version == 0) {
        return event_fail(r, "version is neither 1 nor 2");
    }
    if (json_object_get(item, "digest")) {
        if (!event_text(r, item, "digest", &text, &size) ||
            (size > 0 && !event_digest(r, text, size, &r->event->digest))) {
            return false;
        }
    }
    return true;
}

bool event_read_dstack(struct event_reader *r, json_t *item)
{
    static const char *const required[] = {"imr", "event_type", "event",
                                           "event_payload", NULL};
    static const char *const optional[] = {"digest", "version", "preimage",
                                           NULL};
    struct runtime e = {.name = NULL};
    uint32_t version = 0;
    if (!event_members(r, item, required, optional) ||
        !read_fields(r, item, &version) ||
        !event_text(r, item, "event", &e.name, &e.name_size) ||
        !read_payload(r, item, &e)) {
        return false;
    }
    e.is_json = version == 2;
    const bool is_runtime = r->event->type == RUNTIME_EVENT;
    if (!(is_runtime ? read_runtime(r, item, &e)
                     : read_boot(r, item, version))) {
        return false;
    }
    if (is_runtime) {
        return keep_name(r, &e) && keep_payload(r, &e);
    }
    /* A label that nothing proves is not shown where the data are proved. */
    return r->event->is_of_data == 1 || keep_name(r, &e);
}
