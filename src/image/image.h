/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

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

/* Offset in the file of the index-th TDVF_SECTION. */
uint64_t image_section_offset(const struct mrtd_image *image, uint32_t index);

#endif
