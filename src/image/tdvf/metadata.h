/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TDVF metadata: where it is and what it says. Layouts: TD-Shim specification
 * 0.7, "TD Shim Metadata", tables 1.1-1 and 1.1-2.
 */
#ifndef IMAGE_TDVF_METADATA_H
#define IMAGE_TDVF_METADATA_H

#include "image/image.h"

/* TDVF_DESCRIPTOR */
#define TDVF_SIGNATURE_BYTES                                                   \
    {                                                                          \
        'T', 'D', 'V', 'F'                                                     \
    }
#define TDVF_SIGNATURE          0
#define TDVF_LENGTH             4
#define TDVF_VERSION            8
#define TDVF_NUMBER_OF_SECTIONS 12
#define TDVF_DESCRIPTOR_SIZE    16

/* TDVF_SECTION */
#define TDVF_DATA_OFFSET      0
#define TDVF_RAW_DATA_SIZE    4
#define TDVF_MEMORY_ADDRESS   8
#define TDVF_MEMORY_DATA_SIZE 16
#define TDVF_TYPE             24
#define TDVF_ATTRIBUTES       28
#define TDVF_SECTION_SIZE     32

/*
 * Is there anything by which a VMM could find TDX metadata in source, whether
 * they decode or not? Then found->code is not MRTD_OK, and its offset and
 * message say what.
 */
enum mrtd_code tdvf_find(const struct mrtd_source *source,
                         struct mrtd_error *found, struct mrtd_error *error);

/*
 * Finds the descriptor of image->source, whose GUIDed table has been read, and
 * fills the locator's fields of image->info.
 */
enum mrtd_code tdvf_locate(struct mrtd_image *image, struct mrtd_error *error);

/*@ requires \valid(image) && \valid_read(what);
    assigns image->findings, image->findings.items[0 .. image->findings.count];
@*/
/* Adds a warning about the whole image. */
void tdvf_warn(struct mrtd_image *image, const struct mrtd_error *what);

/* Decodes the descriptor and sections found by tdvf_locate(). */
enum mrtd_code tdvf_decode(struct mrtd_image *image, struct mrtd_error *error);

#endif
