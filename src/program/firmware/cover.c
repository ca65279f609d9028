/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/cover.h"

#include <stdlib.h>
#include <string.h>

static int compare_parts(const void *a, const void *b)
{
    const struct cover_part *x = a;
    const struct cover_part *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return (x->start > y->start) - (x->start < y->start);
}

/* Each edge once; each part ends at the next edge of its line. */
static void tidy(struct cover *cover)
{
    struct cover_part *parts = cover->parts;
    size_t kept = 0;
    for (size_t i = 0; i < cover->count; i++) {
        if (kept == 0 || compare_parts(&parts[kept - 1], &parts[i]) != 0) {
            parts[kept++] = parts[i];
        }
    }
    cover->count = kept;
    for (size_t i = 0; i < kept; i++) {
        bool ends = i + 1 == kept || parts[i + 1].line != parts[i].line;
        parts[i].end = ends ? parts[i].start : parts[i + 1].start;
        parts[i].owner = COVER_NONE;
        parts[i].next = (uint32_t)i;
    }
}

bool cover_make(struct cover *cover, const struct cover_stretch *stretches,
                size_t count)
{
    cover->count = 0;
    cover->parts = calloc(2 * count + 1, sizeof *cover->parts);
    if (!cover->parts) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct cover_stretch *s = &stretches[i];
        if (s->size > 0) {
            struct cover_part *edges = &cover->parts[cover->count];
            edges[0].line = s->line;
            edges[0].start = s->start;
            edges[1].line = s->line;
            edges[1].start = s->start + s->size;
            cover->count += 2;
        }
    }
    if (cover->count > 0) {
        qsort(cover->parts, cover->count, sizeof *cover->parts, compare_parts);
    }
    tidy(cover);
    return true;
}

void cover_free(struct cover *cover)
{
    free(cover->parts);
    memset(cover, 0, sizeof *cover);
}

/* The number of parts that start at the place or before it. */
static size_t parts_until(const struct cover *cover, uint64_t line,
                          uint64_t place)
{
    const struct cover_part wanted = {.line = line, .start = place};
    size_t low = 0;
    size_t high = cover->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_parts(&cover->parts[middle], &wanted) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The first part from this one on that is not taken, or the last of all. Paths
 * are halved on the way, which keeps them short. */
static uint32_t find_free(struct cover *cover, uint32_t index)
{
    struct cover_part *parts = cover->parts;
    while (parts[index].next != index) {
        parts[index].next = parts[parts[index].next].next;
        index = parts[index].next;
    }
    return index;
}

bool cover_take(struct cover *cover, const struct cover_stretch *stretch,
                uint32_t owner, uint64_t *start, uint64_t *end)
{
    size_t first = parts_until(cover, stretch->line, stretch->start);
    if (stretch->size == 0 || first == 0) {
        return false;
    }
    uint32_t index = find_free(cover, (uint32_t)(first - 1));
    struct cover_part *part = &cover->parts[index];
    if (part->line != stretch->line ||
        part->start - stretch->start >= stretch->size) {
        return false;
    }
    part->owner = owner;
    part->next = index + 1;
    *start = part->start;
    *end = part->end;
    return true;
}

void cover_take_all(struct cover *cover, const struct cover_stretch *stretch,
                    uint32_t owner)
{
    uint64_t start = 0;
    uint64_t end = 0;
    while (cover_take(cover, stretch, owner, &start, &end)) {
    }
}

uint32_t cover_at(const struct cover *cover, uint64_t place, uint64_t *until)
{
    if (!cover->parts) {
        *until = UINT64_MAX;
        return COVER_NONE;
    }
    size_t next = parts_until(cover, 0, place);
    const struct cover_part *after =
        next < cover->count ? &cover->parts[next] : NULL;
    *until = after && after->line == 0 ? after->start : UINT64_MAX;
    return next > 0 ? cover->parts[next - 1].owner : COVER_NONE;
}
