/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmrtd: the launch measurement of confidential-VM firmware.
 *
 * The library turns bytes into three things, one after the other:
 *
 *   image        what a firmware file says: TDVF metadata and its sections
 *   launch plan  what a VMM does with it before the guest's first instruction:
 *                an ordered list of runs of pages, added and/or extended
 *   measurement  what the TDX module makes of the plan: MRTD
 *
 * It does no input or output, prints nothing, never exits, and keeps no state
 * of its own: calls on distinct handles may run in parallel, and one handle may
 * be read from several threads. Input is untrusted: every byte of it is read
 * with bounds checks, and no allocation follows a claim of the input that was
 * not checked against the bytes present and a named limit.
 *
 * Conventions. A null pointer is never followed:
 *   - a name that is NULL is nobody's: NULL or 0 is the answer
 *     (mrtd_engine_force() takes it for the defaults);
 *   - a handle that is NULL is empty: to free it does nothing, and what is
 *     looked up in it is NULL (mrtd_profile_launches(): 0);
 *   - a function that returns a code fails with MRTD_ERR_ARGUMENT where what it
 *     reads or the place of its result is NULL. These may be NULL, and mean
 *     what is said with them: error, options, observer, a profile, a payload,
 *     and the members of an observer;
 *   - mrtd_evidence_detect(), mrtd_engine_at() and mrtd_hex_decode() return 0,
 *     and functions that return nothing do nothing, where an argument is NULL.
 *     mrtd_measure_many() says of a plan that is NULL that it is.
 * An index past the last is NULL, or 0. On failure outputs are as they were.
 *
 * All sizes and offsets are in bytes unless a name says otherwise. Integers of
 * the file formats are little-endian and are converted here.
 *
 * Documents cited below:
 *   [TDSHIM]  TD-Shim specification, version 0.7, November 2023
 *             (confidential-containers/td-shim, doc/tdshim_spec.md)
 *   [TDXMOD]  Intel TDX Module source code (intel/tdx-module):
 *             tdh_mem_page_add.c, tdh_mr_extend.c, tdh_mr_finalize.c
 *   [DCAP]    Intel TDX DCAP Quoting Library API, appendix A: TDX quote formats
 *   [IGVM]    microsoft/igvm, igvm_defs/src/lib.rs (format), igvm/src/
 *             measurement/tdx.rs (MRTD)
 *   [OVMF]    edk2 c5aa7e7d,
 *             OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.nasm.inc and
 *             OvmfPkg/ResetVector/X64/IntelTdxMetadata.nasm.inc
 */
#ifndef MRTD_H
#define MRTD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header; mrtd_version() says the library's. */
#define MRTD_VERSION_MAJOR 0
#define MRTD_VERSION_MINOR 1
#define MRTD_VERSION_PATCH 0
/* For comparisons: 0x000100 is 0.1.0. */
#define MRTD_VERSION_HEX                                                       \
    (MRTD_VERSION_MAJOR << 16 | MRTD_VERSION_MINOR << 8 | MRTD_VERSION_PATCH)

/* The result of such a function says whether there is another result. */
#ifdef __GNUC__
#define MRTD_MUST_USE __attribute__((warn_unused_result))
#pragma GCC visibility push(default)
#else
#define MRTD_MUST_USE
#endif

/* Size of an MRTD: one SHA-384 value. */
#define MRTD_DIGEST_SIZE 48
/* Size of a buffer for an MRTD in hexadecimal, with its NUL. */
#define MRTD_HEX_SIZE (2 * MRTD_DIGEST_SIZE + 1)
/* The page size of TDH.MEM.PAGE.ADD (level 4 KiB only, [TDXMOD]). */
#define MRTD_PAGE_SIZE 4096
/* The chunk of one TDH.MR.EXTEND [TDXMOD]. */
#define MRTD_CHUNK_SIZE 256

/* Largest image, VARS included. TDVF offsets are 32 bits wide. */
#define MRTD_MAX_IMAGE_SIZE (UINT64_C(1) << 32)
/* Most sections of one TDVF image. Real images have 4 to 12. */
#define MRTD_MAX_SECTIONS 1024
/* Most sections of one IGVM file: as many runs of pages that follow one another
 * both in memory and in the file. */
#define MRTD_MAX_IGVM_SECTIONS (UINT32_C(1) << 20)
/*
 * Default limit of a plan's hashed_bytes: 16 GiB, that is 512 GiB of memory
 * that is only added, or 10 GiB that is measured. Guards against files that
 * claim terabytes.
 */
#define MRTD_DEFAULT_LIMIT (UINT64_C(1) << 34)

/* Says "no offset" in struct mrtd_error and struct mrtd_finding. */
#define MRTD_NO_OFFSET UINT64_MAX
/* Says "no section" in struct mrtd_finding. */
#define MRTD_NO_SECTION UINT32_MAX

/*
 * What can be said about an input; mrtd/codes.def is the list. Each code has a
 * number and a name in kebab-case, which stay, and a class, which is what
 * follows from it; docs/messages.md explains each name. A refusal that is
 * lifted (MRTD_PERMISSIVE; MRTD_ERR_VMM_CONTENT where a profile's rule gives a
 * value all the same) keeps its code as a warning.
 */
enum mrtd_code {
#define MRTD_CODE(code, number, name, its_class) code = (number),
#include "mrtd/codes.def"
#undef MRTD_CODE
};

/* What follows from a code where nothing lifts it. */
enum mrtd_code_class {
    MRTD_CLASS_DONE,    /* MRTD_OK */
    MRTD_CLASS_FAULT,   /* failed, and not for the input's sake */
    MRTD_CLASS_REFUSED, /* the input is refused */
    MRTD_CLASS_WARNING, /* forbidden by the specification, yet launchable */
    MRTD_CLASS_NOTE,    /* worth knowing when a value does not match */
    MRTD_CLASS_RULE,    /* a loader's rule, which only mrtd_lint() tells */
};

/*
 * What went wrong. Filled on failure by the innermost function that knows the
 * field; on success left alone. Where a function takes a pointer to one, it may
 * be NULL.
 */
struct mrtd_error {
    enum mrtd_code code;
    /* Offset in the image of the field at fault, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
};

enum mrtd_severity {
    MRTD_NOTE,
    MRTD_WARNING,
};

/* Something worth saying about an input that was accepted. */
struct mrtd_finding {
    enum mrtd_code code;
    enum mrtd_severity severity;
    /* Index of the section it is about, or MRTD_NO_SECTION. */
    uint32_t section;
    /* Offset in the image of the field, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
};

/*
 * Reads len bytes at offset into buffer; the library never asks for bytes past
 * the source's size. Returns 0, or anything else for failure (a file that has
 * shrunk since its size was taken is one). Called from the calling thread only.
 */
typedef int mrtd_read_fn(void *context, uint64_t offset, void *buffer,
                         size_t len);

/*
 * Where the bytes of an image or payload are. Either data points to size bytes
 * in memory, or data is NULL and read fetches them. The source and what it
 * points to stay the caller's and must outlive every handle made from it.
 */
struct mrtd_source {
    uint64_t size;
    const void *data;
    mrtd_read_fn *read;
    void *context;
};

/* --- Image ------------------------------------------------------------- */

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
    /* Of IGVM files; these are not in any file. */
    MRTD_SECTION_IGVM_PAGES = 0x100, /* PAGE_DATA with file data */
    MRTD_SECTION_IGVM_ZEROS,         /* PAGE_DATA without: zeros */
    MRTD_SECTION_IGVM_PARAMETERS,    /* PARAMETER_INSERT */
};

/* TDVF_SECTION.Attributes, [TDSHIM] table 1.1-3. */
#define MRTD_ATTR_MR_EXTEND UINT32_C(0x00000001)
#define MRTD_ATTR_PAGE_AUG  UINT32_C(0x00000002)
/* Only of IGVM files' sections, and not in any file: pages that are not of the
 * TDX platform. MRTD_ATTR_MR_EXTEND says there that they are measured. */
#define MRTD_ATTR_IGVM_OTHER UINT32_C(0x00000100)

/* One TDVF_SECTION, [TDSHIM] table 1.1-2. */
struct mrtd_section {
    uint32_t data_offset;      /* DataOffset, from the image's start */
    uint32_t raw_data_size;    /* RawDataSize */
    uint64_t memory_address;   /* MemoryAddress: GPA */
    uint64_t memory_data_size; /* MemoryDataSize */
    uint32_t type;             /* Type: enum mrtd_section_type */
    uint32_t attributes;       /* Attributes: MRTD_ATTR_* */
};

/* How the TDVF_DESCRIPTOR was found. */
enum mrtd_locator {
    /* An entry of the GUIDed table at the image's end [OVMF]. */
    MRTD_LOCATOR_GUID_TABLE,
    /* The 32-bit offset 0x20 before the end [TDSHIM]. */
    MRTD_LOCATOR_OFFSET,
    /* It is an IGVM file, which has none; the fixed header is at 0. */
    MRTD_LOCATOR_IGVM,
};

/* One entry of the GUIDed table. */
struct mrtd_guid_entry {
    char guid[37];    /* text form, lower case, with its NUL */
    const char *name; /* what it is, or NULL if unknown; static */
    uint64_t offset;  /* of its data */
    uint16_t size;    /* of its data, without length and GUID */
};

struct mrtd_image_info {
    uint64_t size;
    enum mrtd_locator locator;
    uint64_t pointer_offset;    /* of the 32-bit field that led there */
    uint64_t descriptor_offset; /* of the TDVF_DESCRIPTOR */
    /* The largest DataOffset + RawDataSize: the size of the whole image
     * where its last byte is a section's, as in OVMF and td-shim. */
    uint64_t data_end;
    /* With MRTD_WITHOUT_VARS: bytes that are missing in front of the file. */
    uint64_t missing_vars;
    uint32_t section_count;
    uint32_t guid_count; /* entries of the GUIDed table; 0: no table */
    uint32_t finding_count;
};

struct mrtd_image; /* opaque */

/*
 * For mrtd_image_open(): four refusals become warnings, and the plan follows
 * the profile's formula: reserved attribute bits, PAGE.AUG together with
 * MR.EXTEND, GPA past 2^51 that does not wrap, overlapping sections.
 */
#define MRTD_PERMISSIVE 0x1u

/*
 * For mrtd_image_open(): takes the CODE part of a split image for the whole of
 * it. The VARS part is missing; the plan has zeros in its place, which is
 * without effect on the MRTD unless it is measured.
 */
#define MRTD_WITHOUT_VARS 0x2u

/*
 * For mrtd_image_open(), at most one of these: says which format is meant, as
 * the publisher of the file knows it. Without, a file that can be read in two
 * ways is refused with MRTD_ERR_AMBIGUOUS_FORMAT.
 *
 * MRTD_FORMAT_TDVF: a TDVF image, whatever is at offset 0; its metadata are
 * found as VMMs find them, by the GUIDed table first. MRTD_FORMAT_IGVM: an IGVM
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
 * The index-th section, GUIDed table entry (nearest the end first) or warning;
 * NULL if there is none. All live as long as the handle.
 */
const struct mrtd_section *mrtd_image_section(const struct mrtd_image *image,
                                              uint32_t index);
const struct mrtd_guid_entry *
mrtd_image_guid_entry(const struct mrtd_image *image, uint32_t index);
const struct mrtd_finding *mrtd_image_finding(const struct mrtd_image *image,
                                              uint32_t index);

/* --- IGVM ---------------------------------------------------------------- */

/* One for each IGVM_PLATFORM_TYPE. */
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

/* IGVM_VHS_SUPPORTED_PLATFORM, and the guest policy for it. */
struct mrtd_igvm_platform {
    uint32_t mask; /* CompatibilityMask: one bit */
    uint8_t highest_vtl;
    uint8_t type; /* enum mrtd_igvm_platform_type */
    uint16_t version;
    uint64_t shared_gpa_boundary;
    int has_policy;
    uint64_t policy; /* of IGVM_VHS_GUEST_POLICY, the last one */
};

enum mrtd_igvm_range_kind {
    MRTD_IGVM_RELOCATABLE, /* IGVM_VHS_RELOCATABLE_REGION */
    MRTD_IGVM_REQUIRED,    /* IGVM_VHS_REQUIRED_MEMORY */
    MRTD_IGVM_AREA,        /* IGVM_VHS_PARAMETER_AREA; gpa is its index */
};

/* Memory that a structure tells of, measured or not. */
struct mrtd_igvm_range {
    enum mrtd_igvm_range_kind kind;
    uint32_t mask;
    uint64_t gpa;
    uint64_t size;
    uint64_t minimum; /* of a relocatable region: its lowest and */
    uint64_t maximum; /* highest GPA */
};

enum mrtd_igvm_blob_kind {
    MRTD_IGVM_CORIM,           /* IGVM_VHS_CORIM_DOCUMENT */
    MRTD_IGVM_CORIM_SIGNATURE, /* IGVM_VHS_CORIM_SIGNATURE */
};

/* Bytes that the file carries for others. */
struct mrtd_igvm_blob {
    enum mrtd_igvm_blob_kind kind;
    uint32_t mask;
    uint32_t offset; /* in the file */
    uint32_t size;
};

/* Of an IGVM file. Pages are those of the TDX platform. */
struct mrtd_igvm_info {
    uint32_t format_version; /* 1 or 2 */
    uint32_t headers_offset; /* VariableHeaderOffset */
    uint32_t headers_size;   /* VariableHeaderSize */
    uint32_t checksum;
    uint32_t tdx_mask; /* CompatibilityMask of TDX */
    uint32_t platform_count;
    uint32_t range_count;
    uint32_t blob_count;
    uint64_t measured_pages;      /* with file data */
    uint64_t measured_zero_pages; /* without */
    uint64_t unmeasured_pages;    /* added only */
    uint64_t shared_pages;        /* not even added */
    uint64_t parameter_pages;     /* added only */
    uint64_t other_pages;         /* of other platforms only */
    int has_snp_digest;           /* there is an IGVM_VHS_SNP_ID_BLOCK */
    uint8_t snp_digest[MRTD_DIGEST_SIZE]; /* its launch digest */
};

/* NULL if the image is not an IGVM file; lives as long as the handle. */
const struct mrtd_igvm_info *mrtd_image_igvm(const struct mrtd_image *image);

/* The index-th of an IGVM file, in the file's order; NULL if there is none. */
const struct mrtd_igvm_platform *
mrtd_image_igvm_platform(const struct mrtd_image *image, uint32_t index);
const struct mrtd_igvm_range *
mrtd_image_igvm_range(const struct mrtd_image *image, uint32_t index);
const struct mrtd_igvm_blob *
mrtd_image_igvm_blob(const struct mrtd_image *image, uint32_t index);

/* "TDX": what IGVM calls the platform; NULL if it is none. Static. */
const char *mrtd_igvm_platform_name(uint32_t type);

/* --- Loaders ------------------------------------------------------------- */

/*
 * The rules by which some software accepts an image or refuses it. Several
 * loaders may launch by the plan of one profile.
 */
struct mrtd_loader {
    const char *name;     /* e.g. "qemu" */
    const char *software; /* which software, with versions */
    const char *source;   /* where its rules are known from */
    const char *profile;  /* name of the profile whose plan it makes, or NULL:
                             it launches nothing */
};

/* The index-th loader, NULL after the last. */
const struct mrtd_loader *mrtd_loader_at(size_t index);
/* The loader of that name, or NULL. */
const struct mrtd_loader *mrtd_loader_find(const char *name);

/* What a loader makes of an image. */
enum mrtd_verdict {
    MRTD_LOADS,        /* no rule of its is broken */
    MRTD_UNDEFINED,    /* what it does is undefined */
    MRTD_REFUSES,      /* it ends with an error, or crashes */
    MRTD_NOT_FOR_IT,   /* td-shim: the 32-bit offset leads to no metadata */
    MRTD_DOES_NOT_RUN, /* it loads, but the TD does not start its code */
};

/* What follows for a loader from a broken rule. */
enum mrtd_effect {
    MRTD_EFFECT_NOTE,      /* nothing by itself */
    MRTD_EFFECT_DIFFERS,   /* its MRTD is not the specification's */
    MRTD_EFFECT_UNDEFINED, /* the verdict is MRTD_UNDEFINED */
    MRTD_EFFECT_REFUSED,   /* the verdict is MRTD_REFUSES */
    MRTD_EFFECT_STOPS,     /* the verdict is MRTD_DOES_NOT_RUN */
};

/* A rule of a loader that an image breaks. */
struct mrtd_lint_finding {
    enum mrtd_code code;
    enum mrtd_effect effect;
    /* Index of the section it is about, or MRTD_NO_SECTION. */
    uint32_t section;
    /* Offset in the image of the field, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
    /* What the software itself prints, as its source has it; empty where it
     * prints nothing, or what it prints is not known. */
    char says[256];
};

struct mrtd_lint_info {
    const struct mrtd_loader *loader;
    enum mrtd_verdict verdict;
    uint32_t finding_count;
};

struct mrtd_lint; /* opaque */

/*
 * Holds source against the rules of a loader, also where mrtd_image_open()
 * refuses it. On success *lint is a new handle, to be freed with
 * mrtd_lint_free(). Fails where no rule of the loader is known to be broken,
 * and yet mrtd_image_open() refuses the image with MRTD_PERMISSIVE: what this
 * loader does then is not known here. A file that begins as an IGVM file and
 * has TDX metadata, too, is the TDVF image that these loaders take it for. On
 * failure returns the error's code, fills *error, and leaves *lint as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_lint(struct mrtd_lint **lint,
                                       const struct mrtd_source *source,
                                       const struct mrtd_loader *loader,
                                       struct mrtd_error *error);

/* Frees the handle; NULL is allowed. */
void mrtd_lint_free(struct mrtd_lint *lint);

/* The verdict; lives as long as the handle. */
const struct mrtd_lint_info *mrtd_lint_info(const struct mrtd_lint *lint);

/* The index-th broken rule (NULL if there is none); lives as the handle. */
const struct mrtd_lint_finding *mrtd_lint_finding(const struct mrtd_lint *lint,
                                                  uint32_t index);

/*
 * The image as this loader finds it, for mrtd_plan_build(); NULL unless the
 * verdict is MRTD_LOADS. Lives as long as the handle.
 */
const struct mrtd_image *mrtd_lint_image(const struct mrtd_lint *lint);

/* --- Launch plan ------------------------------------------------------- */

/* A VMM's way to launch. Names and rules are frozen once released. */
struct mrtd_profile {
    const char *name;          /* e.g. "spec" */
    const char *software;      /* which software, with versions */
    const char *rule;          /* the order and conditions, in a sentence */
    const char *source;        /* where this is known from */
    int takes_payload;         /* 1: mrtd_plan_options.payload is the Payload */
    const char *igvm_software; /* which launches IGVM files so; NULL: none */
};

/* The index-th profile, NULL after the last; index 0 is the default. */
const struct mrtd_profile *mrtd_profile_at(size_t index);
/* The profile of that name, or NULL. */
const struct mrtd_profile *mrtd_profile_find(const char *name);

/* 1: it launches files of the image's format, TDVF or IGVM. */
int mrtd_profile_launches(const struct mrtd_profile *profile,
                          const struct mrtd_image *image);

/*
 * Known ways to depart from a profile's rule. They are for finding out where a
 * value comes from, not for predicting one.
 */
/* Behind a section's data come the bytes that follow in the file, not zeros. */
#define MRTD_DEVIATE_FOLLOWING_BYTES 0x1u
/* Pages with PAGE.AUG are added like others. */
#define MRTD_DEVIATE_AUG_ADDED 0x2u
/* Every section is measured, whatever its Attributes. */
#define MRTD_DEVIATE_ALL_MEASURED 0x4u
/* In each section all pages are added before the first is measured. */
#define MRTD_DEVIATE_TWO_PASS 0x8u

struct mrtd_deviation {
    unsigned flag;        /* MRTD_DEVIATE_* */
    const char *name;     /* e.g. "following-bytes" */
    const char *software; /* who does so */
    const char *source;   /* where this is known from */
};

/* The index-th deviation, NULL after the last. */
const struct mrtd_deviation *mrtd_deviation_at(size_t index);

struct mrtd_plan_options {
    /* NULL: the default, "spec". */
    const struct mrtd_profile *profile;
    /* A sum of MRTD_DEVIATE_*, 0 for the profile's rule. */
    unsigned deviations;
    /* The Payload section's content for the profile cloud-hypervisor
     * (its --kernel), or NULL. */
    const struct mrtd_source *payload;
    /* Most bytes to hash; 0: MRTD_DEFAULT_LIMIT. */
    uint64_t limit;
};

/* Where the bytes of a run are. */
enum mrtd_content {
    MRTD_CONTENT_ZERO,    /* zeros only */
    MRTD_CONTENT_IMAGE,   /* data_size bytes of the image, then zeros */
    MRTD_CONTENT_PAYLOAD, /* data_size bytes of the payload, then zeros */
};

/*
 * One run of pages, done in ascending GPA. A run that both adds and extends
 * does, page by page, one TDH.MEM.PAGE.ADD and then 16 TDH.MR.EXTEND.
 */
struct mrtd_run {
    uint32_t section; /* index of the section it comes from */
    uint64_t gpa;     /* of the first page */
    uint64_t size;    /* a multiple of MRTD_PAGE_SIZE, never 0 */
    int add;          /* 1: TDH.MEM.PAGE.ADD each page */
    int extend;       /* 1: TDH.MR.EXTEND each 256-byte chunk */
    enum mrtd_content content;
    uint64_t data_offset; /* in the image or payload */
    uint64_t data_size;   /* at most size; the rest is zeros */
};

struct mrtd_plan_info {
    const struct mrtd_profile *profile;
    unsigned deviations;
    uint32_t run_count;
    uint32_t finding_count;
    uint64_t added_pages;    /* number of TDH.MEM.PAGE.ADD */
    uint64_t extended_pages; /* number of TDH.MR.EXTEND / 16 */
    uint64_t hashed_bytes;   /* 128 a page added, 6144 a page extended */
};

struct mrtd_plan; /* opaque */

/*
 * Makes the launch plan of an image. options may be NULL for all defaults. The
 * image (and the payload source) must outlive the plan. On success *plan is a
 * new handle, to be freed with mrtd_plan_free(). On failure returns the error's
 * code, fills *error, and leaves *plan as it was.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_plan_build(struct mrtd_plan **plan, const struct mrtd_image *image,
                const struct mrtd_plan_options *options,
                struct mrtd_error *error);

/* Frees the handle; NULL is allowed. */
void mrtd_plan_free(struct mrtd_plan *plan);

/* The plan's totals; lives as long as the handle. */
const struct mrtd_plan_info *mrtd_plan_info(const struct mrtd_plan *plan);

/* The index-th run or note (NULL if there is none); lives as the handle. */
const struct mrtd_run *mrtd_plan_run(const struct mrtd_plan *plan,
                                     uint32_t index);
const struct mrtd_finding *mrtd_plan_finding(const struct mrtd_plan *plan,
                                             uint32_t index);

/* --- Measurement ------------------------------------------------------- */

/* What a caller wants to see while a plan is measured. Members may be NULL. */
struct mrtd_observer {
    void *context;
    /* Called now and then; hashed of total bytes are done. A return
     * other than 0 stops with MRTD_ERR_CANCELLED. */
    int (*progress)(void *context, uint64_t hashed, uint64_t total);
    /* Called after the last run of each section that has one:
     * the SHA-384 of the stream so far. */
    void (*section)(void *context, uint32_t section,
                    const uint8_t running[MRTD_DIGEST_SIZE]);
};

/*
 * Replays the plan as the TDX module does ([TDXMOD]: SHA-384 over one 128-byte
 * block for each TDH.MEM.PAGE.ADD, and one 128-byte block and 256 bytes of data
 * for each TDH.MR.EXTEND) and stores the MRTD. observer may be NULL. On failure
 * returns the error's code, fills *error, and leaves mrtd as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_measure(const struct mrtd_plan *plan,
                                          const struct mrtd_observer *observer,
                                          uint8_t mrtd[MRTD_DIGEST_SIZE],
                                          struct mrtd_error *error);

/* What became of one plan of several. */
struct mrtd_measurement {
    struct mrtd_error error; /* error.code is MRTD_OK, or why there is none */
    uint8_t mrtd[MRTD_DIGEST_SIZE]; /* if MRTD_OK */
};

/*
 * Measures count plans, several at once where the CPU can; the results come in
 * the order of the plans, and one that fails does not stop the others. Plans
 * may be of any size, and the same plan may be given twice. Memory: about
 * 120 KiB for each message that the engine takes at once.
 */
void mrtd_measure_many(const struct mrtd_plan *const plans[], size_t count,
                       struct mrtd_measurement results[]);

/* --- Evidence ------------------------------------------------------------ */

/* Size of TDINFO_STRUCT. */
#define MRTD_TDINFO_SIZE 512

/*
 * TDINFO_STRUCT: what the TDX module reports of a TD ([TDXMOD],
 * tdx_api_defs.h, td_info_t). Digests are 48 bytes, all zero where not set.
 */
struct mrtd_tdinfo {
    uint64_t attributes; /* ATTRIBUTES; bit 0 is DEBUG */
    uint64_t xfam;       /* XFAM */
    uint8_t mrtd[MRTD_DIGEST_SIZE];
    uint8_t mrconfigid[MRTD_DIGEST_SIZE];
    uint8_t mrowner[MRTD_DIGEST_SIZE];
    uint8_t mrownerconfig[MRTD_DIGEST_SIZE];
    uint8_t rtmr[4][MRTD_DIGEST_SIZE];
    uint8_t servtd_hash[MRTD_DIGEST_SIZE]; /* TDX 1.5; zero in TDX 1.0 */
};

#define MRTD_TDINFO_ATTRIBUTE_DEBUG UINT64_C(1)

/* The structure's MRTD_TDINFO_SIZE bytes, as TDREPORT has them. */
void mrtd_tdinfo_encode(uint8_t bytes[MRTD_TDINFO_SIZE],
                        const struct mrtd_tdinfo *info);

/* TEE_INFO_HASH of REPORTMACSTRUCT: the SHA-384 of these bytes ([TDXMOD],
 * helpers.c, get_tdinfo_and_teeinfohash). */
void mrtd_tdinfo_hash(uint8_t digest[MRTD_DIGEST_SIZE],
                      const struct mrtd_tdinfo *info);

/*
 * SERVTD_INFO_HASH: the same with the fields zeroed that SERVTD_ATTR tells to
 * ignore ([TDXMOD], service_td.h, ignore_tdinfo_bitmap_t): bit 32 ATTRIBUTES,
 * 33 XFAM, 34 MRTD, 35 MRCONFIGID, 36 MROWNER, 37 MROWNERCONFIG, 38 to 41 RTMR0
 * to RTMR3, 42 SERVTD_HASH. Other bits are without effect on it.
 */
void mrtd_servtd_info_hash(uint8_t digest[MRTD_DIGEST_SIZE],
                           const struct mrtd_tdinfo *info,
                           uint64_t servtd_attributes);

/*
 * An RTMR that was zero and then extended with the SHA-384 of a separator, a
 * 32-bit number (td-shim 125eeab, td-shim-tools/src/tee_info_hash.rs,
 * build_rtmr_with_seperator): RTMR0 and RTMR1 of a service TD.
 */
void mrtd_rtmr_separator(uint8_t rtmr[MRTD_DIGEST_SIZE], uint32_t separator);

/* What a TD, or its host, hands out. */
enum mrtd_evidence_kind {
    MRTD_EVIDENCE_QUOTE_V4, /* [DCAP] quote version 4 */
    MRTD_EVIDENCE_QUOTE_V5, /* [DCAP] quote version 5 */
    MRTD_EVIDENCE_TDREPORT, /* TDREPORT_STRUCT, 1024 bytes */
    MRTD_EVIDENCE_TDINFO,   /* TDINFO_STRUCT, 512 bytes */
};

struct mrtd_evidence {
    enum mrtd_evidence_kind kind;
    /* Bytes of it; more of the input is padding. */
    uint64_t size;
    uint64_t mrtd_offset; /* of MRTD in the input */
    struct mrtd_tdinfo tdinfo;
    /* TDREPORT: 0 if TEE_INFO_HASH is not the SHA-384 of its TDINFO, so
     * that the report was changed or damaged. Otherwise 1. */
    int consistent;
};

/*
 * Does data look like evidence for TDX? Then stores the kind and returns 1. A
 * TDREPORT_STRUCT that is longer than 1024 bytes needs a right TEE_INFO_HASH. A
 * TDINFO_STRUCT has no mark: it is taken for one if it has exactly 512 bytes,
 * its reserved bytes are zero, and bits 0 and 1 of XFAM are 1, as of all TDs.
 */
int mrtd_evidence_detect(const void *data, size_t size,
                         enum mrtd_evidence_kind *kind);

/*
 * Decodes evidence of that kind. Signatures and MACs are NOT verified: whoever
 * made the bytes may have written anything into them. On failure returns the
 * error's code, fills *error, and leaves *evidence as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_evidence_read(struct mrtd_evidence *evidence,
                                                enum mrtd_evidence_kind kind,
                                                const void *data, size_t size,
                                                struct mrtd_error *error);

/* e.g. "TDX quote version 4"; NULL if there is no such kind. */
const char *mrtd_evidence_kind_name(enum mrtd_evidence_kind kind);

/* --- SHA-384 engines ----------------------------------------------------- */

/* A way to compute SHA-384. All give the same digests. */
struct mrtd_engine {
    const char *name; /* e.g. "libcrypto" */
    unsigned lanes;   /* messages at once */
    int usable;       /* this CPU has it, and it passed its known answer */
    int for_one;      /* mrtd_measure() uses it */
    int for_many;     /* mrtd_measure_many() uses it */
};

/* Describes the index-th engine; 0 if there is none. */
int mrtd_engine_at(size_t index, struct mrtd_engine *engine);

/*
 * Makes all measurements of this process use the engine of that name, NULL: the
 * defaults. Returns 1, or 0 (nothing changed) where there is no such engine or
 * it is not usable. For tests and benchmarks; not while measurements run.
 */
int mrtd_engine_force(const char *name);

/* --- Text -------------------------------------------------------------- */

/* The stable name of a code, e.g. "data-bounds"; NULL if there is none. */
const char *mrtd_code_name(enum mrtd_code code);
/* The class of a code; MRTD_CLASS_FAULT for what is no code. */
enum mrtd_code_class mrtd_code_class(enum mrtd_code code);
/* The specification's name of a section type; NULL if there is none. */
const char *mrtd_section_type_name(uint32_t type);
/* Lower-case hexadecimal, NUL-terminated. */
void mrtd_hex_encode(char hex[MRTD_HEX_SIZE],
                     const uint8_t digest[MRTD_DIGEST_SIZE]);
/*
 * Decodes len characters, which must be 96 hexadecimal digits of either case.
 * Returns 1, or 0 with digest left as it was.
 */
MRTD_MUST_USE int mrtd_hex_decode(uint8_t digest[MRTD_DIGEST_SIZE],
                                  const char *hex, size_t len);
/* The library's version, e.g. "0.1.0". */
const char *mrtd_version(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
