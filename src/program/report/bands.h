/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things are in the picture of an image: a column for the file and one
 * for guest-physical memory, each cut into bands where a section starts or
 * ends. No drawing here.
 */
#ifndef REPORT_BANDS_H
#define REPORT_BANDS_H

#include "model/portrait.h"
#include "report/words.h"

/* Where there would be more bands, neighbours are made one. */
#define MAX_BANDS 64

struct band {
    uint64_t start;
    uint64_t last;          /* inclusive: it may be 2^64 - 1 */
    uint64_t used;          /* bytes of the band that belong to sections */
    uint32_t section_count; /* 0: a gap */
    uint32_t section;       /* the smallest index of its sections */
    uint32_t treated[TREATED_MEASURED + 1]; /* sections by treatment */
    unsigned top;                           /* in pixels, as height */
    unsigned height;
};

enum column_kind {
    COLUMN_FILE,
    COLUMN_MEMORY,
};

struct column {
    enum column_kind kind;
    struct band bands[MAX_BANDS];
    unsigned count;
    unsigned top;
    unsigned height;
    bool grouped; /* several bands were made one */
};

/* A section's bytes in the file or in memory. */
struct place {
    uint64_t start;
    uint64_t size; /* 0: none */
};

struct place section_place(const struct mrtd_region *s, enum column_kind kind);

/*
 * Fills both columns; the shorter one is placed so that the lines between the
 * two places of a section are level on average.
 */
void columns_fill(struct column *file, struct column *memory,
                  const struct portrait *p);

/* The first and last pixel of a section's place, which is not empty. */
struct extent {
    unsigned top;
    unsigned bottom;
};

struct extent column_extent(const struct column *column, struct place place);

#endif
