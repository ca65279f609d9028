/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flat firmware image says for SEV, SEV-ES and SEV-SNP: entries of its
 * GUIDed table, and the SEV metadata that one of them leads to.
 *
 * Documents cited below:
 *   [OVMF]    edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc and
 *             OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm
 */
#ifndef MRTD_SEV_H
#define MRTD_SEV_H

#include "mrtd/image.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Largest number of sections of SEV metadata. Real images have 4 to 8. */
#define MRTD_MAX_SEV_SECTIONS 1024

/* Types of sections [OVMF]. */
enum mrtd_sev_section_type {
    MRTD_SEV_SNP_SEC_MEM = 1,          /* memory that the VMM validates */
    MRTD_SEV_SNP_SECRETS = 2,          /* the secrets page */
    MRTD_SEV_CPUID = 3,                /* the CPUID page */
    MRTD_SEV_SVSM_CAA = 4,             /* the SVSM calling area */
    MRTD_SEV_SNP_KERNEL_HASHES = 0x10, /* the page of the kernel's hashes */
};

/* One section of the SEV metadata [OVMF]. */
struct mrtd_sev_section {
    uint32_t gpa;
    uint32_t size;
    uint32_t type;  /* enum mrtd_sev_section_type */
    uint64_t field; /* offset of the section in the file */
};

/* What an image says for SEV; an offset is MRTD_NO_OFFSET where the image does
 * not have the thing. */
struct mrtd_sev_info {
    uint64_t metadata_offset; /* offset of the SEV metadata */
    uint32_t section_count;
    /* The SEV-ES reset block: where other processors than the first start. */
    uint64_t reset_offset;
    uint32_t reset_address;
    /* The SEV hash table: memory for the hashes of kernel, initrd and command
     * line; hash_table_gpa 0: the firmware does not check them. */
    uint64_t hash_table_offset;
    uint32_t hash_table_gpa;
    uint32_t hash_table_size;
    /* The SVSM's entry point, from the start of its image. */
    uint64_t svsm_offset;
    uint32_t svsm_entry;
};

/*
 * What the image says for SEV; NULL if it is not a flat image, or says nothing
 * for SEV, or what it says is refused: mrtd_image_refusal(). Lives as long as
 * the handle.
 */
const struct mrtd_sev_info *mrtd_image_sev(const struct mrtd_image *image);
/* The index-th section, NULL after the last; lives as long as the handle. */
const struct mrtd_sev_section *
mrtd_image_sev_section(const struct mrtd_image *image, uint32_t index);

/* The name of a section type [OVMF], e.g. "SNP_SEC_MEM"; NULL if unknown. */
const char *mrtd_sev_section_type_name(uint32_t type);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
