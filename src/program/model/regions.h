/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The regions of an image that a platform's launch is about: those of a flat
 * image that are for the platform, and all of an IGVM file, which lists what is
 * for whom. They follow one another in the image, and are numbered from 0 as
 * the sections that reports show.
 */
#ifndef MODEL_REGIONS_H
#define MODEL_REGIONS_H

#include "mrtd.h"

struct regions {
    const struct mrtd_image *image;
    uint32_t first; /* the image's index of the first */
    uint32_t count;
};

struct regions regions_of(const struct mrtd_image *image,
                          enum mrtd_platform platform);

/* The index-th of them; NULL after the last. */
const struct mrtd_region *regions_at(const struct regions *regions,
                                     uint32_t index);

#endif
