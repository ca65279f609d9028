/* SPDX-License-Identifier: Apache-2.0 */
#include "report/bands.h"

#include <stdlib.h>
#include <string.h>

/* Pixels: of a band of a page or less, of each doubling, of a gap. */
#define BAND_HEIGHT    66
#define DOUBLED_HEIGHT 6
#define GAP_HEIGHT     32

struct place section_place(const struct mrtd_region *s, enum column_kind kind)
{
    return kind == COLUMN_FILE ? (struct place){s->offset, s->data_size}
                               : (struct place){s->gpa, s->size};
}

static uint64_t last_of(struct place place)
{
    return place.start + (place.size - 1);
}

/* --- Edges: where a band starts ---------------------------------------- */

struct edges {
    uint64_t *at; /* room for two of each section, and one */
    size_t count;
    uint64_t last; /* last byte of the column, inclusive */
};

static int compare_edges(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* Gathers starts and ends; the file goes to its end, memory to the last. */
static void find_edges(struct edges *edges, const struct portrait *p,
                       enum column_kind kind)
{
    const struct mrtd_image *image = p->e->image;
    const struct mrtd_region *s;
    edges->at = p->edges;
    edges->count = 0;
    edges->last = kind == COLUMN_FILE ? mrtd_image_info(image)->size - 1 : 0;
    for (uint32_t i = 0; (s = regions_at(&p->facts.regions, i)); i++) {
        struct place place = section_place(s, kind);
        if (place.size > 0) {
            edges->at[edges->count++] = place.start;
            /* At the end of 64 bits this is 0, an edge in any case. */
            edges->at[edges->count++] = last_of(place) + 1;
            if (last_of(place) > edges->last) {
                edges->last = last_of(place);
            }
        }
    }
    if (edges->count > 0 || kind == COLUMN_FILE) {
        edges->at[edges->count++] = 0;
    }
}

/* Sorts the edges; keeps each once, and none after the end. */
static void tidy_edges(struct edges *edges)
{
    size_t kept = 0;
    qsort(edges->at, edges->count, sizeof *edges->at, compare_edges);
    for (size_t i = 0; i < edges->count; i++) {
        if (edges->at[i] <= edges->last &&
            (kept == 0 || edges->at[i] != edges->at[kept - 1])) {
            edges->at[kept++] = edges->at[i];
        }
    }
    edges->count = kept;
}

/* Leaves out edges evenly until there are few enough bands. */
static bool thin_edges(struct edges *edges)
{
    size_t step = (edges->count + MAX_BANDS - 1) / MAX_BANDS;
    size_t kept = 0;
    for (size_t i = 0; i < edges->count; i += step) {
        edges->at[kept++] = edges->at[i];
    }
    edges->count = kept;
    return step > 1;
}

/* --- Bands ------------------------------------------------------------- */

/* The bytes that the band and the place have in common. */
static uint64_t common(const struct band *band, struct place place)
{
    uint64_t start = place.start > band->start ? place.start : band->start;
    uint64_t last = last_of(place) < band->last ? last_of(place) : band->last;
    return start <= last ? last - start + 1 : 0;
}

/* Counts the sections in the band, and cuts off what has none around them. */
static void fill_band(struct band *band, const struct portrait *p,
                      enum column_kind kind)
{
    const struct mrtd_region *s;
    uint64_t smallest = UINT64_MAX;
    uint64_t start = band->last;
    uint64_t last = band->start;
    for (uint32_t i = 0; (s = regions_at(&p->facts.regions, i)); i++) {
        struct place place = section_place(s, kind);
        uint64_t bytes = place.size > 0 ? common(band, place) : 0;
        if (bytes == 0) {
            continue;
        }
        band->section_count++;
        band->treated[treatment_of(&p->facts.sections[i])]++;
        band->used =
            bytes > UINT64_MAX - band->used ? UINT64_MAX : band->used + bytes;
        start = place.start < start ? place.start : start;
        last = last_of(place) > last ? last_of(place) : last;
        if (place.size < smallest) {
            smallest = place.size;
            band->section = i;
        }
    }
    if (band->section_count > 0) {
        band->start = start > band->start ? start : band->start;
        band->last = last < band->last ? last : band->last;
    }
    /* Sections that share bytes. */
    if (band->used > band->last - band->start) {
        band->used = band->last - band->start + 1;
    }
}

/* Logarithmic, so that 4 KiB can be read beside 16 MiB. */
static unsigned band_height(const struct band *band)
{
    unsigned height = BAND_HEIGHT;
    if (band->section_count == 0) {
        return GAP_HEIGHT;
    }
    for (uint64_t rest = band->used / MRTD_PAGE_SIZE; rest > 1; rest /= 2) {
        height += DOUBLED_HEIGHT;
    }
    return height;
}

static void fill_column(struct column *column, const struct portrait *p,
                        enum column_kind kind)
{
    struct edges edges;
    memset(column, 0, sizeof *column);
    column->kind = kind;
    find_edges(&edges, p, kind);
    tidy_edges(&edges);
    column->grouped = thin_edges(&edges);
    for (size_t i = 0; i < edges.count; i++) {
        struct band *band = &column->bands[column->count++];
        band->start = edges.at[i];
        band->last = i + 1 < edges.count ? edges.at[i + 1] - 1 : edges.last;
        fill_band(band, p, kind);
        band->top = column->height;
        band->height = band_height(band);
        column->height += band->height;
    }
}

struct extent column_extent(const struct column *column, struct place place)
{
    struct extent extent = {0, 0};
    for (unsigned i = 0; i < column->count; i++) {
        const struct band *band = &column->bands[i];
        if (common(band, place) > 0) {
            if (extent.bottom == 0) {
                extent.top = column->top + band->top;
            }
            extent.bottom = column->top + band->top + band->height;
        }
    }
    return extent;
}

void columns_fill(struct column *file, struct column *memory,
                  const struct portrait *p)
{
    const struct mrtd_region *s;
    long sum = 0;
    long count = 0;
    fill_column(file, p, COLUMN_FILE);
    fill_column(memory, p, COLUMN_MEMORY);
    for (uint32_t i = 0; (s = regions_at(&p->facts.regions, i)); i++) {
        struct place from = section_place(s, COLUMN_FILE);
        struct place to = section_place(s, COLUMN_MEMORY);
        if (from.size > 0 && to.size > 0) {
            struct extent a = column_extent(file, from);
            struct extent b = column_extent(memory, to);
            sum += (long)b.top + (long)b.bottom - (long)a.top - (long)a.bottom;
            count += 2;
        }
    }
    struct column *shorter = file->height < memory->height ? file : memory;
    long room = labs((long)memory->height - (long)file->height);
    long shift = count == 0 ? 0 : sum / count;
    if (shorter == memory) {
        shift = -shift;
    }
    shorter->top = (unsigned)(shift < 0 ? 0 : shift > room ? room : shift);
}
