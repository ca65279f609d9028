/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff for programs: one line of JSON. docs/json.md and
 * docs/schemas/diff.schema.json describe it.
 */
#include "report/diff.h"

#include <inttypes.h>

#include "reference/values_json.h"
#include "report/json.h"
#include "schemas.h"

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

static json_t *side(const struct side *s)
{
    return json_pack(
        "{s:o, s:s, s:o, s:s, s:o, s:s}", "file", json_file_name(s->name),
        "kind", s->saved ? "saved" : "image", "size", json_count(s->facts.size),
        "sha256", s->facts.sha256, "values", values_of_mrtd(s->facts.mrtd),
        "mrtd", s->facts.mrtd);
}

/* A section's index, or null. */
static void print_index(FILE *to, uint32_t section)
{
    if (section == MRTD_NO_REGION) {
        fprintf(to, "null");
    } else {
        fprintf(to, "%" PRIu32, section);
    }
}

/* A list that is being printed. */
struct items {
    FILE *to;
    uint64_t count; /* number of items so far */
};

/* The comma between the items of a list. */
static void begin_item(struct items *items)
{
    if (items->count++ > 0) {
        fputc(',', items->to);
    }
}

static void print_change(void *context, const struct metadata_change *c)
{
    struct items *items = context;
    FILE *to = items->to;
    begin_item(items);
    fprintf(to, "{\"section\":");
    print_index(to, c->section);
    fprintf(to, ",\"field\":\"%s\",\"a\":", c->field);
    json_print_text(to, c->value[0]);
    fprintf(to, ",\"b\":");
    json_print_text(to, c->value[1]);
    fprintf(to, ",\"measured\":%s}", truth(c->measured));
}

static void print_metadata(FILE *to, const void *context)
{
    const struct comparison *d = context;
    struct items items = {to, 0};
    comparison_metadata(d, diff_shown(d, d->metadata_count), print_change,
                        &items);
}

static json_t *causes(const struct causes *c)
{
    json_t *list = json_array();
    uint64_t count = 0;
    for (unsigned bit = 0; bit < CAUSE_COUNT; bit++) {
        if (c->mask >> bit & 1) {
            json_array_append_new(list, json_string(causes_name(bit)));
            count++;
        }
    }
    return list;
}

/* {"a": .., "b": ..}, or null */
static json_t *both(json_t *a, json_t *b)
{
    return json_pack("{s:o, s:o}", "a", a, "b", b);
}

static json_t *paths(const struct causes *c)
{
    bool known = c->mask & CAUSE_PATH && (c->path[0][0] || c->path[1][0]);
    return known ? both(json_string(c->path[0]), json_string(c->path[1]))
                 : json_null();
}

static json_t *stamps(const struct causes *c)
{
    return c->mask & CAUSE_STAMP
               ? both(json_count(c->stamp[0]), json_count(c->stamp[1]))
               : json_null();
}

static json_t *change(const struct comparison *d, const struct volume_change *c)
{
    const struct volume_module *m = c->a ? c->a : c->b;
    const struct volume_map *map = &d->sides[c->a ? 0 : 1].map;
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "change",
        c->a && c->b ? "differs"
        : c->a       ? "only-in-a"
                     : "only-in-b",
        "guid", m->guid, "name", m->name, "volume",
        map->volumes[m->volume].name, "compressed", m->packed, "measured",
        comparison_module_measured(d, c), "file_offset",
        json_hex64(m->image_offset), "causes", causes(&c->causes), "bytes",
        json_count(c->causes.bytes), "paths", paths(&c->causes), "time_stamps",
        stamps(&c->causes));
}

static json_t *modules(const struct comparison *d)
{
    const struct volume_changes *c = &d->changes;
    json_t *list = json_array();
    uint64_t shown = diff_shown(d, c->count);
    for (uint64_t i = 0; i < shown; i++) {
        json_array_append_new(list, change(d, &c->items[i]));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "differ",
                     json_count(c->count), "same", json_count(c->same), "moved",
                     json_count(c->moved), "not_compared",
                     json_count(c->unknown), "list", list);
}

/* --- Ranges ------------------------------------------------------------ */

static void print_both(FILE *to, const char *name, const uint64_t value[2])
{
    fprintf(to, "\"%s\":{\"a\":\"0x%" PRIx64 "\",\"b\":\"0x%" PRIx64 "\"}",
            name, value[0], value[1]);
}

static void print_module(FILE *to, const char *name,
                         const struct volume_map *map, uint32_t index)
{
    fprintf(to, ",\"%s\":", name);
    if (index == VOLUME_NONE) {
        fprintf(to, "null");
        return;
    }
    fprintf(to, "{\"guid\":\"%s\",\"name\":", map->modules[index].guid);
    json_print_text(to, map->modules[index].name);
    fprintf(to, "}");
}

static void print_place(FILE *to, const struct volume_map *map,
                        const struct range *r)
{
    bool known = r->only < 0 && r->volume != VOLUME_NONE;
    fprintf(to, ",\"volume\":");
    if (known) {
        json_print_text(to, map->volumes[r->volume].name);
    } else {
        fprintf(to, "null");
    }
    print_module(to, "first_module", map, known ? r->first : VOLUME_NONE);
    print_module(to, "last_module", map, known ? r->last : VOLUME_NONE);
}

static void print_range(FILE *to, const struct comparison *d,
                        const struct range *r)
{
    fprintf(to, "{");
    print_both(to, "file_offset", r->offset);
    fprintf(to,
            ",\"size\":%" PRIu64 ",\"differing\":%" PRIu64
            ",\"in\":\"%s\",\"section\":",
            r->size, r->differing,
            r->only < 0    ? "both"
            : r->only == 0 ? "a"
                           : "b");
    print_index(to, r->section);
    if (r->section == MRTD_NO_REGION) {
        fprintf(to, ",\"gpa\":null");
    } else {
        fprintf(to, ",");
        print_both(to, "gpa", r->gpa);
    }
    fprintf(to, ",\"measured\":%s,\"metadata\":%s", truth(r->measured),
            truth(r->metadata));
    print_place(to, &d->sides[0].map, r);
    fprintf(to, "}");
}

static void print_ranges(FILE *to, const void *context)
{
    const struct comparison *d = context;
    const struct ranges *r = &d->ranges;
    uint64_t shown = diff_shown(d, r->count);
    struct items items = {to, 0};
    for (uint64_t i = 0; i < shown && i < r->kept; i++) {
        begin_item(&items);
        print_range(to, d, &r->items[i]);
    }
}

static json_t *ranges(const struct comparison *d)
{
    const struct ranges *r = &d->ranges;
    return json_pack("{s:o, s:o, s:b, s:o, s:o, s:o}", "count",
                     json_count(r->count), "bytes", json_count(r->bytes),
                     "outside_compared", r->whole, "shared",
                     json_count(r->shared), "not_compared",
                     json_count(r->skipped), "list", json_slot());
}

/* --- The rest ---------------------------------------------------------- */

static void add_note(json_t *list, const char *which, json_t *offset,
                     bool compressed, const char *message)
{
    json_array_append_new(list, json_pack("{s:s, s:o, s:b, s:s}", "side", which,
                                          "offset", offset, "compressed",
                                          compressed, "message", message));
}

static json_t *notes(const struct comparison *d)
{
    static const char *const which[] = {"a", "b"};
    json_t *list = json_array();
    uint64_t count = 0;
    for (unsigned i = 0; i < 2; i++) {
        const struct side *s = &d->sides[i];
        if (!s->saved && !s->bytes) {
            add_note(list, which[i], json_null(), false,
                     "too large to be looked into for firmware volumes");
            count++;
        }
        for (uint32_t n = 0; n < s->map.note_count && n < VOLUME_MAX_NOTES;
             n++) {
            const struct volume_note *note = &s->map.notes[n];
            add_note(list, which[i], json_hex64(note->image_offset),
                     note->packed, note->message);
            count++;
        }
    }
    return list;
}

static json_t *build(const struct comparison *d)
{
    char summary[600];
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o}",
        "schema", SCHEMA_DIFF, "version", mrtd_version(), "platform",
        VALUES_PLATFORM, "vmm", d->options->vmm->name, "verdict",
        d->same ? "same" : "differs", "summary",
        comparison_summary(d, summary, sizeof summary), "a", side(&d->sides[0]),
        "b", side(&d->sides[1]), "first_section",
        json_section(d->first_section), "metadata_changes",
        json_count(d->metadata_count), "metadata", json_slot(), "modules",
        d->bytes ? modules(d) : json_null(), "ranges",
        d->bytes ? ranges(d) : json_null(), "notes", notes(d));
}

bool diff_print_json(FILE *to, const struct comparison *d)
{
    const struct json_list lists[] = {{print_metadata, d}, {print_ranges, d}};
    return json_output_lists(to, build(d), lists, sizeof lists / sizeof *lists);
}
