/* SPDX-License-Identifier: Apache-2.0 */
/* Plans of SEV-SNP, SEV-ES and SEV, and requests that are refused. */
#ifndef UNIT_SNP_REQUEST_H
#define UNIT_SNP_REQUEST_H

#include "sev_sample.h"

#include <stdio.h>

#define FIRMWARE (UINT64_C(0x100000000) - SEV_SAMPLE_SIZE)
#define VMSA     UINT64_C(0xfffffffff000)
#define PAGE     MRTD_PAGE_SIZE

static const struct mrtd_source kernel = {.data = "fake-kernel-0123456789",
                                          .size = 22};
static const struct mrtd_source initrd = {.data = "fake-initrd-abcdef",
                                          .size = 18};

static inline enum mrtd_code build(struct mrtd_plan **plan,
                                   const struct mrtd_image *image,
                                   enum mrtd_platform platform, const char *vmm,
                                   struct mrtd_launch launch,
                                   struct mrtd_error *error)
{
    launch.struct_size = sizeof launch;
    launch.vmm = mrtd_vmm_find(platform, vmm);
    assert_non_null(launch.vmm);
    return mrtd_plan_build(plan, image, &launch, error);
}

/* A request that is refused with this code, at this offset, for this reason. */
static inline void refused_by(const struct mrtd_image *image,
                              enum mrtd_platform platform, const char *vmm,
                              struct mrtd_launch launch, enum mrtd_code code,
                              uint64_t offset, const char *message)
{
    struct mrtd_plan *plan = NULL;
    struct mrtd_error e = {.code = MRTD_OK};
    assert_int_equal(build(&plan, image, platform, vmm, launch, &e), code);
    assert_null(plan);
    assert_int_equal(e.code, code);
    assert_int_equal(e.offset, offset);
    assert_string_equal(e.message, message);
}

static inline void refused(const struct mrtd_image *image,
                           struct mrtd_launch launch, enum mrtd_code code,
                           uint64_t offset, const char *message)
{
    refused_by(image, MRTD_PLATFORM_SNP, "qemu", launch, code, offset, message);
}

static const struct mrtd_launch one = {.vcpus = 1, .guest_features = 1};

static inline void check_run(const struct mrtd_plan *plan, uint32_t index,
                             uint32_t region, enum mrtd_snp_page_type type,
                             uint64_t gpa, uint64_t size)
{
    const struct mrtd_run *run = mrtd_plan_run(plan, index);
    assert_non_null(run);
    assert_int_equal(run->region, region);
    assert_int_equal(run->ops, MRTD_OP_SNP_UPDATE);
    assert_int_equal(run->page_type, type);
    assert_int_equal(run->gpa, gpa);
    assert_int_equal(run->size, size);
    if (index == 0) {
        assert_int_equal(run->content, MRTD_CONTENT_IMAGE);
        assert_int_equal(run->data_offset, 0);
        assert_int_equal(run->data_size, size);
    } else if (type == MRTD_SNP_PAGE_NORMAL || type == MRTD_SNP_PAGE_VMSA) {
        assert_int_equal(run->content, MRTD_CONTENT_PLAN);
        assert_int_equal(run->data_size, PAGE);
        assert_non_null(mrtd_plan_bytes(plan, run));
    } else {
        assert_int_equal(run->content, MRTD_CONTENT_ZERO);
        assert_int_equal(run->data_size, 0);
        assert_null(mrtd_plan_bytes(plan, run));
    }
}

#endif
