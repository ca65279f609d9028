/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event_log_json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/event_log_events.h"
#include "printable.h"
#include "reference/claims.h"
#include "reference/json.h"

/* --- For the events ------------------------------------------------------- */

bool event_fail(struct event_reader *r, const char *format, ...)
{
    char message[1000];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    failure_refused(r->failure, r->name, "event-log", "event %zu: %s", r->index,
                    message);
    return false;
}

static bool is_among(const char *const *keys, const char *key)
{
    while (*keys && strcmp(*keys, key) != 0) {
        keys++;
    }
    return *keys != NULL;
}

bool event_members(struct event_reader *r, json_t *item,
                   const char *const *required, const char *const *optional)
{
    const char *key;
    json_t *value;
    if (!json_is_object(item)) {
        return event_fail(r, "not an object");
    }
    for (size_t i = 0; required[i]; i++) {
        if (!json_object_get(item, required[i])) {
            return event_fail(r, "it has no member \"%s\"", required[i]);
        }
    }
    json_object_foreach(item, key, value)
    {
        if (!is_among(required, key) && !is_among(optional, key)) {
            return event_fail(r,
                              "its member \"%.100s\" is not known, and "
                              "might change what the others mean",
                              printable(key));
        }
    }
    return true;
}

bool event_number(struct event_reader *r, json_t *item, const char *key,
                  uint32_t most, uint32_t *number)
{
    const json_t *value = json_object_get(item, key);
    const json_int_t is = json_integer_value(value);
    if (!json_is_integer(value) || is < 0 || is > (json_int_t)most) {
        return event_fail(r, "%s is not a whole number from 0 to %" PRIu32, key,
                          most);
    }
    *number = (uint32_t)is;
    return true;
}

bool event_text(struct event_reader *r, json_t *item, const char *key,
                const char **text, size_t *size)
{
    const json_t *value = json_object_get(item, key);
    if (!json_is_string(value)) {
        return event_fail(r, "%s is not a text", key);
    }
    *text = json_string_value(value);
    *size = json_string_length(value);
    return true;
}

bool event_digest(struct event_reader *r, const char *text, size_t size,
                  struct mrtd_digest *digest)
{
    digest->algorithm = MRTD_ALGORITHM_SHA384;
    digest->size = MRTD_DIGEST_SIZE;
    return mrtd_hex_decode(digest->bytes, MRTD_DIGEST_SIZE, text, size) ||
           event_fail(r, "its digest of SHA-384 is not 96 hexadecimal "
                         "digits");
}

bool event_hash(struct event_reader *r, const void *bytes, size_t size,
                struct mrtd_digest *digest)
{
    const struct mrtd_source source = {.size = size, .data = bytes};
    struct mrtd_error error;
    digest->algorithm = MRTD_ALGORITHM_SHA384;
    if (mrtd_digest_source(digest, 1, &source, &error)) {
        failure_library(r->failure, r->name, &error, NULL);
        return false;
    }
    return true;
}

unsigned char *event_room(struct event_reader *r, size_t size)
{
    /* All that is stored of a text is shorter than twice the text. */
    if (size > r->room - r->used) {
        event_fail(r, "more data than the text has");
        return NULL;
    }
    return r->list->bytes + r->used;
}

bool event_compare(struct event_reader *r)
{
    struct mrtd_digest digest;
    struct mrtd_log_event *event = r->event;
    event->is_of_data = -1;
    if (!event->extends || !r->note->has_data ||
        !mrtd_event_type_is_of_data(event->type)) {
        return true;
    }
    if (!event_hash(r, r->list->bytes + event->data_offset,
                    (size_t)event->data_size, &digest)) {
        return false;
    }
    event->is_of_data =
        memcmp(digest.bytes, event->digest.bytes, MRTD_DIGEST_SIZE) == 0;
    return true;
}

/* --- The list ------------------------------------------------------------- */

/* The first character that is no white space; 0: there is none. */
static char first_of(const char *at, size_t size)
{
    while (size > 0 &&
           (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) {
        at++;
        size--;
    }
    return (char)(size > 0 ? *at : '\0');
}

/* Does a list or an object begin? */
static bool is_open(const char *text, size_t size)
{
    const char first = first_of(text, size);
    return first == '{' || first == '[';
}

bool event_log_is_json(const void *text, size_t size)
{
    return is_open(text, size) || first_of(text, size) == '"';
}

static json_t *parse(const char *name, const char *text, size_t size,
                     struct failure *failure)
{
    json_error_t why;
    json_t *root =
        json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!root || json_no_memory()) {
        json_decref(root);
        if (json_no_memory()) {
            failure_memory(failure, name);
        } else {
            failure_refused(failure, name, "event-log",
                            "not well-formed JSON: line %d: %s", why.line,
                            printable(why.text));
        }
        return NULL;
    }
    return root;
}

/* What is looked through. */
struct node {
    json_t *value;
};
struct search {
    struct node *nodes; /* to be looked at */
    size_t count;
    json_t *found;
    size_t found_count;
};

static bool push(struct search *s, json_t *node)
{
    if (!json_is_object(node) && !json_is_array(node)) {
        return true;
    }
    struct node *nodes = claims_room(s->nodes, s->count, sizeof *nodes);
    if (!nodes) {
        return false;
    }
    s->nodes = nodes;
    s->nodes[s->count++].value = node;
    return true;
}

static void take(struct search *s, json_t *list)
{
    s->found = list;
    s->found_count++;
}

/* Is it a list of objects with one of these members? */
static bool is_list(const json_t *value)
{
    const json_t *first = json_array_get(value, 0);
    return json_object_get(first, "imr") || json_object_get(first, "index");
}

/* Trustee's claims, dstack's replies, and Trustee's evidence
 * (deps/verifier/src/ tdx/mod.rs, TdxEvidence), in which the log is a text in
 * base64. */
static bool is_name(const char *key)
{
    return strcmp(key, "uefi_event_logs") == 0 ||
           strcmp(key, "event_log") == 0 || strcmp(key, "cc_eventlog") == 0;
}

/* The lists and logs anywhere in root: it itself, or members of their names. */
static bool search(struct search *s, json_t *root)
{
    const char *key;
    json_t *value;
    size_t i;
    if (is_list(root) || json_is_string(root)) {
        take(s, root);
        return true;
    }
    bool good = push(s, root);
    while (good && s->count > 0) {
        json_t *node = s->nodes[--s->count].value;
        json_object_foreach(node, key, value)
        {
            if (is_name(key) && !json_is_null(value)) {
                take(s, value);
            } else {
                good = good && push(s, value);
            }
        }
        json_array_foreach(node, i, value)
        {
            good = good && push(s, value);
        }
    }
    return good;
}

/* The one list of events, or the text of a log, to be given back with
 * json_decref(). */
static json_t *find(const char *name, json_t *root, struct failure *failure)
{
    struct search s = {.nodes = NULL};
    const bool good = search(&s, root);
    free(s.nodes);
    if (!good) {
        failure_memory(failure, name);
        return NULL;
    }
    if (s.found_count != 1) {
        failure_refused(failure, name, "event-log",
                        "JSON with %zu logs; there must be one: Trustee's "
                        "uefi_event_logs or cc_eventlog, or dstack's "
                        "event_log",
                        s.found_count);
        return NULL;
    }
    const char *text = json_string_value(s.found);
    const size_t size = json_string_length(s.found);
    /* dstack's replies have the list as a text. */
    return text && is_open(text, size) ? parse(name, text, size, failure)
                                       : json_incref(s.found);
}

/* --- Reading -------------------------------------------------------------- */

static bool make_room(struct event_reader *r, size_t count, size_t size)
{
    struct event_log_list *l = r->list;
    r->room = 2 * size;
    l->count = count;
    l->events = calloc(count, sizeof *l->events);
    l->notes = calloc(count, sizeof *l->notes);
    l->extended = calloc(count, sizeof *l->extended);
    l->bytes = malloc(r->room);
    if (!l->events || !l->notes || !l->extended || !l->bytes) {
        failure_memory(r->failure, r->name);
        return false;
    }
    return true;
}

/* A log of the firmware, in base64 or hexadecimal. */
static void take_log(const struct event_reader *r, const json_t *text)
{
    struct event_log_list *l = r->list;
    l->log = claims_decode_text(json_string_value(text),
                                json_string_length(text), &l->log_size);
    if (l->log) {
        r->failure->status = EXIT_DONE;
    } else if (l->log_size == SIZE_MAX) {
        failure_memory(r->failure, r->name);
    } else {
        failure_refused(r->failure, r->name, "event-log",
                        "the text in JSON is neither a list of events, nor "
                        "base64 or hexadecimal of a log");
    }
}

static bool read_all(struct event_reader *r, json_t *items)
{
    struct event_log_list *l = r->list;
    const bool is_dstack =
        json_object_get(json_array_get(items, 0), "imr") != NULL;
    l->form = is_dstack ? "dstack" : "Trustee";
    for (; r->index < l->count; r->index++) {
        json_t *item = json_array_get(items, r->index);
        r->event = &l->events[r->index];
        r->note = &l->notes[r->index];
        r->event->offset = MRTD_NO_OFFSET;
        if (!(is_dstack ? event_read_dstack(r, item)
                        : event_read_trustee(r, item))) {
            return false;
        }
        if (r->event->extends) {
            l->extended[l->extended_count++] =
                (struct mrtd_event){.id = r->event->id,
                                    .type = r->event->type,
                                    .digest = r->event->digest};
        }
    }
    return true;
}

enum exit_status event_log_list_read(struct event_log_list *list,
                                     const char *name, const char *text,
                                     size_t size, struct failure *failure)
{
    struct event_reader r = {.name = name, .list = list, .failure = failure};
    *list = (struct event_log_list){.form = NULL};
    if (size > CLAIMS_MAX_SIZE) {
        return failure_refused(failure, name, "event-log",
                               "JSON of %zu bytes; at most %zu are read", size,
                               CLAIMS_MAX_SIZE);
    }
    json_t *root = parse(name, text, size, failure);
    json_t *items = root ? find(name, root, failure) : NULL;
    const size_t count = json_array_size(items);
    if (json_is_string(items)) {
        take_log(&r, items);
    } else if (items && (count == 0 || count > MRTD_LOG_MOST_EVENTS)) {
        failure_refused(failure, name, "event-log",
                        "not a list of 1 to %d events", MRTD_LOG_MOST_EVENTS);
    } else if (items && make_room(&r, count, size) && read_all(&r, items)) {
        failure->status = EXIT_DONE;
    }
    json_decref(items);
    json_decref(root);
    return failure->status;
}

void event_log_list_free(struct event_log_list *list)
{
    free(list->events);
    free(list->notes);
    free(list->extended);
    free(list->bytes);
    free(list->log);
    *list = (struct event_log_list){.form = NULL};
}
