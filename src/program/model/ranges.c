/* SPDX-License-Identifier: Apache-2.0 */
#include "model/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "model/reach.h"

#define CHUNK ((size_t)1 << 16)

/* Bytes of both images that are compared with each other. */
struct stretch {
    uint64_t offset[2];
    uint64_t size;
    uint32_t section; /* or MRTD_NO_REGION */
};

struct search {
    const struct side *sides[2];
    const struct cover *reach; /* of each side */
    struct ranges *ranges;
    struct failure *failure;
    struct stretch stretch; /* the stretch that is searched */
    uint8_t *buffers[2];
    struct range spare; /* the last range, where it is not kept */
    uint64_t left;      /* bytes that may still be compared */
    /*
     * Pairs of places: a line is how much larger the offset of b's bytes is
     * than that of a's.
     */
    struct cover pairs;
    /* The last answer of volume_module_at(), and for which bytes it holds. */
    uint32_t module;
    uint64_t module_from;
    uint64_t module_until;
};

static bool has_bytes(const struct mrtd_region *s)
{
    return s->data_size > 0 && s->size > 0;
}

bool ranges_measured(const struct facts *a, const struct facts *b,
                     uint32_t section)
{
    return (section < a->section_count &&
            a->sections[section].extended_pages > 0) ||
           (section < b->section_count &&
            b->sections[section].extended_pages > 0);
}

uint32_t ranges_section_at(const struct ranges *ranges, unsigned side,
                           uint64_t offset)
{
    uint64_t until = 0;
    return cover_at(&ranges->places[side], offset, &until);
}

/*
 * A difference there is reported field by field. Of TDX: GUID, descriptor and
 * sections; of SEV: header and sections.
 */
static bool touches_metadata(const struct facts *f, const struct range *r)
{
    uint64_t guid = f->descriptor_offset < 16 ? f->descriptor_offset : 16;
    uint64_t start = f->descriptor_offset - guid;
    uint64_t end = f->descriptor_offset + 16 + UINT64_C(32) * f->section_count;
    if (f->platform == MRTD_PLATFORM_SNP) {
        const struct mrtd_sev_info *sev = mrtd_image_sev(f->regions.image);
        if (!sev || sev->metadata_offset == MRTD_NO_OFFSET) {
            return false;
        }
        start = sev->metadata_offset;
        end = start + 16 + UINT64_C(12) * sev->section_count;
    }
    return r->offset[0] < end && r->offset[0] + r->size > start;
}

static uint64_t gpa_of(const struct side *side, const struct stretch *stretch,
                       uint64_t offset)
{
    const struct mrtd_region *s = facts_region(&side->facts, stretch->section);
    return s->gpa + (offset - s->offset);
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

/* The module of a at the offset. Runs ascend: most ask for the last one. */
static uint32_t module_at(struct search *s, uint64_t offset)
{
    if (offset < s->module_from || offset >= s->module_until) {
        s->module =
            volume_module_at(&s->sides[0]->map, offset, &s->module_until);
        s->module_from = offset;
    }
    return s->module;
}

/* Where the next range goes: into the list as long as there is room. */
static struct range *next_range(struct search *s)
{
    struct ranges *list = s->ranges;
    bool full = list->kept < list->count || list->kept >= RANGES_MAX;
    list->count++;
    return full || !grow(list) ? &s->spare : &list->items[list->kept++];
}

/* The last range, or NULL. */
static struct range *last_range(struct search *s)
{
    struct ranges *list = s->ranges;
    if (list->count == 0) {
        return NULL;
    }
    return list->kept < list->count ? &s->spare : &list->items[list->kept - 1];
}

/* A new range, which starts at a place of the stretch. */
static void begin(struct search *s, uint64_t at, uint64_t size, int only)
{
    const struct side *a = s->sides[0];
    struct range *r = next_range(s);
    memset(r, 0, sizeof *r);
    r->section = s->stretch.section;
    r->size = size;
    r->differing = size;
    r->only = only;
    for (unsigned i = 0; i < 2; i++) {
        r->offset[i] = s->stretch.offset[i] + at;
        if (r->section != MRTD_NO_REGION) {
            r->gpa[i] = gpa_of(s->sides[i], &s->stretch, r->offset[i]);
        }
    }
    r->measured = ranges_measured(&a->facts, &s->sides[1]->facts, r->section);
    r->first = module_at(s, r->offset[0]);
    r->volume = volume_at(&a->map, r->offset[0]);
}

/* Is the same hashed on the other platform from the end of the range to this
 * place of the stretch? */
static bool same_reach(const struct search *s, const struct range *r,
                       uint64_t at)
{
    bool same = true;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t until = 0;
        cover_at(&s->reach[i], r->offset[i] + r->size - 1, &until);
        same &= s->stretch.offset[i] + at < until;
    }
    return same;
}

/* The range that bytes at this place of the stretch belong to, or NULL. */
static struct range *nearby(struct search *s, uint64_t at)
{
    uint64_t offset = s->stretch.offset[0] + at;
    struct range *r = last_range(s);
    bool near = r && r->section == s->stretch.section && r->only < 0 &&
                offset >= r->offset[0] + r->size &&
                offset - (r->offset[0] + r->size) < RANGE_GAP;
    return near && (offset == r->offset[0] + r->size ||
                    (module_at(s, offset) == r->first && same_reach(s, r, at)))
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
                return evaluation_read_failed(e, s->failure);
            }
        }
        add_runs(s, at, len);
    }
    return EXIT_DONE;
}

/* What of the pairs no other stretch has taken. */
static enum exit_status search_pairs(struct search *s,
                                     const struct cover_stretch *pairs,
                                     uint32_t section)
{
    uint64_t start = 0;
    uint64_t end = 0;
    uint64_t taken = 0;
    enum exit_status status = EXIT_DONE;
    while (!status && cover_take(&s->pairs, pairs, section, &start, &end)) {
        struct stretch stretch = {.offset = {start, start + pairs->line},
                                  .size = end - start,
                                  .section = section};
        taken += stretch.size;
        if (stretch.size > s->left) {
            s->ranges->skipped += stretch.size;
        } else {
            s->left -= stretch.size;
            status = search_stretch(s, &stretch);
        }
    }
    if (section != MRTD_NO_REGION) {
        s->ranges->shared += pairs->size - taken;
    }
    return status;
}

static uint64_t data_size(const struct mrtd_region *s)
{
    return has_bytes(s) ? s->data_size : 0;
}

/* Is the section a whole file, which ends where another file ends in memory? */
static bool is_file(const struct mrtd_region *region)
{
    return region && region->view == MRTD_VIEW_FILE;
}

/* The data that both sections have. */
static struct cover_stretch pairs_of(const struct search *s, uint32_t index)
{
    const struct mrtd_region *a = facts_region(&s->sides[0]->facts, index);
    const struct mrtd_region *b = facts_region(&s->sides[1]->facts, index);
    uint64_t size = data_size(a) < data_size(b) ? data_size(a) : data_size(b);
    struct cover_stretch pairs = {.line = (uint64_t)b->offset - a->offset,
                                  .start = a->offset,
                                  .size = size};
    if (is_file(a) && is_file(b)) {
        pairs.line = (uint64_t)b->data_size - a->data_size;
        pairs.start = a->data_size - size;
    }
    return pairs;
}

/* The data that both sections have, and what one of them has more. */
static enum exit_status search_section(struct search *s, uint32_t index)
{
    const struct mrtd_region *a = facts_region(&s->sides[0]->facts, index);
    const struct mrtd_region *b = facts_region(&s->sides[1]->facts, index);
    const uint64_t sizes[2] = {data_size(a), data_size(b)};
    const struct cover_stretch pairs = pairs_of(s, index);
    unsigned longer = sizes[1] > sizes[0];
    enum exit_status status = search_pairs(s, &pairs, index);
    uint64_t more = sizes[longer] - pairs.size;
    if (!status && more > 0) {
        s->ranges->bytes += more;
        s->stretch = (struct stretch){.offset = {a->offset, b->offset},
                                      .section = index};
        begin(s, is_file(a) ? 0 : pairs.size, more, (int)longer);
    }
    return status;
}

/* Are the sections' data at the same places, in files of one size? */
static bool same_places(const struct facts *a, const struct facts *b)
{
    if (is_file(facts_region(a, 0)) && is_file(facts_region(b, 0))) {
        return true; /* nothing is outside of them */
    }
    bool same = a->size == b->size && a->section_count == b->section_count;
    for (uint32_t i = 0; same && i < a->section_count; i++) {
        const struct mrtd_region *x = facts_region(a, i);
        const struct mrtd_region *y = facts_region(b, i);
        same = has_bytes(x) == has_bytes(y) &&
               (!has_bytes(x) ||
                (x->offset == y->offset && x->data_size == y->data_size));
    }
    return same;
}

/* How many sections both have. */
static uint32_t common_sections(const struct search *s)
{
    uint32_t a = s->sides[0]->facts.section_count;
    uint32_t b = s->sides[1]->facts.section_count;
    return a < b ? a : b;
}

/* Of sections that share bytes, a measured one has them. */
static enum exit_status search_sections(struct search *s)
{
    enum exit_status status = EXIT_DONE;
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; !status && i < common_sections(s); i++) {
            bool measured =
                ranges_measured(&s->sides[0]->facts, &s->sides[1]->facts, i);
            if (measured == (pass == 0)) {
                status = search_section(s, i);
            }
        }
    }
    return status;
}

/* Which section has which byte of an image; asked for its modules only. */
static bool make_places(const struct side *side, struct cover *places)
{
    const struct facts *f = &side->facts;
    if (side->map.module_count == 0) {
        return true;
    }
    struct cover_stretch *stretches =
        calloc((size_t)f->section_count + 1, sizeof *stretches);
    if (!stretches) {
        return false;
    }
    for (uint32_t i = 0; i < f->section_count; i++) {
        stretches[i].start = facts_region(f, i)->offset;
        stretches[i].size = data_size(facts_region(f, i));
    }
    bool good = cover_make(places, stretches, f->section_count);
    for (uint32_t i = 0; good && i < f->section_count; i++) {
        cover_take_all(places, &stretches[i], i);
    }
    free(stretches);
    return good;
}

/*
 * The sections, and after them the whole image where they are at the same
 * places: what is left of it lies outside of them.
 */
static bool make_pairs(struct search *s, const struct cover_stretch *whole)
{
    uint32_t count = common_sections(s);
    struct cover_stretch *stretches =
        calloc((size_t)count + 1, sizeof *stretches);
    if (!stretches) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        stretches[i] = pairs_of(s, i);
    }
    stretches[count] = *whole;
    bool good = cover_make(&s->pairs, stretches, (size_t)count + 1);
    free(stretches);
    return good;
}

static enum exit_status search_all(struct search *s)
{
    const struct facts *a = &s->sides[0]->facts;
    const struct facts *b = &s->sides[1]->facts;
    struct ranges *ranges = s->ranges;
    ranges->whole = same_places(a, b);
    const struct cover_stretch whole = {
        .size = ranges->whole && a->size == b->size ? a->size : 0};
    s->left = a->size + b->size;
    if (!make_pairs(s, &whole) ||
        !make_places(s->sides[0], &ranges->places[0]) ||
        !make_places(s->sides[1], &ranges->places[1])) {
        ranges->failed = true;
        return EXIT_IO;
    }
    enum exit_status status = search_sections(s);
    return status ? status : search_pairs(s, &whole, MRTD_NO_REGION);
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
static void finish(const struct side *a, const struct side *b,
                   struct ranges *list)
{
    uint64_t until = 0;
    for (uint32_t i = 0; i < list->kept; i++) {
        struct range *r = &list->items[i];
        r->metadata = r->only < 0 && touches_metadata(&a->facts, r);
        r->measured |=
            (r->only != 1 &&
             reach_touches(&a->outside, r->offset[0], r->size)) ||
            (r->only != 0 && reach_touches(&b->outside, r->offset[1], r->size));
        r->last = volume_module_at(&a->map, r->offset[0] + r->size - 1, &until);
    }
    if (list->kept > 0) {
        qsort(list->items, list->kept, sizeof *list->items, compare_ranges);
    }
}

enum exit_status ranges_find(const struct side *a, const struct side *b,
                             const struct cover reach[2], struct ranges *ranges,
                             struct failure *failure)
{
    struct search s = {
        .sides = {a, b}, .reach = reach, .ranges = ranges, .failure = failure};
    memset(ranges, 0, sizeof *ranges);
    s.buffers[0] = malloc(2 * CHUNK);
    enum exit_status status = EXIT_IO;
    ranges->failed = !s.buffers[0];
    if (!ranges->failed) {
        s.buffers[1] = s.buffers[0] + CHUNK;
        status = search_all(&s);
    }
    free(s.buffers[0]);
    cover_free(&s.pairs);
    if (ranges->failed) {
        status = failure_memory(failure, a->name);
    }
    if (status) {
        ranges_free(ranges);
    } else {
        finish(a, b, ranges);
    }
    return status;
}

void ranges_free(struct ranges *ranges)
{
    free(ranges->items);
    cover_free(&ranges->places[0]);
    cover_free(&ranges->places[1]);
    memset(ranges, 0, sizeof *ranges);
}
