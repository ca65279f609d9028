/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "cli/diagnostic.h"

#define CHUNK ((size_t)1 << 16)

/* Bytes of both images that are compared with each other. */
struct stretch {
    uint64_t offset[2];
    uint64_t size;
    uint32_t section; /* or MRTD_NO_SECTION */
};

struct search {
    const struct side *sides[2];
    struct ranges *ranges;
    struct stretch stretch; /* that is searched */
    uint8_t *buffers[2];
};

static bool has_bytes(const struct section_facts *s)
{
    return s->raw_data_size > 0 && s->memory_data_size > 0;
}

bool ranges_measured(const struct facts *a, const struct facts *b,
                     uint32_t section)
{
    return (section < a->section_count &&
            a->sections[section].extended_pages > 0) ||
           (section < b->section_count &&
            b->sections[section].extended_pages > 0);
}

uint32_t ranges_section_at(const struct facts *f, uint64_t offset)
{
    for (uint32_t i = 0; i < f->section_count; i++) {
        const struct section_facts *s = &f->sections[i];
        if (has_bytes(s) && offset >= s->data_offset &&
            offset - s->data_offset < s->raw_data_size) {
            return i;
        }
    }
    return MRTD_NO_SECTION;
}

/* GUID, descriptor and sections: a difference there is told field by field. */
static bool touches_metadata(const struct facts *f, const struct range *r)
{
    uint64_t guid = f->descriptor_offset < 16 ? f->descriptor_offset : 16;
    uint64_t start = f->descriptor_offset - guid;
    uint64_t end = f->descriptor_offset + 16 + UINT64_C(32) * f->section_count;
    return r->offset[0] < end && r->offset[0] + r->size > start;
}

static uint64_t gpa_of(const struct side *side, const struct stretch *stretch,
                       uint64_t offset)
{
    const struct section_facts *s = &side->facts.sections[stretch->section];
    return s->memory_address + (offset - s->data_offset);
}

/* Room for one more; the list grows by doubling. */
static bool grow(struct ranges *r)
{
    if (r->kept & (r->kept - 1)) {
        return true;
    }
    size_t room = r->kept ? 2 * (size_t)r->kept : 1;
    struct range *items = realloc(r->items, room * sizeof *items);
    if (!items) {
        r->failed = true;
        return false;
    }
    r->items = items;
    return true;
}

/* A new range, which starts at a place of the stretch. */
static void begin(struct search *s, uint64_t at, uint64_t size, int only)
{
    struct ranges *list = s->ranges;
    const struct side *a = s->sides[0];
    list->count++;
    if (list->kept >= RANGES_MAX || !grow(list)) {
        return;
    }
    struct range *r = &list->items[list->kept++];
    memset(r, 0, sizeof *r);
    r->section = s->stretch.section;
    r->size = size;
    r->differing = size;
    r->only = only;
    for (unsigned i = 0; i < 2; i++) {
        r->offset[i] = s->stretch.offset[i] + at;
        if (r->section != MRTD_NO_SECTION) {
            r->gpa[i] = gpa_of(s->sides[i], &s->stretch, r->offset[i]);
        }
    }
    r->measured = ranges_measured(&a->facts, &s->sides[1]->facts, r->section);
    r->first = volume_module_at(&a->map, r->offset[0]);
    r->volume = volume_at(&a->map, r->offset[0]);
}

/* The range that bytes at this place of the stretch belong to, or NULL. */
static struct range *nearby(struct search *s, uint64_t at)
{
    struct ranges *list = s->ranges;
    uint64_t offset = s->stretch.offset[0] + at;
    if (list->kept == 0 || list->kept < list->count) {
        return NULL;
    }
    struct range *r = &list->items[list->kept - 1];
    bool near = r->section == s->stretch.section && r->only < 0 &&
                offset >= r->offset[0] + r->size &&
                offset - (r->offset[0] + r->size) < RANGE_GAP;
    return near && (offset == r->offset[0] + r->size ||
                    volume_module_at(&s->sides[0]->map, offset) == r->first)
               ? r
               : NULL;
}

static void add_run(struct search *s, uint64_t at, uint64_t size)
{
    struct range *r = nearby(s, at);
    s->ranges->bytes += size;
    if (r) {
        r->size = s->stretch.offset[0] + at + size - r->offset[0];
        r->differing += size;
    } else {
        begin(s, at, size, -1);
    }
}

/* The runs of differing bytes in the two buffers. */
static void add_runs(struct search *s, uint64_t at, size_t len)
{
    const uint8_t *a = s->buffers[0];
    const uint8_t *b = s->buffers[1];
    size_t i = 0;
    while (i < len && memcmp(a + i, b + i, len - i) != 0) {
        while (a[i] == b[i]) {
            i++;
        }
        size_t from = i;
        while (i < len && a[i] != b[i]) {
            i++;
        }
        add_run(s, at + from, i - from);
    }
}

static enum exit_status search_stretch(struct search *s,
                                       const struct stretch *stretch)
{
    s->stretch = *stretch;
    for (uint64_t at = 0; at < stretch->size; at += CHUNK) {
        uint64_t left = stretch->size - at;
        size_t len = left < CHUNK ? (size_t)left : CHUNK;
        for (unsigned i = 0; i < 2; i++) {
            const struct evaluation *e = &s->sides[i]->evaluation;
            if (e->source.read(e->source.context, stretch->offset[i] + at,
                               s->buffers[i], len)) {
                return evaluation_read_failed(e);
            }
        }
        add_runs(s, at, len);
    }
    return EXIT_DONE;
}

/* The data that both sections have, and what one of them has more. */
static enum exit_status search_section(struct search *s, uint32_t index)
{
    const struct section_facts *a = &s->sides[0]->facts.sections[index];
    const struct section_facts *b = &s->sides[1]->facts.sections[index];
    const uint64_t sizes[2] = {has_bytes(a) ? a->raw_data_size : 0,
                               has_bytes(b) ? b->raw_data_size : 0};
    unsigned longer = sizes[1] > sizes[0];
    struct stretch stretch = {.offset = {a->data_offset, b->data_offset},
                              .size = sizes[1 - longer],
                              .section = index};
    enum exit_status status = search_stretch(s, &stretch);
    uint64_t more = sizes[longer] - sizes[1 - longer];
    if (!status && more > 0) {
        s->ranges->bytes += more;
        begin(s, stretch.size, more, (int)longer);
    }
    return status;
}

/* Do the sections' data stand at the same places, in files of one size? */
static bool same_places(const struct facts *a, const struct facts *b)
{
    bool same = a->size == b->size && a->section_count == b->section_count;
    for (uint32_t i = 0; same && i < a->section_count; i++) {
        const struct section_facts *x = &a->sections[i];
        const struct section_facts *y = &b->sections[i];
        same = has_bytes(x) == has_bytes(y) &&
               (!has_bytes(x) || (x->data_offset == y->data_offset &&
                                  x->raw_data_size == y->raw_data_size));
    }
    return same;
}

/* The first stretch outside of all sections, from an offset on. */
static bool find_outside(const struct facts *f, uint64_t from,
                         struct stretch *stretch)
{
    uint32_t inside;
    while ((inside = ranges_section_at(f, from)) != MRTD_NO_SECTION) {
        from =
            f->sections[inside].data_offset + f->sections[inside].raw_data_size;
    }
    uint64_t end = f->size;
    for (uint32_t i = 0; i < f->section_count; i++) {
        const struct section_facts *s = &f->sections[i];
        if (has_bytes(s) && s->data_offset > from && s->data_offset < end) {
            end = s->data_offset;
        }
    }
    *stretch = (struct stretch){.offset = {from, from},
                                .size = from < end ? end - from : 0,
                                .section = MRTD_NO_SECTION};
    return from < f->size;
}

static enum exit_status search_all(struct search *s)
{
    const struct facts *a = &s->sides[0]->facts;
    const struct facts *b = &s->sides[1]->facts;
    struct stretch outside = {{0}, 0, 0};
    enum exit_status status = EXIT_DONE;
    for (uint32_t i = 0;
         !status && i < a->section_count && i < b->section_count; i++) {
        status = search_section(s, i);
    }
    s->ranges->whole = same_places(a, b);
    uint64_t from = 0;
    while (!status && s->ranges->whole && find_outside(a, from, &outside)) {
        status = search_stretch(s, &outside);
        from = outside.offset[0] + outside.size;
    }
    return status;
}

/* Measured ones first, otherwise in their order. */
static int compare_ranges(const void *a, const void *b)
{
    const struct range *x = a;
    const struct range *y = b;
    if (x->measured != y->measured) {
        return x->measured ? -1 : 1;
    }
    if (x->section != y->section) {
        return x->section < y->section ? -1 : 1;
    }
    return (x->offset[0] > y->offset[0]) - (x->offset[0] < y->offset[0]);
}

/* What can only be said of a range once its end is known; and the order. */
static void finish(const struct side *a, struct ranges *list)
{
    for (uint32_t i = 0; i < list->kept; i++) {
        struct range *r = &list->items[i];
        r->metadata = r->only < 0 && touches_metadata(&a->facts, r);
        r->last = volume_module_at(&a->map, r->offset[0] + r->size - 1);
    }
    if (list->kept > 0) {
        qsort(list->items, list->kept, sizeof *list->items, compare_ranges);
    }
}

enum exit_status ranges_find(const struct side *a, const struct side *b,
                             struct ranges *ranges)
{
    struct search s = {.sides = {a, b}, .ranges = ranges};
    memset(ranges, 0, sizeof *ranges);
    s.buffers[0] = malloc(2 * CHUNK);
    enum exit_status status = EXIT_IO;
    ranges->failed = !s.buffers[0];
    if (!ranges->failed) {
        s.buffers[1] = s.buffers[0] + CHUNK;
        status = search_all(&s);
    }
    free(s.buffers[0]);
    if (ranges->failed) {
        diagnostic_file(a->name, "out of memory");
        status = EXIT_IO;
    }
    if (status) {
        ranges_free(ranges);
    } else {
        finish(a, ranges);
    }
    return status;
}

void ranges_free(struct ranges *ranges)
{
    free(ranges->items);
    memset(ranges, 0, sizeof *ranges);
}
