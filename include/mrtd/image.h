/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a firmware file says: the regions of guest memory that it asks for,
 * whatever its format, and the TDVF metadata with the sections that it lists.
 *
 * Documents cited below:
 *   [TDSHIM]  TD-Shim specification, version 0.7, November 2023
 *             (confidential-containers/td-shim, doc/tdshim_spec.md)
 *   [OVMF]    edk2 c5aa7e7d,
 *             OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc and
 *             OvmfPkg/ResetVector/X64/IntelTdxMetadata.nasm.inc
 */
#ifndef MRTD_IMAGE_H
#define MRTD_IMAGE_H

#include "mrtd/base.h"
#include "mrtd/value.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Size of the largest image, VARS included. TDVF offsets have 32 bits. */
#define MRTD_MAX_IMAGE_SIZE (UINT64_C(1) << 32)
/* Largest number of sections of a TDVF image. Real images have 4 to 12. */
#define MRTD_MAX_SECTIONS 1024

/* TDVF_SECTION.Type, [TDSHIM] table 1.1-4. */
enum mrtd_section_type {
    MRTD_SECTION_BFV = 0,
    MRTD_SECTION_CFV = 1,
    MRTD_SECTION_TD_HOB = 2,
    MRTD_SECTION_TEMP_MEM = 3,
    MRTD_SECTION_PERM_MEM = 4,
    MRTD_SECTION_PAYLOAD = 5,
    MRTD_SECTION_PAYLOAD_PARAM = 6,
    MRTD_SECTION_TD_INFO = 7,
    MRTD_SECTION_TD_PARAMS = 8,
};

/* TDVF_SECTION.Attributes, [TDSHIM] table 1.1-3. */
#define MRTD_ATTR_MR_EXTEND UINT32_C(0x00000001)
#define MRTD_ATTR_PAGE_AUG  UINT32_C(0x00000002)

/* One TDVF_SECTION, [TDSHIM] table 1.1-2. */
struct mrtd_section {
    uint32_t data_offset;      /* DataOffset, from the image's start */
    uint32_t raw_data_size;    /* RawDataSize */
    uint64_t memory_address;   /* MemoryAddress: GPA */
    uint64_t memory_data_size; /* MemoryDataSize */
    uint32_t type;             /* Type: enum mrtd_section_type */
    uint32_t attributes;       /* Attributes: MRTD_ATTR_* */
};

/* What is in a region's memory at launch. */
enum mrtd_region_kind {
    MRTD_REGION_DATA,       /* data_size bytes of the file, then zeros */
    MRTD_REGION_PARAMETERS, /* what the VMM writes there: PARAMETER_INSERT */
};

/* What is asked for a region; without MRTD_ASKS_LATER or MRTD_ASKS_SHARED its
 * pages are there at launch, and private. */
#define MRTD_ASKS_MEASURE 0x1u
#define MRTD_ASKS_LATER   0x2u /* pages come after launch: PAGE.AUG */
#define MRTD_ASKS_SHARED  0x4u /* the host sees them, nothing measures them */

/* The bit of an enum mrtd_platform in a set of them. */
#define MRTD_PLATFORM_BIT(platform) (UINT32_C(1) << (platform))

/*
 * Memory that a file asks for, whatever its format: a TDVF_SECTION, or pages or
 * a parameter area of an IGVM file, which may be several structures that follow
 * one another in the file and in memory, and have type, attributes, mask and
 * detail in common. Regions are in the file's order. There may be a million: a
 * region has no more members than are needed.
 */
struct mrtd_region {
    uint64_t gpa;
    uint64_t size;
    uint32_t offset; /* offset of the data, from the image's start */
    uint32_t data_size;
    uint32_t field; /* offset in the file of the (first) structure */
    /*
     * The file's own numbers: Type and Attributes of a TDVF_SECTION; type and
     * Flags of an IGVM structure. The next two are 0 in a TDVF image.
     */
    uint32_t type;
    uint32_t attributes;
    uint32_t mask; /* CompatibilityMask of an IGVM structure */
    /* DataType of a PAGE_DATA, ParameterAreaIndex of a PARAMETER_INSERT. */
    uint32_t detail;
    uint16_t
        platforms; /* a set of MRTD_PLATFORM_BIT(); 0: platforms unknown here */
    uint8_t kind;  /* enum mrtd_region_kind */
    uint8_t asks;  /* a sum of MRTD_ASKS_* */
};

/* How the TDVF_DESCRIPTOR was found. */
enum mrtd_locator {
    /* An entry of the GUIDed table at the image's end [OVMF]. */
    MRTD_LOCATOR_GUID_TABLE,
    /* The 32-bit offset 0x20 before the end [TDSHIM]. */
    MRTD_LOCATOR_OFFSET,
    /* No descriptor: it is an IGVM file, whose fixed header is at 0. */
    MRTD_LOCATOR_IGVM,
};

/* One entry of the GUIDed table. */
struct mrtd_guid_entry {
    char guid[37];    /* text form, lower case, with its NUL */
    const char *name; /* name of the GUID, or NULL if unknown; static */
    uint64_t offset;  /* offset of the entry's data */
    uint16_t size;    /* size of the entry's data, without length and GUID */
};

struct mrtd_image_info {
    uint64_t size;
    enum mrtd_locator locator;
    uint64_t pointer_offset;    /* offset of the 32-bit field that points to the
                                   TDVF_DESCRIPTOR */
    uint64_t descriptor_offset; /* offset of the TDVF_DESCRIPTOR */
    /* The largest DataOffset + RawDataSize: the size of the whole image
     * where its last byte is a section's, as in OVMF and td-shim. */
    uint64_t data_end;
    /* With MRTD_WITHOUT_VARS: bytes that are missing in front of the file. */
    uint64_t missing_vars;
    uint32_t section_count; /* number of TDVF_SECTIONs; 0 in an IGVM file */
    uint32_t region_count;  /* number of regions; in a TDVF image one for each
                               section */
    uint32_t
        guid_count; /* number of entries of the GUIDed table; 0: no table */
    uint32_t finding_count;
};

struct mrtd_image; /* opaque */

/*
 * For mrtd_image_open(): four refusals become warnings, and the plan follows
 * the VMM's formula: reserved attribute bits, PAGE.AUG together with
 * MR.EXTEND, GPA past 2^51 that does not wrap, overlapping sections.
 */
#define MRTD_PERMISSIVE 0x1u

/*
 * For mrtd_image_open(): takes the CODE part of a split image for the whole of
 * it. The VARS part is missing; the plan has zeros instead, which is without
 * effect on the MRTD unless it is measured.
 */
#define MRTD_WITHOUT_VARS 0x2u

/*
 * For mrtd_image_open(), at most one of these: says which format is meant, as
 * the publisher of the file knows it. Without, a file that can be read in two
 * ways is refused with MRTD_ERR_AMBIGUOUS_FORMAT.
 *
 * MRTD_FORMAT_TDVF: a TDVF image, whatever is at offset 0; its metadata is
 * found as VMMs find it, by the GUIDed table first. MRTD_FORMAT_IGVM: an IGVM
 * file, whatever is at its end.
 */
#define MRTD_FORMAT_TDVF 0x4u
#define MRTD_FORMAT_IGVM 0x8u

/*
 * Locates, decodes and checks the metadata of source. flags is 0 or a sum of
 * MRTD_PERMISSIVE, MRTD_WITHOUT_VARS and one MRTD_FORMAT_*. On success *image
 * is a new handle, to be freed with mrtd_image_free(). On failure returns the
 * error's code, fills *error, and leaves *image as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_image_open(struct mrtd_image **image,
                                             const struct mrtd_source *source,
                                             unsigned flags,
                                             struct mrtd_error *error);

/* Frees the handle; NULL is allowed. */
void mrtd_image_free(struct mrtd_image *image);

/* What was found; lives as long as the handle. */
const struct mrtd_image_info *mrtd_image_info(const struct mrtd_image *image);

/*
 * The index-th region, section, GUIDed table entry (nearest the end first) or
 * warning; NULL if there is none. All live as long as the handle. A TDVF
 * image's region and section of one index are the same.
 */
const struct mrtd_region *mrtd_image_region(const struct mrtd_image *image,
                                            uint32_t index);
const struct mrtd_section *mrtd_image_section(const struct mrtd_image *image,
                                              uint32_t index);
const struct mrtd_guid_entry *
mrtd_image_guid_entry(const struct mrtd_image *image, uint32_t index);
const struct mrtd_finding *mrtd_image_finding(const struct mrtd_image *image,
                                              uint32_t index);

/* The specification's name of a section type; NULL if there is none. */
const char *mrtd_section_type_name(uint32_t type);
/*
 * What a region is called: its section type's name, or for IGVM "pages", "zero
 * pages", "shared pages" or "parameters"; NULL if its type is unknown. Static.
 */
const char *mrtd_region_name(const struct mrtd_region *region);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
