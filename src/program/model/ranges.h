/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of bytes in which two images differ. */
#ifndef MODEL_RANGES_H
#define MODEL_RANGES_H

#include "model/side.h"

/* Differences nearer than this are one range: the bytes of a TDH.MR.EXTEND. */
#define RANGE_GAP MRTD_CHUNK_SIZE
/* Further ranges are counted, not kept. */
#define RANGES_MAX 65536

struct range {
    uint64_t offset[2]; /* offset in image a, and in image b */
    uint64_t size;
    uint64_t differing; /* number of bytes of the range that differ */
    uint32_t section;   /* index of the section, or MRTD_NO_REGION */
    uint64_t gpa[2];    /* GPA in each image, where the range is in a section */
    bool measured;
    int only;       /* 0 or 1: only this image has bytes there; -1: both have */
    bool metadata;  /* the range touches a's TDX or SEV metadata */
    uint32_t first; /* module of a that has the first byte, or VOLUME_NONE */
    uint32_t last;  /* module of a that has the last byte, or VOLUME_NONE */
    uint32_t volume; /* volume of a that has the range, or VOLUME_NONE */
};

struct ranges {
    struct range *items;
    uint32_t kept;  /* number of ranges in items */
    uint64_t count; /* number of all ranges, kept or not */
    uint64_t bytes; /* number of bytes of both images that differ */
    bool whole;     /* bytes outside of all sections were compared, too */
    bool failed;    /* memory is short */
    /* Bytes of sections that were compared for another section already, at the
     * same places of both images: what differs is listed there. */
    uint64_t shared;
    /* Bytes of sections that were not compared, since the sections overlap. */
    uint64_t skipped;
    struct cover places[2]; /* each byte's first section */
};

/* Is the section measured, in either image? */
bool ranges_measured(const struct facts *a, const struct facts *b,
                     uint32_t section);

/* The first section of the side, 0 or 1, that has the byte of an image in which
 * there are modules; or MRTD_NO_REGION. */
uint32_t ranges_section_at(const struct ranges *ranges, unsigned side,
                           uint64_t offset);

/*
 * Compares the two images, section by section, then the rest; what is measured
 * comes first in the list. Sections may overlap in the files: no pair of bytes
 * is compared twice, and no more bytes than both files have. A range ends where
 * what is hashed of either image on another platform (reach) begins or ends,
 * unless the bytes on both sides of that differ. On failure *ranges holds
 * nothing; otherwise free it with ranges_free().
 */
enum exit_status ranges_find(const struct side *a, const struct side *b,
                             const struct cover reach[2], struct ranges *ranges,
                             struct failure *failure);
void ranges_free(struct ranges *ranges);

#endif
