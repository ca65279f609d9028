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

/* Values of one register, as the side's platform has it. */
static json_t *values(const struct side *s)
{
    return s->facts.platform == MRTD_PLATFORM_TDX
               ? values_of_mrtd(s->facts.mrtd)
               : values_of(&s->facts.value);
}

static json_t *side(const struct side *s)
{
    return json_pack(
        "{s:o, s:s, s:o, s:s, s:o, s:s?}", "file", json_file_name(s->name),
        "kind", s->saved ? "saved" : "image", "size", json_count(s->facts.size),
        "sha256", s->facts.sha256, "values", values(s), "mrtd",
        s->facts.platform == MRTD_PLATFORM_TDX ? s->facts.mrtd : NULL);
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
    const struct comparison *d;
    uint64_t count; /* number of items so far */
};

/* The comma between the items of a list. */
static void begin_item(struct items *items)
{
    if (items->count++ > 0) {
        fputc(',', items->to);
    }
}

/* Is it measured on the platform that is compared, and on which of those that
 * both images are made for? */
static void print_measured(FILE *to, const struct comparison *d, bool measured,
                           bool beside)
{
    fprintf(to, ",\"measured\":%s,\"measured_by\":[", truth(measured));
    if (measured) {
        fprintf(to, "\"%s\"", mrtd_platform_name(d->options->platform));
    }
    if (beside) {
        fprintf(to, "%s\"%s\"", measured ? "," : "",
                mrtd_platform_name(d->beside.platform));
    }
    fprintf(to, "]");
}

static void print_change(void *context, const struct metadata_change *c)
{
    struct items *items = context;
    FILE *to = items->to;
    begin_item(items);
    fprintf(to, "{\"of\":\"%s\",\"section\":", mrtd_platform_name(c->of));
    print_index(to, c->section);
    fprintf(to, ",\"field\":\"%s\",\"a\":", c->field);
    json_print_text(to, c->value[0]);
    fprintf(to, ",\"b\":");
    json_print_text(to, c->value[1]);
    print_measured(to, items->d, c->measured,
                   comparison_field_beside(items->d, c));
    fputc('}', to);
}

static void print_metadata(FILE *to, const void *context)
{
    const struct comparison *d = context;
    struct items items = {to, d, 0};
    comparison_metadata(d, diff_shown(d, d->metadata_count), print_change,
                        &items);
}

/* What print_measured() prints. */
static json_t *measured_by(const struct comparison *d, bool measured,
                           bool beside)
{
    json_t *list = json_array();
    if (measured) {
        json_array_append_new(
            list, json_string(mrtd_platform_name(d->options->platform)));
    }
    if (beside) {
        json_array_append_new(
            list, json_string(mrtd_platform_name(d->beside.platform)));
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

static json_t *change(const struct comparison *d, const struct volume_change *c)
{
    const struct volume_module *m = c->a ? c->a : c->b;
    const struct volume_map *map = &d->sides[c->a ? 0 : 1].map;
    const bool measured = comparison_module_measured(d, c);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o}",
        "change",
        c->a && c->b ? "differs"
        : c->a       ? "only-in-a"
                     : "only-in-b",
        "guid", m->guid, "name", m->name, "volume",
        map->volumes[m->volume].name, "compressed", m->packed, "measured",
        measured, "measured_by",
        measured_by(d, measured, comparison_module_beside(d, c)), "file_offset",
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
    print_measured(to, d, r->measured, comparison_range_beside(d, r));
    fprintf(to, ",\"metadata\":%s", truth(r->metadata));
    print_place(to, &d->sides[0].map, r);
    fprintf(to, "}");
}

static void print_ranges(FILE *to, const void *context)
{
    const struct comparison *d = context;
    const struct ranges *r = &d->ranges;
    uint64_t shown = diff_shown(d, r->count);
    struct items items = {to, d, 0};
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

static const char *verdict(bool same)
{
    return same ? "same" : "differs";
}

/* With what a guest is launched; null of TDX. Of an IGVM file there may be no
 * virtual CPUs. */
static json_t *launch(const struct comparison *d)
{
    const struct launch_guest *g = &d->options->guest;
    const bool has_vcpu = g->has_vcpu && d->options->vmm->takes_signature;
    if (d->options->platform == MRTD_PLATFORM_TDX) {
        return json_null();
    }
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o}", "vcpus",
        g->vcpus ? json_count(g->vcpus) : json_null(), "signature",
        has_vcpu ? json_hex64(g->vcpu.signature) : json_null(), "features",
        g->vcpus && !diff_has_igvm(d) ? json_hex64(g->features) : json_null(),
        "kernel", json_file_name(g->kernel), "initrd",
        json_file_name(g->initrd), "append", json_file_name(g->append));
}

/* What becomes of it on the other platform; null: there is none. */
static json_t *beside(const struct beside *b)
{
    return b->platform ? json_pack("{s:s, s:s, s:s?, s:o, s:o}", "platform",
                                   mrtd_platform_name(b->platform), "verdict",
                                   verdict(b->same), "vmm",
                                   b->vmm ? b->vmm->name : NULL, "a",
                                   json_digest(b->values[0].digest.bytes), "b",
                                   json_digest(b->values[1].digest.bytes))
                       : json_null();
}

static json_t *build(const struct comparison *d)
{
    char summary[600];
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:o, s:o}",
        "schema", SCHEMA_DIFF, "version", mrtd_version(), "platform",
        mrtd_platform_name(d->options->platform), "vmm", d->sides[0].facts.vmm,
        "launch", launch(d), "verdict", verdict(d->same), "summary",
        comparison_summary(d, summary, sizeof summary), "a", side(&d->sides[0]),
        "b", side(&d->sides[1]), "beside", beside(&d->beside), "first_section",
        json_section(d->first_section), "first_run", json_section(d->first_run),
        "metadata_changes", json_count(d->metadata_count), "metadata",
        json_slot(), "modules", d->bytes ? modules(d) : json_null(), "ranges",
        d->bytes ? ranges(d) : json_null(), "notes", notes(d));
}

bool diff_print_json(FILE *to, const struct comparison *d)
{
    const struct json_list lists[] = {{print_metadata, d}, {print_ranges, d}};
    return json_output_lists(to, build(d), lists, sizeof lists / sizeof *lists);
}
