/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff for programs: one line of JSON. The schema is documented in docs/json.md
 * and docs/diff.schema.json; a change of it changes DIFF_SCHEMA.
 */
#include "cli/diff.h"
#include "cli/json.h"

#define DIFF_SCHEMA "mrtd-calc/diff/1"

static json_t *side(const struct side *s)
{
    return json_pack(
        "{s:o, s:s, s:o, s:s, s:s}", "file", json_file_name(s->name), "kind",
        s->saved ? "saved" : "image", "size", json_count(s->facts.size),
        "sha256", s->facts.sha256, "mrtd", s->facts.mrtd);
}

static json_t *metadata(const struct diff *d)
{
    json_t *list = json_array();
    uint64_t shown = diff_shown(d, d->metadata_count);
    for (uint64_t i = 0; i < shown; i++) {
        const struct metadata_change *c = &d->metadata[i];
        json_array_append_new(list,
                              json_pack("{s:o, s:s, s:s, s:s, s:b}", "section",
                                        json_section(c->section), "field",
                                        c->field, "a", c->value[0], "b",
                                        c->value[1], "measured", c->measured));
    }
    return list;
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

static json_t *change(const struct diff *d, const struct volume_change *c)
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
        diff_module_measured(d, c), "file_offset", json_hex64(m->image_offset),
        "causes", causes(&c->causes), "bytes", json_count(c->causes.bytes),
        "paths", paths(&c->causes), "time_stamps", stamps(&c->causes));
}

static json_t *modules(const struct diff *d)
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

static json_t *range_module(const struct diff *d, uint32_t index)
{
    const struct volume_map *map = &d->sides[0].map;
    if (index == VOLUME_NONE) {
        return json_null();
    }
    return json_pack("{s:s, s:s}", "guid", map->modules[index].guid, "name",
                     map->modules[index].name);
}

static json_t *gpas(const struct range *r)
{
    return r->section == MRTD_NO_SECTION
               ? json_null()
               : both(json_hex64(r->gpa[0]), json_hex64(r->gpa[1]));
}

static json_t *range(const struct diff *d, const struct range *r)
{
    const struct volume_map *map = &d->sides[0].map;
    bool known = r->only < 0 && r->volume != VOLUME_NONE;
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o}",
        "file_offset", both(json_hex64(r->offset[0]), json_hex64(r->offset[1])),
        "size", json_count(r->size), "differing", json_count(r->differing),
        "in",
        r->only < 0    ? "both"
        : r->only == 0 ? "a"
                       : "b",
        "section", json_section(r->section), "gpa", gpas(r), "measured",
        r->measured, "metadata", r->metadata, "volume",
        known ? json_string(map->volumes[r->volume].name) : json_null(),
        "first_module", range_module(d, known ? r->first : VOLUME_NONE),
        "last_module", range_module(d, known ? r->last : VOLUME_NONE));
}

static json_t *ranges(const struct diff *d)
{
    const struct ranges *r = &d->ranges;
    json_t *list = json_array();
    uint64_t shown = diff_shown(d, r->count);
    shown = shown > r->kept ? r->kept : shown;
    for (uint64_t i = 0; i < shown; i++) {
        json_array_append_new(list, range(d, &r->items[i]));
    }
    return json_pack("{s:o, s:o, s:b, s:o}", "count", json_count(r->count),
                     "bytes", json_count(r->bytes), "outside_compared",
                     r->whole, "list", list);
}

static void add_note(json_t *list, const char *which, json_t *offset,
                     bool compressed, const char *message)
{
    json_array_append_new(list, json_pack("{s:s, s:o, s:b, s:s}", "side", which,
                                          "offset", offset, "compressed",
                                          compressed, "message", message));
}

static json_t *notes(const struct diff *d)
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

static json_t *build(const struct diff *d)
{
    char verdict[600];
    return json_pack(
        "{s:s, s:s, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "schema", DIFF_SCHEMA, "version", mrtd_version(), "same_mrtd", d->same,
        "verdict", diff_verdict(d, verdict, sizeof verdict), "profile",
        d->options->profile->name, "a", side(&d->sides[0]), "b",
        side(&d->sides[1]), "first_section", json_section(d->first_section),
        "metadata_changes", json_count(d->metadata_count), "metadata",
        metadata(d), "modules", d->bytes ? modules(d) : json_null(), "ranges",
        d->bytes ? ranges(d) : json_null(), "notes", notes(d));
}

enum exit_status diff_print_json(const struct diff *d)
{
    return json_output(d->sides[0].name, build(d));
}
