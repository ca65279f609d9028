/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which launch gives a digest that a guest of SEV-SNP has reported: virtual
 * CPUs, their type, SEV_FEATURES, the VMM and the kernel's hashes are all in
 * it, and none of them can be read from it.
 */
#ifndef MRTD_SEARCH_H
#define MRTD_SEARCH_H

#include "mrtd/launch.h"
#include "mrtd/value.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* How many virtual CPUs are tried where the caller sets no number. */
#define MRTD_SEARCH_VCPUS 1024

/* What is tried; later versions add members at the end. */
struct mrtd_search {
    size_t struct_size; /* sizeof(struct mrtd_search) */
    /* The most virtual CPUs, up to MRTD_MAX_VCPUS; 0: MRTD_SEARCH_VCPUS. */
    uint32_t vcpus;
    /* A signature to try beside those of mrtd_vcpu_type_at(); 0: none. */
    uint32_t vcpu_signature;
    /* A value of SEV_FEATURES to try beside 0, 1, and bit 0 with each other bit
     * alone; 0: none. */
    uint64_t guest_features;
    /* The kernel that the guest may have been started with, and its initrd and
     * command line: launches with and without their hashes are tried. NULL:
     * without. */
    const struct mrtd_source *kernel;
    const struct mrtd_source *initrd;
    const char *append;
    /* The launch digest after the firmware's pages, which then are not read.
     * NULL: they are. */
    const struct mrtd_digest *firmware_digest;
    /* The largest hashed_bytes of a launch; 0: MRTD_DEFAULT_LIMIT. */
    uint64_t limit;
    void *context;
    /* Called now and then, if it is not NULL; tried of total launches are done.
     * total is 0 while the pages before the VMSAs are hashed. A return other
     * than 0 stops with MRTD_ERR_CANCELLED. */
    int (*progress)(void *context, uint64_t tried, uint64_t total);
    /* Only launches by this VMM of SEV-SNP are tried; NULL: by each that
     * launches files of the image's format. */
    const struct mrtd_vmm *vmm;
};

struct mrtd_search_result {
    int found;      /* 1: launch gives the digest; 0: no launch tried does */
    uint64_t tried; /* launches whose digest was compared */
    uint64_t total; /* launches that there are to try; tried, if none fits */
    /* The launch that was found, as mrtd_plan_build() takes it; vcpu_signature
     * is 0 where the VMM does not set it. All 0 if none was found. */
    struct mrtd_launch launch;
    /* The launch digest after the firmware's pages; size 0 for an IGVM file,
     * which has no such part. */
    struct mrtd_digest firmware_digest;
    /* Why no launch with the kernel was tried, although one is given; code
     * MRTD_OK: they were, or none is. */
    struct mrtd_error kernel_refused;
};

/*
 * Tries all launches of an image that are within the bounds of search, until
 * one gives the value, which is one of MRTD_REGISTER_SNP. Of a flat image: each
 * VMM of SEV-SNP and each of its deviations, each type and number of virtual
 * CPUs, each value of SEV_FEATURES, with and without the kernel's hashes. Those
 * of one virtual CPU come first, then those of two, and so on. No two of them
 * have the same digest.
 *
 * An IGVM file says most of that itself: what is tried is each VMM that
 * launches it, and of VMMs that give the guest more virtual CPUs than the file
 * has, each number and type of these, and each value of SEV_FEATURES where the
 * file has no VMSA of the first. Several VMMs may give the same digest; the
 * first of mrtd_vmm_at() is found. A VMM may refuse the file: if each
 * does, so does this function, as the first of them.
 *
 * search may be NULL for all defaults. On failure returns the error's code,
 * fills *error, and leaves *result as it was; that no launch fits is no
 * failure.
 */
MRTD_MUST_USE enum mrtd_code mrtd_search_snp(struct mrtd_search_result *result,
                                             const struct mrtd_image *image,
                                             const struct mrtd_value *value,
                                             const struct mrtd_search *search,
                                             struct mrtd_error *error);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
