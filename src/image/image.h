/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>

#include "base/findings.h"
#include "image/guid_table.h"
#include "mrtd.h"

/* A decoded image. Built by mrtd_image_open(), constant afterwards. */
struct mrtd_image {
    struct mrtd_source source;
    unsigned flags;
    struct mrtd_image_info info;
    struct guid_table table;
    struct mrtd_section *sections; /* info.section_count of them */
    struct findings findings;
};

/*
 * Where the section's data starts in the source. False if it is in the missing
 * VARS part of a split image.
 */
bool image_data_offset(const struct mrtd_image *image,
                       const struct mrtd_section *section, uint64_t *offset);

/* Offset in the file of the index-th TDVF_SECTION. */
uint64_t image_section_offset(const struct mrtd_image *image, uint32_t index);

#endif
