/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/events.schema.json describe the JSON. */
#include "report/event_log.h"

#include <inttypes.h>
#include <string.h>

#include "model/evidence.h"
#include "printable.h"
#include "reference/values_json.h"
#include "report/check_evidence.h"
#include "report/event_boot.h"
#include "report/json.h"
#include "schemas.h"

/* --- For people ----------------------------------------------------------- */

/* A text of the log, in quotes of its own. */
static void print_what(FILE *to, const char *what, bool is_measured)
{
    fprintf(to, "  %s\"", is_measured ? "=" : "?");
    for (; *what; what++) {
        fprintf(to, *what == '"' || *what == '\\' ? "\\%c" : "%c", *what);
    }
    fputc('"', to);
}

/* Most digits of a payload that a line has. */
#define PAYLOAD_SHOWN 128

static void print_payload(FILE *to, const char *hex, bool is_measured)
{
    const size_t size = strlen(hex);
    fprintf(to, "  payload %s%.*s", is_measured ? "=" : "?", PAYLOAD_SHOWN,
            size > 0 ? hex : "(empty)");
    if (size > PAYLOAD_SHOWN) {
        fprintf(to, "... (%zu bytes)", size / 2);
    }
}

static void print_replaced(FILE *to, const struct event_replacement *r)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, r->logged.bytes, r->logged.size);
    fprintf(to, "             %s  logged\n", hex);
    if (r->file) {
        fprintf(to, "             measured of %s\n", printable(r->file));
    }
}

static void print_event(FILE *to, const struct event_log *l, size_t index,
                        const struct mrtd_log_event *event)
{
    char text[EVENT_LOG_WHAT];
    char hex[MRTD_HEX_SIZE];
    char number[16];
    const char *type = mrtd_event_type_name(event->type);
    const char *payload = event_log_payload(l, index);
    const struct event_replacement *replaced = event_log_replaced(l, index);
    snprintf(number, sizeof number, "0x%08" PRIx32, event->type);
    mrtd_hex_encode(hex, event->digest.bytes, event->digest.size);
    const char *what = event_log_what(l, index, text);
    fprintf(to, "%5zu %-6s %s", index,
            event->extends ? event_log_register(event->id) : "-",
            type ? type : number);
    if (what) {
        print_what(to, what, event->is_of_data == 1);
    }
    if (payload) {
        print_payload(to, payload, event->is_of_data == 1);
    }
    if (!event_log_has_data(l, index)) {
        fputs("  (no data in the log)", to);
    }
    fputc('\n', to);
    if (event->extends) {
        fprintf(to, "             %s%s\n", hex,
                replaced                 ? "  REPLACES what was logged"
                : event->is_of_data == 0 ? "  NOT the digest of the event's "
                                           "data"
                                         : "");
    }
    if (replaced) {
        print_replaced(to, replaced);
    }
}

/* Of the registers, and of the events, whichever was asked. */
static bool is_match(const struct event_log *l, const struct event_boot *boot)
{
    return !l->differs && (!boot->is_asked || boot->match);
}

enum against_verdict event_log_verdict(const struct event_log *l,
                                       const struct event_boot *boot,
                                       const struct against_evidence *evidence)
{
    return against_evidence_verdict(evidence, is_match(l, boot));
}

static void print_verdict(FILE *to, const struct event_log *l,
                          const struct event_boot *boot,
                          const struct against_evidence *evidence)
{
    check_evidence_verdict(to, event_log_verdict(l, boot, evidence),
                           is_match(l, boot), "this log");
    if (!l->evidence) {
        fprintf(to, ": of the events that were predicted; that the log is a "
                    "TD's, only --against QUOTE shows\n");
        return;
    }
    if (l->is_later) {
        fprintf(to, ": only RTMR3 differs, of which the log has no event; "
                    "guests extend it after the firmware's log, as with "
                    "Confidential Containers and dstack");
    } else if (l->differing == 0 && l->other_data > 0) {
        fprintf(to,
                ": the registers are the same, and the data of %zu "
                "event%s are not what was measured",
                l->other_data, l->other_data == 1 ? "" : "s");
    }
    if (l->replacement_count > 0) {
        fprintf(to, "; of the log's events %zu %s replaced",
                l->replacement_count, l->replacement_count == 1 ? "is" : "are");
    }
    fputc('\n', to);
    if (!evidence && evidence_is_debug(l->evidence)) {
        fprintf(to,
                "warning: a debug TD (ATTRIBUTES bits 0 to 7): its host can "
                "read and change it\n");
    }
}

void event_log_text(FILE *to, const struct event_log *l,
                    const struct event_boot *boot,
                    const struct against_evidence *evidence)
{
    const struct mrtd_log_event *event;
    char hex[MRTD_HEX_SIZE];
    fprintf(to, "%s\n  %s%sevent log of %" PRIu64 " bytes, %zu %s\n\n",
            printable(l->name), l->list.form ? l->list.form : "",
            l->list.form ? "'s " : "", event_log_size(l), event_log_count(l),
            l->list.form ? "events" : "records");
    for (size_t i = 0; (event = event_log_event(l, i)); i++) {
        print_event(to, l, i, event);
    }
    fprintf(to,
            "\n=\"...\" was measured. ?\"...\" is what the log says, and "
            "nothing proves it, nor types of\nevents, records of no register "
            "(-), and the order of events of different registers.\n\n");
    for (unsigned i = 0; i < EVENT_LOG_REGISTERS; i++) {
        mrtd_hex_encode(hex, l->values[i].digest.bytes, MRTD_DIGEST_SIZE);
        fprintf(to, "%s %s%s\n", event_log_register(l->values[i].id), hex,
                !l->evidence ? ""
                : l->same[i] ? "  same"
                             : "  DIFFERS");
        if (l->evidence && !l->same[i]) {
            mrtd_hex_encode(hex, l->evidence->tdinfo.rtmr[i], MRTD_DIGEST_SIZE);
            fprintf(to, "      %s  reported\n", hex);
        }
    }
    if (l->evidence) {
        check_evidence_print(to, evidence ? evidence->deciding : NULL);
    }
    event_boot_text(to, boot);
    if (l->evidence || boot->is_asked) {
        print_verdict(to, l, boot, evidence);
    }
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *replaced_json(const struct event_replacement *r)
{
    return r ? json_pack("{s:o, s:o}", "file", json_file_name(r->file),
                         "logged", json_digest(r->logged.bytes))
             : json_null();
}

static json_t *event_json(const struct event_log *l, size_t index,
                          const struct mrtd_log_event *event)
{
    char text[EVENT_LOG_WHAT];
    char hex[MRTD_HEX_SIZE];
    const char *type = mrtd_event_type_name(event->type);
    mrtd_hex_encode(hex, event->digest.bytes, event->digest.size);
    const char *what = event_log_what(l, index, text);
    return json_pack(
        "{s:I, s:o, s:s?, s:o, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:o}", "index",
        (json_int_t)index, "offset", json_offset(event->offset), "register",
        event->extends ? event_log_register(event->id) : NULL, "type",
        json_hex64(event->type), "type_name", type, "what", what, "payload",
        event_log_payload(l, index), "digest",
        event->digest.size > 0 ? json_string(hex) : json_null(),
        "is_digest_of_data",
        event->is_of_data < 0 ? json_null()
                              : json_boolean(event->is_of_data > 0),
        "data_size",
        event_log_has_data(l, index) ? json_count(event->data_size)
                                     : json_null(),
        "replaced", replaced_json(event_log_replaced(l, index)));
}

static json_t *values_json(const struct event_log *l)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < EVENT_LOG_REGISTERS; i++) {
        json_array_append_new(list, values_item(&l->values[i]));
    }
    return list;
}

static json_t *against_json(const struct event_log *l, const char *name,
                            const struct against_evidence *evidence)
{
    json_t *list = json_array();
    if (!l->evidence) {
        json_decref(list);
        return json_null();
    }
    for (unsigned i = 0; i < EVENT_LOG_REGISTERS; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:b}", "register",
                            event_log_register(l->values[i].id), "value",
                            json_digest(l->evidence->tdinfo.rtmr[i]), "same",
                            l->same[i]));
    }
    json_t *made =
        json_pack("{s:o, s:s, s:b, s:o}", "file", json_file_name(name), "kind",
                  mrtd_evidence_kind_name(l->evidence->kind), "debug",
                  evidence_is_debug(l->evidence), "registers", list);
    check_evidence_json(made, evidence ? evidence->deciding : NULL);
    return made;
}

bool event_log_json(FILE *to, const struct event_log *l,
                    const struct event_boot *boot, const char *against,
                    const struct against_evidence *evidence)
{
    const struct mrtd_log_event *event;
    json_t *events = json_array();
    for (size_t i = 0; (event = event_log_event(l, i)); i++) {
        json_array_append_new(events, event_json(l, i, event));
    }
    return json_output(
        to,
        json_pack(
            "{s:s, s:s, s:s, s:s?, s:o, s:s, s:o, s:o, s:o, s:o, s:o, "
            "s:o}",
            "schema", SCHEMA_EVENTS, "version", mrtd_version(), "platform",
            VALUES_PLATFORM, "verdict",
            l->evidence || boot->is_asked
                ? check_evidence_word(event_log_verdict(l, boot, evidence))
                : NULL,
            "file", json_file_name(l->name), "form",
            l->list.form ? l->list.form : "CCEL", "size",
            json_count(event_log_size(l)), "events", events, "data_differ",
            json_count(l->other_data), "values", values_json(l), "against",
            against_json(l, against, evidence), "boot", event_boot_json(boot)));
}
