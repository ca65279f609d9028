/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flat image says for SEV: entries of its GUIDed table, and the SEV
 * metadata. Layouts: edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc
 * and OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm.
 */
#ifndef IMAGE_SEV_METADATA_H
#define IMAGE_SEV_METADATA_H

#include "image/image.h"

/* Entries of the GUIDed table. */
#define SEV_METADATA_GUID "dc886566-984a-4798-a75e-5585a7bf67cc"
#define SEV_RESET_GUID    "00f771de-1a7e-4fcb-890e-68c77e2fb44e"

/* OVMF_SEV_METADATA */
#define SEV_SIGNATURE          0
#define SEV_LENGTH             4
#define SEV_VERSION            8
#define SEV_NUMBER_OF_SECTIONS 12
#define SEV_DESCRIPTOR_SIZE    16

/* OVMF_SEV_METADATA_SECTION */
#define SEV_BASE         0
#define SEV_SIZE         4
#define SEV_TYPE         8
#define SEV_SECTION_SIZE 12

/* The end of guest-physical addresses that a flat image can name. */
#define SEV_GPA_END (UINT64_C(1) << 32)

/* What a flat image has for SEV. */
struct sev {
    struct mrtd_sev_info info;
    struct mrtd_sev_section *sections; /* info.section_count of them */
    /* Index of the region that is the whole file; the sections' follow. */
    uint32_t first_region;
};

/*
 * Decodes what the image, whose GUIDed table has been read, says for SEV, into
 * image->sev, which stays NULL where it says nothing, or what is refused, and
 * adds its regions.
 */
enum mrtd_code sev_decode(struct mrtd_image *image, struct mrtd_error *error);

/* Adds the regions of what was decoded. */
enum mrtd_code sev_add_regions(struct mrtd_image *image,
                               struct mrtd_error *error);
void sev_free(struct sev *sev);

#endif
