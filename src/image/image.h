/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>

#include "base/findings.h"
#include "image/guid_table.h"
#include "mrtd.h"

/* The x86 reset vector, where a virtual CPU starts unless its registers say
 * otherwise, as each of a TD does: the last 16 bytes below 4 GiB. */
#define RESET_VECTOR UINT64_C(0xfffffff0)

/* For image_decode(), beside MRTD_PERMISSIVE. */
/* Makes every broken rule a finding, and keeps the first refusal. */
#define IMAGE_COLLECT 0x100u
/* Finds the metadata by the 32-bit offset only, wherever it points. */
#define IMAGE_BY_OFFSET 0x200u

/* Room for an array with the platforms as its indices. */
#define IMAGE_PLATFORMS (MRTD_PLATFORM_SEV + 1)

/* What the TDVF_DESCRIPTOR says. */
struct tdvf_header {
    uint32_t length;
    uint32_t version;
    uint32_t count;
};

struct igvm;
struct sev;

/* A decoded image. Built by mrtd_image_open(), constant afterwards. */
struct mrtd_image {
    struct mrtd_source source;
    unsigned flags;
    struct mrtd_image_info info;
    struct guid_table table;
    /* The table's entry that leads to the TDX metadata; NULL: none does. */
    const struct mrtd_guid_entry *tdx_entry;
    struct mrtd_section *sections; /* info.section_count sections */
    struct mrtd_region *regions;   /* info.region_count regions */
    struct tdvf_header header;
    struct igvm *igvm; /* NULL: a flat image */
    struct sev *sev;   /* NULL: the image says nothing for SEV */
    struct findings findings;
    struct mrtd_error
        refusal; /* the first refusal with IMAGE_COLLECT; else MRTD_OK */
    /* Why it cannot be launched on a platform; MRTD_OK: it can. */
    struct mrtd_error refusals[IMAGE_PLATFORMS];
};

/*
 * Where data that the metadata has at this offset starts in the source. False
 * if it is in the missing VARS part of a split image.
 */
bool image_data_offset(const struct mrtd_image *image, uint64_t data_offset,
                       uint64_t *offset);
/* A new image of the source, of which nothing is decoded yet. */
enum mrtd_code image_new(struct mrtd_image **image,
                         const struct mrtd_source *source, unsigned flags,
                         struct mrtd_error *error);

/*
 * Locates, decodes and checks the metadata. After a failure the image holds
 * what could be decoded before.
 */
enum mrtd_code image_decode(struct mrtd_image *image, struct mrtd_error *error);

/* Offset in the file of the index-th TDVF_SECTION. */
uint64_t image_section_offset(const struct mrtd_image *image, uint32_t index);

#endif
