/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only IGVM files have; what other images have, too, is in mrtd/image.h.
 *
 * Documents cited below:
 *   [IGVM]    microsoft/igvm, igvm_defs/src/lib.rs (format), igvm/src/
 *             measurement/tdx.rs (MRTD), snp.rs (launch digest)
 *   [SNPABI]  AMD, SEV Secure Nested Paging Firmware ABI Specification, 56860,
 *             revision 1.58, 4.3 Guest Policy
 */
#ifndef MRTD_IGVM_H
#define MRTD_IGVM_H

#include "mrtd/image.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Most regions of one IGVM file: as many runs of pages that follow one another
 * both in memory and in the file. */
#define MRTD_MAX_IGVM_REGIONS (UINT32_C(1) << 20)

/* Most platforms of one file: one for each IGVM_PLATFORM_TYPE. */
#define MRTD_IGVM_PLATFORMS 7

/* IGVM_PLATFORM_TYPE [IGVM]. */
enum mrtd_igvm_platform_type {
    MRTD_IGVM_NATIVE = 0,
    MRTD_IGVM_VSM_ISOLATION = 1,
    MRTD_IGVM_SEV_SNP = 2,
    MRTD_IGVM_TDX = 3,
    MRTD_IGVM_SEV = 4,
    MRTD_IGVM_SEV_ES = 5,
    MRTD_IGVM_CCA = 6,
};

/* Bits of the guest policy of TDX [IGVM]. */
#define MRTD_IGVM_TDX_DEBUG           UINT64_C(0x1)
#define MRTD_IGVM_TDX_SEPT_VE_DISABLE UINT64_C(0x2)
#define MRTD_IGVM_TDX_MIGRATABLE      UINT64_C(0x4)

/* A bit of the guest policy of SEV-SNP: debugging is allowed [SNPABI]. */
#define MRTD_IGVM_SNP_DEBUG UINT64_C(0x80000)

/* IGVM_VHS_SUPPORTED_PLATFORM, and the guest policy for it. */
struct mrtd_igvm_platform {
    uint32_t mask; /* CompatibilityMask: one bit */
    uint8_t highest_vtl;
    uint8_t type; /* enum mrtd_igvm_platform_type */
    uint16_t version;
    uint64_t shared_gpa_boundary;
    int has_policy;
    uint64_t policy; /* the guest policy of the last IGVM_VHS_GUEST_POLICY */
};

enum mrtd_igvm_range_kind {
    MRTD_IGVM_RELOCATABLE, /* IGVM_VHS_RELOCATABLE_REGION */
    MRTD_IGVM_REQUIRED,    /* IGVM_VHS_REQUIRED_MEMORY */
    MRTD_IGVM_AREA,        /* IGVM_VHS_PARAMETER_AREA */
};

/* Memory that a structure describes, measured or not. */
struct mrtd_igvm_range {
    enum mrtd_igvm_range_kind kind;
    uint32_t mask;
    uint32_t area; /* index of a parameter area, whose gpa is 0 */
    uint64_t gpa;
    uint64_t size;
    uint64_t minimum; /* lowest GPA of a relocatable region */
    uint64_t maximum; /* highest GPA of a relocatable region */
};

enum mrtd_igvm_blob_kind {
    MRTD_IGVM_CORIM,           /* IGVM_VHS_CORIM_DOCUMENT */
    MRTD_IGVM_CORIM_SIGNATURE, /* IGVM_VHS_CORIM_SIGNATURE */
};

/* Bytes of the file that are for other programs, not for the loader. */
struct mrtd_igvm_blob {
    enum mrtd_igvm_blob_kind kind;
    uint32_t mask;
    uint32_t offset; /* offset of the bytes in the file */
    uint32_t size;
};

/* The numbers of pages of each treatment, for one platform. */
struct mrtd_igvm_pages {
    uint64_t measured;       /* measured, with data of the file */
    uint64_t measured_zeros; /* measured, all zeros */
    uint64_t unmeasured;     /* added, not measured */
    uint64_t shared;     /* shared with the host: neither added nor measured */
    uint64_t parameters; /* parameter areas: added, not measured */
    uint64_t other;      /* private pages that are for other platforms only */
};

/* What the headers of an IGVM file say. */
struct mrtd_igvm_info {
    uint32_t format_version; /* 1 or 2 */
    uint32_t headers_offset; /* VariableHeaderOffset */
    uint32_t headers_size;   /* VariableHeaderSize */
    uint32_t checksum;
    uint32_t platform_count;
    uint32_t range_count;
    uint32_t blob_count;
    int has_snp_digest; /* there is an IGVM_VHS_SNP_ID_BLOCK for SEV-SNP */
    uint8_t snp_digest[MRTD_DIGEST_SIZE]; /* the launch digest in
                                             IGVM_VHS_SNP_ID_BLOCK */
};

/*
 * What the headers say; NULL if the image is not an IGVM file; lives as long as
 * the handle.
 */
const struct mrtd_igvm_info *mrtd_image_igvm(const struct mrtd_image *image);

/*
 * The index-th platform, memory or document of an IGVM file, in the file's
 * order; NULL if there is none.
 */
const struct mrtd_igvm_platform *
mrtd_image_igvm_platform(const struct mrtd_image *image, uint32_t index);
const struct mrtd_igvm_range *
mrtd_image_igvm_range(const struct mrtd_image *image, uint32_t index);
const struct mrtd_igvm_blob *
mrtd_image_igvm_blob(const struct mrtd_image *image, uint32_t index);

/*
 * Is the value, of the register MRTD_REGISTER_SNP, the launch digest that the
 * file's IGVM_VHS_SNP_ID_BLOCK has? With another one the processor refuses the
 * launch. Returns MRTD_OK if it is, if the file has no ID block, or if the
 * value is another register's; otherwise MRTD_WARN_IGVM_ID_BLOCK, and fills
 * *error.
 */
enum mrtd_code mrtd_igvm_check_id_block(const struct mrtd_image *image,
                                        const struct mrtd_value *value,
                                        struct mrtd_error *error);

/* The CompatibilityMask of a platform (enum mrtd_igvm_platform_type); 0 if the
 * image is not for it. */
uint32_t mrtd_image_igvm_mask(const struct mrtd_image *image, uint32_t type);
/* Counts the pages as the platform of that CompatibilityMask takes them. */
void mrtd_image_igvm_pages(const struct mrtd_image *image, uint32_t mask,
                           struct mrtd_igvm_pages *pages);

/*
 * What IGVM calls the platform, e.g. "TDX"; NULL if it has no such platform.
 * Static.
 */
const char *mrtd_igvm_platform_name(uint32_t type);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
