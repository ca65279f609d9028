/* SPDX-License-Identifier: Apache-2.0 */
/* Launches of SEV-SNP, SEV-ES and SEV: src/launch/snp/build.c, sev.c, parts.c.
 */
#include "snp_request.h"

/* The firmware, the sections in their order, a VMSA for each virtual CPU:
 * virtee/sev-snp-measure 0.0.13, guest.py. */
static void order(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = one;
    launch.vcpus = 3;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL), MRTD_OK);
    const struct mrtd_plan_info *info = mrtd_plan_info(plan);
    assert_int_equal(info->run_count, 9);
    check_run(plan, 0, 0, MRTD_SNP_PAGE_NORMAL, FIRMWARE, SEV_SAMPLE_SIZE);
    check_run(plan, 1, 1, MRTD_SNP_PAGE_ZERO, 0x800000, 0x9000);
    check_run(plan, 2, 2, MRTD_SNP_PAGE_CPUID, 0x80e000, PAGE);
    check_run(plan, 3, 3, MRTD_SNP_PAGE_SECRETS, 0x80d000, PAGE);
    check_run(plan, 4, 4, MRTD_SNP_PAGE_ZERO, 0x80f000, PAGE);
    check_run(plan, 5, 6, MRTD_SNP_PAGE_ZERO, 0x810000, PAGE);
    for (uint32_t i = 6; i < 9; i++) {
        check_run(plan, i, MRTD_NO_REGION, MRTD_SNP_PAGE_VMSA, VMSA, PAGE);
    }
    /* The second and the third have the same page, and the first another. */
    assert_ptr_equal(mrtd_plan_bytes(plan, mrtd_plan_run(plan, 7)),
                     mrtd_plan_bytes(plan, mrtd_plan_run(plan, 8)));
    assert_memory_not_equal(mrtd_plan_bytes(plan, mrtd_plan_run(plan, 6)),
                            mrtd_plan_bytes(plan, mrtd_plan_run(plan, 7)),
                            PAGE);
    assert_null(mrtd_plan_run(plan, 9));
    /* 4 and 3 pages with contents, 13 without. */
    assert_int_equal(info->updated_pages, 20);
    assert_int_equal(info->hashed_bytes, 20 * 256 + 7 * 4224);
    assert_int_equal(info->added_pages + info->extended_pages, 0);
    assert_int_equal(info->finding_count, 0);
    mrtd_plan_free(plan);

    /* ec2: CPUID pages after all others. */
    plan = NULL;
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SNP, "ec2", one, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->run_count, 7);
    check_run(plan, 1, 1, MRTD_SNP_PAGE_ZERO, 0x800000, 0x9000);
    check_run(plan, 2, 3, MRTD_SNP_PAGE_SECRETS, 0x80d000, PAGE);
    check_run(plan, 3, 4, MRTD_SNP_PAGE_ZERO, 0x80f000, PAGE);
    check_run(plan, 4, 6, MRTD_SNP_PAGE_ZERO, 0x810000, PAGE);
    check_run(plan, 5, 2, MRTD_SNP_PAGE_CPUID, 0x80e000, PAGE);
    check_run(plan, 6, MRTD_NO_REGION, MRTD_SNP_PAGE_VMSA, VMSA, PAGE);
    mrtd_plan_free(plan);

    /* gce: SNP_SEC_MEM unmeasured, and nothing else. */
    plan = NULL;
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SNP, "gce", one, NULL),
                     MRTD_OK);
    check_run(plan, 1, 1, MRTD_SNP_PAGE_UNMEASURED, 0x800000, 0x9000);
    check_run(plan, 2, 2, MRTD_SNP_PAGE_CPUID, 0x80e000, PAGE);
    check_run(plan, 4, 4, MRTD_SNP_PAGE_ZERO, 0x80f000, PAGE);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

static void requests(void **state)
{
    (void)state;
    static const char *const alone =
        "an initrd or a command line is given without a kernel; without one "
        "neither is measured";
    const struct mrtd_source invalid = {.size = 1};
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA384,
                                 .size = 48};
    struct sev_sample s;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = one;
    launch.initrd = &initrd;
    refused(image, launch, MRTD_ERR_KERNEL_NEEDED, MRTD_NO_OFFSET, alone);
    launch.initrd = NULL;
    launch.append = "";
    refused(image, launch, MRTD_ERR_KERNEL_NEEDED, MRTD_NO_OFFSET, alone);
    refused_by(image, MRTD_PLATFORM_SEV, "qemu", launch, MRTD_ERR_KERNEL_NEEDED,
               MRTD_NO_OFFSET, alone);
    launch = one;
    launch.vcpus = 0;
    refused(image, launch, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
            "0 virtual CPUs are not between 1 and 4096");
    refused_by(image, MRTD_PLATFORM_SEV_ES, "qemu", launch, MRTD_ERR_VCPUS,
               MRTD_NO_OFFSET, "0 virtual CPUs are not between 1 and 4096");
    launch.vcpus = 4097;
    refused(image, launch, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
            "4097 virtual CPUs are not between 1 and 4096");
    launch.vcpus = 4096;
    struct mrtd_plan *plan = NULL;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->run_count, 6 + 4096);
    mrtd_plan_free(plan);

    launch = one;
    launch.kernel = &invalid;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "the kernel or the initrd has neither data nor a read function");
    launch.kernel = &kernel;
    launch.initrd = &invalid;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "the kernel or the initrd has neither data nor a read function");
    launch = one;
    launch.payload = &kernel;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "a payload is for TDX only");
    launch = one;
    launch.vars_size = PAGE;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "a size of VARS is for an SVSM only");
    launch = one;
    launch.flags = 2;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "flags has bits other than MRTD_LAUNCH_*");
    launch = one;
    launch.firmware_digest = &digest;
    digest.size = 32;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "the firmware's digest is not one of SHA-384");
    digest.size = 48;
    digest.algorithm = MRTD_ALGORITHM_SHA256;
    refused(image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
            "the firmware's digest is not one of SHA-384");
    digest.algorithm = MRTD_ALGORITHM_SHA384;
    static const enum mrtd_platform platforms[] = {MRTD_PLATFORM_SEV_ES,
                                                   MRTD_PLATFORM_SEV};
    for (size_t i = 0; i < 2; i++) {
        static const char *const message =
            "an SVSM and the firmware's digest alone are of SEV-SNP only";
        refused_by(image, platforms[i], "qemu", launch, MRTD_ERR_ARGUMENT,
                   MRTD_NO_OFFSET, message);
        struct mrtd_launch other = one;
        other.flags = MRTD_LAUNCH_FIRMWARE_ONLY;
        refused_by(image, platforms[i], "qemu", other, MRTD_ERR_ARGUMENT,
                   MRTD_NO_OFFSET, message);
        other = one;
        other.svsm = image;
        refused_by(image, platforms[i], "qemu", other, MRTD_ERR_ARGUMENT,
                   MRTD_NO_OFFSET, message);
    }
    launch = one;
    launch.deviations = MRTD_DEVIATE_RDX_ZERO;
    refused(
        image, launch, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
        "the deviation rdx-zero is known of EC2's VMSAs only, not of VMM qemu");
    refused_by(
        image, MRTD_PLATFORM_SNP, "gce", launch, MRTD_ERR_ARGUMENT,
        MRTD_NO_OFFSET,
        "the deviation rdx-zero is known of EC2's VMSAs only, not of VMM gce");
    plan = NULL;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "ec2", launch, NULL), MRTD_OK);
    /* RDX: APM volume 2, table B-4. */
    assert_int_equal(mrtd_plan_bytes(plan, mrtd_plan_run(plan, 6))[0x311], 0);
    mrtd_plan_free(plan);
    plan = NULL;
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SNP, "ec2", one, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_plan_bytes(plan, mrtd_plan_run(plan, 6))[0x311], 6);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* TDX takes nothing of this. */
static void of_tdx(void **state)
{
    (void)state;
    static const struct mrtd_digest digest;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, small_sections, 4, 0);
    const struct mrtd_launch asked[] = {
        {.vcpus = 1},          {.vcpu_signature = 1},
        {.guest_features = 1}, {.kernel = &kernel},
        {.initrd = &initrd},   {.append = ""},
        {.svsm = image},       {.firmware_digest = &digest},
        {.vars_size = 1},      {.flags = MRTD_LAUNCH_FIRMWARE_ONLY},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        refused_by(image, MRTD_PLATFORM_TDX, "spec", asked[i],
                   MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                   "the request has members that TDX does not take");
    }
    /* And it is not built for SEV. */
    refused(image, one, MRTD_ERR_NOT_FOR_PLATFORM, MRTD_NO_OFFSET,
            "not built for SEV: there is no GUIDed table with an entry for it");
    mrtd_image_free(image);
}

static void firmware(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    /* Not whole pages; SEV does not mind. */
    sev_begin(&s, SEV_SAMPLE_SIZE - 1);
    sev_add_number(&s, &sev_reset, SEV_RESET);
    struct mrtd_image *image = sev_open(&s, 0);
    refused(image, one, MRTD_ERR_FIRMWARE_SIZE, MRTD_NO_OFFSET,
            "the firmware's 16383 bytes are not whole pages of 4096, which "
            "SEV-SNP measures; give the image as it was built");
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SEV, "qemu", one, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->hashed_bytes, SEV_SAMPLE_SIZE - 1);
    assert_int_equal(mrtd_plan_run(plan, 0)->gpa, FIRMWARE + 1);
    mrtd_plan_free(plan);
    plan = NULL;
    mrtd_image_free(image);
    /* No metadata: firmware and VMSA only, and a warning. */
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_number(&s, &sev_reset, SEV_RESET);
    image = sev_open(&s, 0);
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SNP, "qemu", one, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->run_count, 2);
    assert_int_equal(mrtd_plan_info(plan)->finding_count, 1);
    const struct mrtd_finding *f = mrtd_plan_finding(plan, 0);
    assert_int_equal(f->code, MRTD_WARN_NO_SEV_METADATA);
    assert_int_equal(f->severity, MRTD_WARNING);
    assert_int_equal(f->region, MRTD_NO_REGION);
    assert_int_equal(f->offset, MRTD_NO_OFFSET);
    assert_string_equal(f->message,
                        "the image has no SEV metadata: no secrets page and no "
                        "CPUID page are measured, and a guest of SEV-SNP does "
                        "not start");
    mrtd_plan_free(plan);
    mrtd_image_free(image);
    /* A reset block of address 0. */
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_number(&s, &sev_reset, 0);
    image = sev_open(&s, 0);
    refused(image, one, MRTD_ERR_NO_RESET_BLOCK, s.table,
            "the SEV-ES reset block has address 0, which QEMU refuses");
    mrtd_image_free(image);
    /* No reset block; SEV, and the firmware alone, need none. */
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_metadata(&s, sev_sections, SEV_SECTIONS);
    image = sev_open(&s, 0);
    for (int i = 0; i < 2; i++) {
        refused_by(image, i ? MRTD_PLATFORM_SEV_ES : MRTD_PLATFORM_SNP, "qemu",
                   one, MRTD_ERR_NO_RESET_BLOCK, MRTD_NO_OFFSET,
                   "there is no GUIDed table with an SEV-ES reset block, "
                   "which says where other processors than the first start; "
                   "the firmware "
                   "was not built for SEV-ES");
    }
    for (int i = 0; i < 2; i++) {
        plan = NULL;
        assert_int_equal(
            build(&plan, image, i ? MRTD_PLATFORM_SEV : MRTD_PLATFORM_SNP,
                  "qemu",
                  (struct mrtd_launch){.flags =
                                           i ? 0 : MRTD_LAUNCH_FIRMWARE_ONLY},
                  NULL),
            MRTD_OK);
        assert_int_equal(mrtd_plan_info(plan)->run_count, 1);
        assert_int_equal(mrtd_plan_info(plan)->finding_count, 0);
        mrtd_plan_free(plan);
    }
    mrtd_image_free(image);
}

/* The limit is of the bytes that are hashed. */
static void limit(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = one;
    launch.limit = 18 * 256 + 5 * 4224;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->hashed_bytes, launch.limit);
    mrtd_plan_free(plan);
    launch.limit--;
    plan = NULL;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL),
        MRTD_ERR_LIMIT);
    assert_null(plan);
    mrtd_image_free(image);
}

static void launches(void **state)
{
    (void)state;
    struct sev_sample s;
    const struct mrtd_vmm *vmm;
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (vmm->platform != MRTD_PLATFORM_TDX) {
            const bool flat = strcmp(vmm->name, "qemu") == 0 ||
                              strcmp(vmm->name, "ec2") == 0 ||
                              strcmp(vmm->name, "gce") == 0;
            assert_int_equal(mrtd_vmm_launches(vmm, image), flat);
        }
    }
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),  cmocka_unit_test(requests),
        cmocka_unit_test(of_tdx), cmocka_unit_test(firmware),
        cmocka_unit_test(limit),  cmocka_unit_test(launches),
    };
    return cmocka_run_group_tests_name("snp_plan", tests, NULL, NULL);
}
