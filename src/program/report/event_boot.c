/* SPDX-License-Identifier: Apache-2.0 */
/* docs/json.md and docs/schemas/events.schema.json describe the JSON. */
#include "report/event_boot.h"

#include "model/boot_rtmr0.h"
#include "report/boot_json.h"
#include "report/json.h"

static void print_digest(FILE *to, const struct mrtd_digest *digest,
                         const char *label)
{
    char hex[MRTD_HEX_SIZE];
    mrtd_hex_encode(hex, digest->bytes, digest->size);
    fprintf(to, "             %s  %s\n", hex, label);
}

static void print_need(FILE *to, const struct mrtd_ovmf_event *event)
{
    char text[BOOT_RTMR0_NEED];
    const char *reason;
    const char *need = boot_rtmr0_need(event, &reason, text);
    fprintf(to, "             not predicted: %s%s\n", need ? "give " : "",
            need ? need : reason);
}

static void print_pair(FILE *to, const struct event_boot *a,
                       const struct event_boot_pair *p)
{
    char text[EVENT_BOOT_TEXT];
    const char *code;
    const char *why = event_boot_reason(a, p, &code, text);
    const char *verdict = p->same         ? "same"
                          : p->unknown    ? "UNKNOWN"
                          : !p->logged    ? "MISSING"
                          : !p->predicted ? "MORE"
                                          : "DIFFERS";
    if (p->logged) {
        fprintf(to, "%5zu ", p->index);
    } else {
        fprintf(to, "    - ");
    }
    fprintf(to, "%-6s %-8s%s\n", event_log_register(p->id), verdict,
            p->predicted ? p->predicted->what
                         : "of which nothing was predicted");
    if (!p->same && p->predicted && !p->needs) {
        print_digest(to, &p->predicted->digest, "predicted");
    }
    if (!p->same && p->logged) {
        print_digest(to, &p->logged->digest, "logged");
    }
    if (p->needs) {
        print_need(to, p->needs);
    }
    if (why) {
        fprintf(to, "             %s [%s]\n", why, code);
    }
}

void event_boot_text(FILE *to, const struct event_boot *a)
{
    if (!a->is_asked) {
        return;
    }
    fprintf(to, "\npredicted of what was given, beside the events above\n");
    for (size_t i = 0; i < a->count; i++) {
        print_pair(to, a, &a->pairs[i]);
    }
    for (size_t i = 0; i < a->boot.note_count; i++) {
        fprintf(to, "note: %s [%s]\n", a->boot.notes[i].message,
                a->boot.notes[i].code);
    }
}

static json_t *digest_json(const struct mrtd_digest *digest)
{
    return json_digest(digest->bytes);
}

static json_t *reason_json(const struct event_boot *a,
                           const struct event_boot_pair *p)
{
    char text[EVENT_BOOT_TEXT];
    const char *code;
    const char *why = event_boot_reason(a, p, &code, text);
    return why ? json_pack("{s:s, s:s}", "code", code, "text", why)
               : json_null();
}

static json_t *pair_json(const struct event_boot *a,
                         const struct event_boot_pair *p)
{
    char text[BOOT_RTMR0_NEED];
    const char *why = NULL;
    const char *need = p->needs ? boot_rtmr0_need(p->needs, &why, text) : NULL;
    return json_pack(
        "{s:s, s:o, s:s?, s:o, s:o, s:o, s:s?, s:o}", "register",
        event_log_register(p->id), "index",
        p->logged ? json_count(p->index) : json_null(), "what",
        p->predicted ? p->predicted->what : NULL, "predicted",
        p->predicted && !p->needs ? digest_json(&p->predicted->digest)
                                  : json_null(),
        "logged", p->logged ? digest_json(&p->logged->digest) : json_null(),
        "same", p->unknown ? json_null() : json_boolean(p->same), "needs", need,
        "reason",
        why ? json_pack("{s:s, s:s}", "code", "boot-rtmr0", "text", why)
            : reason_json(a, p));
}

json_t *event_boot_json(const struct event_boot *a)
{
    json_t *pairs = json_array();
    if (!a->is_asked) {
        json_decref(pairs);
        return json_null();
    }
    for (size_t i = 0; i < a->count; i++) {
        json_array_append_new(pairs, pair_json(a, &a->pairs[i]));
    }
    return json_pack("{s:b, s:o, s:o}", "match", a->match, "events", pairs,
                     "by", boot_json(&a->boot));
}
