/* SPDX-License-Identifier: Apache-2.0 */
/* An SVSM that is a file of its own: src/launch/snp/build.c. */
#include "snp_request.h"

static void make_svsm(struct sev_sample *s, uint32_t entry)
{
    static const struct mrtd_sev_section own[] = {
        {.gpa = 0x8000, .size = PAGE, .type = MRTD_SEV_SNP_SECRETS},
        {.gpa = 0x9000, .size = PAGE, .type = MRTD_SEV_SNP_KERNEL_HASHES},
    };
    sev_begin(s, 0x2000);
    sev_add_number(s, &sev_svsm, entry);
    sev_add_metadata(s, own, 2);
}

/* virtee/sev-snp-measure 0.0.13, guest.py, snp:svsm: the firmware, the SVSM
 * below it and its VARS, the SVSM's sections, VMSAs. */
static void svsm(void **state)
{
    (void)state;
    struct sev_sample s;
    struct sev_sample t;
    struct mrtd_plan *plan = NULL;
    sev_begin(&s, SEV_SAMPLE_SIZE);
    sev_add_metadata(&s, sev_sections, SEV_SECTIONS);
    make_svsm(&t, 0x1fff);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_image *other = sev_open(&t, 0);
    struct mrtd_launch launch = one;
    launch.vcpus = 2;
    launch.svsm = other;
    launch.vars_size = 0x3000;
    assert_int_equal(
        build(&plan, image, MRTD_PLATFORM_SNP, "qemu", launch, NULL), MRTD_OK);
    const uint64_t gpa = FIRMWARE - 0x3000 - 0x2000;
    assert_int_equal(mrtd_plan_info(plan)->run_count, 6);
    check_run(plan, 0, 0, MRTD_SNP_PAGE_NORMAL, FIRMWARE, SEV_SAMPLE_SIZE);
    const struct mrtd_run *run = mrtd_plan_run(plan, 1);
    assert_int_equal(run->region, MRTD_NO_REGION);
    assert_int_equal(run->page_type, MRTD_SNP_PAGE_NORMAL);
    assert_int_equal(run->content, MRTD_CONTENT_SVSM);
    assert_int_equal(run->gpa, gpa);
    assert_int_equal(run->size, 0x2000);
    assert_int_equal(run->data_offset, 0);
    assert_int_equal(run->data_size, 0x2000);
    check_run(plan, 2, MRTD_NO_REGION, MRTD_SNP_PAGE_SECRETS, 0x8000, PAGE);
    check_run(plan, 3, MRTD_NO_REGION, MRTD_SNP_PAGE_ZERO, 0x9000, PAGE);
    for (uint32_t i = 4; i < 6; i++) {
        check_run(plan, i, MRTD_NO_REGION, MRTD_SNP_PAGE_VMSA, VMSA, PAGE);
        const uint8_t *page = mrtd_plan_bytes(plan, mrtd_plan_run(plan, i));
        /* RIP: APM volume 2, table B-4. */
        uint8_t rip[8];
        sev_put(rip, 8, gpa + 0x1fff);
        assert_memory_equal(page + 0x178, rip, 8);
    }
    struct mrtd_value value;
    assert_int_equal(mrtd_measure(plan, NULL, &value, NULL), MRTD_OK);
    mrtd_plan_free(plan);

    const struct mrtd_launch more[] = {{.kernel = &kernel},
                                       {.initrd = &initrd},
                                       {.append = ""},
                                       {.firmware_digest = &value.digest}};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct mrtd_launch asked = launch;
        asked.kernel = more[i].kernel;
        asked.initrd = more[i].initrd;
        asked.append = more[i].append;
        asked.firmware_digest = more[i].firmware_digest;
        refused(image, asked, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
                "with an SVSM no kernel, initrd, command line or digest of the "
                "firmware can be given");
    }
    launch.guest_features = 0x21;
    refused(image, launch, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
            "with an SVSM the guest features are 0x1, not 0x21");
    launch.guest_features = 1;
    refused_by(image, MRTD_PLATFORM_SNP, "ec2", launch, MRTD_ERR_SVSM,
               MRTD_NO_OFFSET,
               "VMM ec2 starts no SVSM that is a file of its own");
    launch.vars_size = 0x3001;
    refused(image, launch, MRTD_ERR_SVSM, MRTD_NO_OFFSET,
            "the VARS' 12289 bytes are not whole pages of 4096");
    static const uint64_t sizes[] = {FIRMWARE - 0x2000 + PAGE, FIRMWARE + PAGE,
                                     UINT64_MAX};
    for (size_t i = 0; i < 3; i++) {
        char text[200];
        launch.vars_size = sizes[i];
        snprintf(
            text, sizeof text,
            "the SVSM's 8192 bytes and the VARS' %llu do not fit below the "
            "firmware at GPA 0xffffc000",
            (unsigned long long)sizes[i]);
        refused(image, launch, MRTD_ERR_SVSM, MRTD_NO_OFFSET, text);
    }
    /* All of the memory below the firmware is room enough, but not for its
     * sections. */
    launch.vars_size = FIRMWARE - 0x2000;
    refused(image, launch, MRTD_ERR_SEV_OVERLAP, SEV_SAMPLE_METADATA + 16,
            "SEV section 0 (SNP_SECRETS): it reaches into the firmware, which "
            "begins at GPA 0x0");
    mrtd_image_free(other);
    mrtd_image_free(image);
}

/* What is no SVSM. */
static void no_svsm(void **state)
{
    (void)state;
    struct sev_sample s;
    struct sev_sample t;
    uint8_t bytes[SMALL_SIZE];
    static const char *const message =
        "the SVSM's GUIDed table does not say where it starts; it is not an "
        "SVSM";
    sev_make(&s, sev_sections, SEV_SECTIONS);
    struct mrtd_image *image = sev_open(&s, 0);
    struct mrtd_launch launch = one;
    launch.svsm = image;
    refused(image, launch, MRTD_ERR_SVSM, MRTD_NO_OFFSET, message);
    struct mrtd_image *other = open_sections(bytes, small_sections, 4, 0);
    launch.svsm = other;
    refused(image, launch, MRTD_ERR_SVSM, MRTD_NO_OFFSET, message);
    mrtd_image_free(other);
    for (uint32_t entry = 0x2000; entry <= 0x2001; entry++) {
        char text[100];
        snprintf(text, sizeof text,
                 "the SVSM starts at offset 0x%x, past the end of its 0x2000 "
                 "bytes",
                 entry);
        make_svsm(&t, entry);
        other = sev_open(&t, 0);
        launch.svsm = other;
        refused(image, launch, MRTD_ERR_SVSM,
                mrtd_image_sev(other)->svsm_offset, text);
        mrtd_image_free(other);
    }
    sev_begin(&t, 0x2001);
    sev_add_number(&t, &sev_svsm, 0);
    other = sev_open(&t, MRTD_WITHOUT_METADATA);
    launch.svsm = other;
    refused(image, launch, MRTD_ERR_FIRMWARE_SIZE, MRTD_NO_OFFSET,
            "the SVSM's 8193 bytes are not whole pages of 4096, which SEV-SNP "
            "measures; give the image as it was built");
    mrtd_image_free(other);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svsm),
        cmocka_unit_test(no_svsm),
    };
    return cmocka_run_group_tests_name("svsm", tests, NULL, NULL);
}
