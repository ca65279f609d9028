/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a VMM does with an image before the guest's first instruction: VMMs and
 * their rules, and the launch plan, an ordered list of runs of pages.
 *
 * Documents cited below:
 *   [TDXMOD]  Intel TDX Module source code (intel/tdx-module):
 *             tdh_mem_page_add.c, tdh_mr_extend.c
 *   [SNPABI]  AMD, SEV Secure Nested Paging Firmware ABI Specification, 56860,
 *             revision 1.58, 8.17 SNP_LAUNCH_UPDATE
 *   [SEVAPI]  AMD, Secure Encrypted Virtualization API, 55766, revision 3.24,
 *             6.3 and 6.4
 *   [APM]     AMD64 Architecture Programmer's Manual, volume 2, 24593, table
 *             B-4
 */
#ifndef MRTD_LAUNCH_H
#define MRTD_LAUNCH_H

#include "mrtd/image.h"
#include "mrtd/value.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* The page size of TDH.MEM.PAGE.ADD (level 4 KiB only, [TDXMOD]). */
#define MRTD_PAGE_SIZE 4096
/* The chunk of one TDH.MR.EXTEND [TDXMOD]. */
#define MRTD_CHUNK_SIZE 256

/*
 * Default limit of a plan's hashed_bytes: 16 GiB, that is 512 GiB of memory
 * that is only added, or 10 GiB that is measured. Guards against files that
 * claim terabytes.
 */
#define MRTD_DEFAULT_LIMIT (UINT64_C(1) << 34)

/*
 * Software that launches guests, or reads their images: how it launches, which
 * images it accepts (mrtd_accept_check()), or both. Names and launch rules are
 * frozen once released.
 */
struct mrtd_vmm {
    const char *name;     /* e.g. "spec" */
    const char *software; /* which software, with versions */
    const char
        *rule; /* how it launches, in one sentence: order and conditions */
    const char *source;        /* where the launch is known from */
    const char *acceptance;    /* where it is known from which images it
                                  accepts; NULL: that is not known here */
    const char *igvm_software; /* software that launches IGVM files in this way;
                                  NULL: not known */
    /* By whose rule it launches: itself, or another VMM that launches in the
     * same way. NULL: it launches nothing, and rule and source are NULL. */
    const struct mrtd_vmm *launches_as;
    int takes_payload; /* 1: mrtd_launch.payload is the Payload */
    /* 1: mrtd_launch.vcpu_signature is in the VMSAs of a flat image. */
    int takes_signature;
    enum mrtd_platform platform;
};

/* The index-th VMM; NULL after the last. */
const struct mrtd_vmm *mrtd_vmm_at(size_t index);
/* The platform's VMM that is the default; NULL: it has none. */
const struct mrtd_vmm *mrtd_vmm_default(enum mrtd_platform platform);
/* The platform's VMM of that name, or NULL. */
const struct mrtd_vmm *mrtd_vmm_find(enum mrtd_platform platform,
                                     const char *name);

/* 1: it launches files of the image's format, TDVF or IGVM. NULL is the
 * default of TDX. */
int mrtd_vmm_launches(const struct mrtd_vmm *vmm,
                      const struct mrtd_image *image);

/*
 * Known ways to depart from a VMM's launch rule. They are for finding out where
 * a value comes from, not for predicting one.
 */
/* After a section's data come the bytes that follow in the file, not zeros. */
#define MRTD_DEVIATE_FOLLOWING_BYTES 0x1u
/* Pages with PAGE.AUG are added like others. */
#define MRTD_DEVIATE_AUG_ADDED 0x2u
/* Every section is measured, whatever its Attributes. */
#define MRTD_DEVIATE_ALL_MEASURED 0x4u
/* In each section all pages are added before the first is measured. */
#define MRTD_DEVIATE_TWO_PASS 0x8u
/* EC2's VMSA has 0 in RDX. */
#define MRTD_DEVIATE_RDX_ZERO 0x10u

struct mrtd_deviation {
    unsigned flag; /* MRTD_DEVIATE_* */
    enum mrtd_platform platform;
    const char *name;     /* e.g. "following-bytes" */
    const char *software; /* software that departs from the rule in this way */
    const char *source;   /* where the deviation is known from */
};

/* The index-th deviation, NULL after the last. */
const struct mrtd_deviation *mrtd_deviation_at(size_t index);

/* What is asked for; later versions add members at the end. */
struct mrtd_launch {
    size_t struct_size; /* sizeof(struct mrtd_launch) */
    /* A VMM that launches (rule is not NULL); NULL: the default of TDX,
     * "spec". */
    const struct mrtd_vmm *vmm;
    /* A sum of MRTD_DEVIATE_*, 0 for the VMM's rule. */
    unsigned deviations;
    /* The Payload section's content for the VMM cloud-hypervisor
     * (its --kernel), or NULL. */
    const struct mrtd_source *payload;
    /* The largest hashed_bytes of a plan; 0: MRTD_DEFAULT_LIMIT. */
    uint64_t limit;

    /* --- SEV-SNP, SEV-ES and SEV only; otherwise all 0 --- */

    /* Number of virtual CPUs, 1 to MRTD_MAX_VCPUS. SEV measures nothing of them
     * and ignores this member and the next two. */
    uint32_t vcpus;
    /* Signature of the virtual CPUs, CPUID Fn0000_0001_EAX:
     * mrtd_vcpu_type_find(). VMMs that do not set it ignore it. */
    uint32_t vcpu_signature;
    /* SEV_FEATURES of the VMSA [APM]; bit 0 is there in each SEV-SNP guest. */
    uint64_t guest_features;
    /* Kernel, initrd and command line that the firmware is to start, of which
     * it knows the hashes; NULL: none. They are read by mrtd_plan_build(). */
    const struct mrtd_source *kernel;
    const struct mrtd_source *initrd;
    const char *append;
    /* The launch digest after the firmware's pages, for SEV-SNP: they are not
     * read. NULL: they are. */
    const struct mrtd_digest *firmware_digest;
    /* An SVSM that is a file of its own, as COCONUT's was before IGVM: placed
     * below the firmware and vars_size bytes of VARS. Must outlive the plan. */
    const struct mrtd_image *svsm;
    uint64_t vars_size;
    unsigned flags; /* a sum of MRTD_LAUNCH_* */
};

/* Of SEV-SNP: the plan ends after the firmware's pages, and members that say
 * what comes after them are ignored. */
#define MRTD_LAUNCH_FIRMWARE_ONLY 0x1u

/* The largest number of virtual CPUs: KVM_MAX_VCPUS of Linux 6.12. */
#define MRTD_MAX_VCPUS 4096

/* Where the bytes of a run are. */
enum mrtd_content {
    MRTD_CONTENT_ZERO,    /* zeros only */
    MRTD_CONTENT_IMAGE,   /* data_size bytes of the image, then zeros */
    MRTD_CONTENT_PAYLOAD, /* data_size bytes of the payload, then zeros */
    MRTD_CONTENT_PLAN,    /* data_size bytes that the plan itself made, as a
                             platform may need; then zeros. TDX needs none */
    MRTD_CONTENT_SVSM,    /* data_size bytes of the SVSM's file, then zeros */
};

/* What is done with the pages of a run: a sum of these, of one platform. */
#define MRTD_OP_TDX_ADD    0x1u /* TDH.MEM.PAGE.ADD, each page */
#define MRTD_OP_TDX_EXTEND 0x2u /* TDH.MR.EXTEND, each 256-byte chunk */
#define MRTD_OP_SNP_UPDATE 0x4u /* SNP_LAUNCH_UPDATE [SNPABI], each page */
/* LAUNCH_UPDATE_DATA or LAUNCH_UPDATE_VMSA [SEVAPI] of all bytes; the size of
 * such a run need not be whole pages. */
#define MRTD_OP_SEV_UPDATE 0x8u

/* PAGE_TYPE of SNP_LAUNCH_UPDATE [SNPABI]. */
enum mrtd_snp_page_type {
    MRTD_SNP_PAGE_NORMAL = 1,
    MRTD_SNP_PAGE_VMSA = 2,
    MRTD_SNP_PAGE_ZERO = 3,
    MRTD_SNP_PAGE_UNMEASURED = 4,
    MRTD_SNP_PAGE_SECRETS = 5,
    MRTD_SNP_PAGE_CPUID = 6,
};

/*
 * One run of pages, done in ascending GPA. A run that both adds and extends
 * does, page by page, one TDH.MEM.PAGE.ADD and then 16 TDH.MR.EXTEND.
 */
struct mrtd_run {
    uint32_t region;   /* index of the region it comes from; MRTD_NO_REGION:
                          none of the image's */
    uint16_t ops;      /* a sum of MRTD_OP_*, never 0 */
    uint8_t page_type; /* type of the pages on platforms that have types, enum
                          mrtd_snp_page_type; 0 for others */
    uint8_t content;   /* enum mrtd_content */
    uint64_t gpa;      /* GPA of the first page */
    uint64_t size;     /* a multiple of MRTD_PAGE_SIZE but with
                          MRTD_OP_SEV_UPDATE, never 0 */
    uint64_t data_offset; /* offset of the data in the source that content
                             names; 0: no data */
    uint64_t data_size;   /* at most size; the rest is zeros */
};

struct mrtd_plan_info {
    const struct mrtd_vmm *vmm;
    unsigned deviations;
    uint32_t run_count;
    uint32_t finding_count;
    uint64_t added_pages;    /* number of TDH.MEM.PAGE.ADD */
    uint64_t extended_pages; /* number of TDH.MR.EXTEND / 16 */
    uint64_t hashed_bytes;   /* 128 a page added, 6144 a page extended; of
                                SEV-SNP 256 a page and 4224 more where its
                                contents count; of SEV the bytes */
    uint64_t updated_pages;  /* number of pages of SNP_LAUNCH_UPDATE */
};

struct mrtd_plan; /* opaque */

/*
 * Makes the launch plan of an image. launch may be NULL for all defaults. Of a
 * smaller struct_size, that of an older version, the members after it are 0; of
 * a larger one they must be 0, or the call fails with MRTD_ERR_ARGUMENT. The
 * image (and the payload source) must outlive the plan. On success *plan is a
 * new handle, to be freed with mrtd_plan_free(). On failure returns the error's
 * code, fills *error, and leaves *plan as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_plan_build(struct mrtd_plan **plan,
                                             const struct mrtd_image *image,
                                             const struct mrtd_launch *launch,
                                             struct mrtd_error *error);

/* Frees the handle; NULL is allowed. */
void mrtd_plan_free(struct mrtd_plan *plan);

/* The plan's totals; lives as long as the handle. */
const struct mrtd_plan_info *mrtd_plan_info(const struct mrtd_plan *plan);

/* The index-th run or note (NULL if there is none); lives as the handle. */
const struct mrtd_run *mrtd_plan_run(const struct mrtd_plan *plan,
                                     uint32_t index);
/* The run's data where the plan made them (MRTD_CONTENT_PLAN), data_size bytes;
 * otherwise NULL. Live as long as the plan. */
const uint8_t *mrtd_plan_bytes(const struct mrtd_plan *plan,
                               const struct mrtd_run *run);
const struct mrtd_finding *mrtd_plan_finding(const struct mrtd_plan *plan,
                                             uint32_t index);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
