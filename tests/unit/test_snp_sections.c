/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of SEV metadata: src/launch/snp/sections.c. */
#include "launch/snp/sections.h"
#include "snp_request.h"

/* One section that is refused, or is a warning where the image is opened
 * permissive and may_pass. */
static void section(struct mrtd_sev_section t, bool may_pass,
                    enum mrtd_code code, unsigned field, const char *message)
{
    struct sev_sample s;
    sev_make(&s, &t, 1);
    struct mrtd_image *image = sev_open(&s, 0);
    refused(image, one, code, SEV_SAMPLE_METADATA + 16 + field, message);
    mrtd_image_free(image);
    image = sev_open(&s, MRTD_PERMISSIVE);
    if (may_pass) {
        struct mrtd_plan *plan = NULL;
        assert_int_equal(
            build(&plan, image, MRTD_PLATFORM_SNP, "qemu", one, NULL), MRTD_OK);
        const struct mrtd_finding *f = mrtd_plan_finding(plan, 0);
        assert_int_equal(f->code, code);
        assert_int_equal(f->severity, MRTD_WARNING);
        assert_int_equal(f->region, MRTD_NO_REGION);
        assert_int_equal(f->offset, SEV_SAMPLE_METADATA + 16 + field);
        assert_string_equal(f->message, message);
        assert_int_equal(mrtd_plan_info(plan)->finding_count, 1);
        /* As QEMU: all of the size, and zeros where the type is unknown. */
        const struct mrtd_run *run = mrtd_plan_run(plan, 1);
        if (t.size > 0) {
            assert_int_equal(run->size, t.size);
        } else {
            assert_int_equal(run->page_type, MRTD_SNP_PAGE_VMSA);
        }
        if (code == MRTD_ERR_SEV_TYPE) {
            assert_int_equal(run->page_type, MRTD_SNP_PAGE_ZERO);
        }
        mrtd_plan_free(plan);
    } else {
        refused(image, one, code, SEV_SAMPLE_METADATA + 16 + field, message);
    }
    mrtd_image_free(image);
}

static void sections(void **state)
{
    (void)state;
    section((struct mrtd_sev_section){0x1001, PAGE, 1, 0}, false,
            MRTD_ERR_SEV_SECTION, 0,
            "SEV section 0 (SNP_SEC_MEM): GPA 0x1001 is not a multiple of "
            "0x1000");
    section((struct mrtd_sev_section){0x1000, 0x1fff, 4, 0}, false,
            MRTD_ERR_SEV_SECTION, 4,
            "SEV section 0 (SVSM_CAA): size 0x1fff is not a multiple of "
            "0x1000");
    section((struct mrtd_sev_section){0xfffff000, 0x2000, 1, 0}, false,
            MRTD_ERR_SEV_SECTION, 4,
            "SEV section 0 (SNP_SEC_MEM): GPA 0xfffff000 and size 0x2000 reach "
            "past 4 GiB");
    static const uint32_t unknown[] = {0, 5, 15, 17, UINT32_MAX};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "SEV section 0 (unknown type): type %u is not 1 to 4 or 16; "
                 "QEMU takes it for zero pages, calculators refuse it",
                 unknown[i]);
        section((struct mrtd_sev_section){0x1000, 0x2000, unknown[i], 0}, true,
                MRTD_ERR_SEV_TYPE, 8, text);
    }
    section((struct mrtd_sev_section){0x1000, 0x2000, 2, 0}, true,
            MRTD_ERR_SEV_PAGE, 4,
            "SEV section 0 (SNP_SECRETS): size 0x2000 is not 0x1000; "
            "calculators take one page, QEMU takes the size");
    section((struct mrtd_sev_section){0x1000, 0, 3, 0}, true, MRTD_ERR_SEV_PAGE,
            4,
            "SEV section 0 (CPUID): size 0x0 is not 0x1000; calculators take "
            "one page, QEMU takes the size");
    section((struct mrtd_sev_section){0x1000, 0x3000, 16, 0}, true,
            MRTD_ERR_SEV_PAGE, 4,
            "SEV section 0 (SNP_KERNEL_HASHES): size 0x3000 is not 0x1000; "
            "calculators take one page, QEMU takes the size");
    section((struct mrtd_sev_section){(uint32_t)FIRMWARE - PAGE, 0x2000, 1, 0},
            true, MRTD_ERR_SEV_OVERLAP, 0,
            "SEV section 0 (SNP_SEC_MEM): it reaches into the firmware, which "
            "begins at GPA 0xffffc000");
    /* To 4 GiB, and not past it. */
    section(
        (struct mrtd_sev_section){(uint32_t)FIRMWARE, SEV_SAMPLE_SIZE, 1, 0},
        true, MRTD_ERR_SEV_OVERLAP, 0,
        "SEV section 0 (SNP_SEC_MEM): it reaches into the firmware, which "
        "begins at GPA 0xffffc000");
}

/* What no VMM can launch is refused wherever in the table it is, and whatever
 * is allowed. */
static void second(void **state)
{
    (void)state;
    static const struct {
        struct mrtd_sev_section section;
        unsigned field;
        const char *message;
    } rows[] = {
        {{0x1001, PAGE, 1, 0},
         0,
         "SEV section 1 (SNP_SEC_MEM): GPA 0x1001 is not a multiple of 0x1000"},
        {{0x1000, 0x1fff, 4, 0},
         4,
         "SEV section 1 (SVSM_CAA): size 0x1fff is not a multiple of 0x1000"},
        {{0xfffff000, 0x2000, 1, 0},
         4,
         "SEV section 1 (SNP_SEC_MEM): GPA 0xfffff000 and size 0x2000 reach "
         "past 4 GiB"},
    };
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
        const struct mrtd_sev_section two[] = {{0x20000, PAGE, 1, 0},
                                               rows[i / 2].section};
        struct sev_sample s;
        sev_make(&s, two, 2);
        struct mrtd_image *image = sev_open(&s, i % 2 ? MRTD_PERMISSIVE : 0);
        refused(image, one, MRTD_ERR_SEV_SECTION,
                SEV_SAMPLE_METADATA + 28 + rows[i / 2].field,
                rows[i / 2].message);
        mrtd_image_free(image);
    }
}

/* All that is broken is found, with the section that it is of, and nothing is
 * refused. */
static void all_found(void **state)
{
    (void)state;
    static const struct mrtd_sev_section sections[] = {
        {.gpa = 0x20000, .size = PAGE, .type = 1},
        {.gpa = 0xfffff000, .size = 0x1001, .type = 1},
        {.gpa = (uint32_t)FIRMWARE, .size = 1, .type = 9},
    };
    static const struct {
        enum mrtd_code code;
        uint32_t region;
        unsigned field;
        const char *end;
    } wanted[] = {
        {MRTD_ERR_SEV_SECTION, 1, 4, "0x1001 is not a multiple of 0x1000"},
        {MRTD_ERR_SEV_SECTION, 1, 4, "size 0x1001 reach past 4 GiB"},
        {MRTD_ERR_SEV_SECTION, 2, 4, "size 0x1 is not a multiple of 0x1000"},
        {MRTD_ERR_SEV_TYPE, 2, 8, "calculators refuse it"},
        {MRTD_ERR_SEV_OVERLAP, 2, 0, "begins at GPA 0xffffc000"},
        {MRTD_ERR_SEV_OVERLAP, 1, 0, "begins at GPA 0xffffc000"},
    };
    const uint32_t count = sizeof wanted / sizeof *wanted;
    struct sev_sample s;
    struct findings found = {0};
    sev_make(&s, sections, 3);
    struct mrtd_image *image = sev_open(&s, 0);
    assert_int_equal(snp_find_broken(image, FIRMWARE, &found, NULL), MRTD_OK);
    assert_int_equal(found.count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_finding *f = &found.items[i];
        const size_t length = strlen(f->message);
        assert_int_equal(f->code, wanted[i].code);
        assert_int_equal(f->severity, MRTD_WARNING);
        assert_int_equal(f->region, wanted[i].region);
        assert_int_equal(f->offset, SEV_SAMPLE_METADATA + 16 +
                                        12 * wanted[i].region +
                                        wanted[i].field);
        assert_true(length > strlen(wanted[i].end));
        assert_string_equal(f->message + length - strlen(wanted[i].end),
                            wanted[i].end);
    }
    findings_free(&found);
    mrtd_image_free(image);
}

/* Sections that touch are apart; of two that overlap the higher is named. */
static void overlaps(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    static const struct mrtd_sev_section touching[] = {
        {.gpa = 0x3000, .size = 0x2000, .type = 1},
        {.gpa = 0x2000, .size = PAGE, .type = 2},
        {.gpa = 0x5000, .size = PAGE, .type = 3},
        {.gpa = 0x4000, .size = 0, .type = 1},
        {.gpa = (uint32_t)FIRMWARE - PAGE, .size = PAGE, .type = 1},
    };
    sev_make(&s, touching, 5);
    struct mrtd_image *image = sev_open(&s, 0);
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SNP, "qemu", one, NULL),
                     MRTD_OK);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
    for (int i = 0; i < 2; i++) {
        struct mrtd_sev_section two[] = {
            {.gpa = 0x4000, .size = PAGE, .type = 2},
            {.gpa = 0x3000, .size = 0x2000, .type = 1},
        };
        static const char *const messages[] = {
            "SEV section 0 (SNP_SECRETS): GPA 0x4000 is also in section 1; a "
            "page is launched once",
            "SEV section 1 (SNP_SECRETS): GPA 0x4000 is also in section 0; a "
            "page is launched once"};
        if (i) {
            const struct mrtd_sev_section first = two[0];
            two[0] = two[1];
            two[1] = first;
        }
        sev_make(&s, two, 2);
        image = sev_open(&s, 0);
        refused(image, one, MRTD_ERR_SEV_OVERLAP,
                SEV_SAMPLE_METADATA + 16 + 12 * (uint64_t)i, messages[i]);
        mrtd_image_free(image);
        image = sev_open(&s, MRTD_PERMISSIVE);
        plan = NULL;
        assert_int_equal(
            build(&plan, image, MRTD_PLATFORM_SNP, "qemu", one, NULL), MRTD_OK);
        assert_int_equal(mrtd_plan_finding(plan, 0)->code,
                         MRTD_ERR_SEV_OVERLAP);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* All that reach into one are found, also after one that is inside of it; and
 * one may reach into the firmware, too. */
static void all_overlaps(void **state)
{
    (void)state;
    struct sev_sample s;
    struct mrtd_plan *plan = NULL;
    const struct mrtd_finding *finding;
    static const struct mrtd_sev_section nested[] = {
        {.gpa = 0x3000, .size = PAGE, .type = 1},
        {.gpa = 0x5000, .size = PAGE, .type = 1},
        {.gpa = 0x3000, .size = 0x3000, .type = 1},
        {.gpa = 0x6000, .size = PAGE, .type = 1},
        {.gpa = (uint32_t)FIRMWARE - PAGE, .size = PAGE, .type = 1},
        {.gpa = (uint32_t)FIRMWARE - PAGE, .size = 0x2000, .type = 1},
        {.gpa = 0x10000, .size = 0x3000, .type = 1},
        {.gpa = 0x11000, .size = 0x2000, .type = 1},
        {.gpa = 0x12000, .size = PAGE, .type = 1},
    };
    static const struct {
        uint32_t index;
        const char *message;
    } wanted[] = {
        {2, "SEV section 2 (SNP_SEC_MEM): GPA 0x3000 is also in section 0; a "
            "page is launched once"},
        {1, "SEV section 1 (SNP_SEC_MEM): GPA 0x5000 is also in section 2; a "
            "page is launched once"},
        {7, "SEV section 7 (SNP_SEC_MEM): GPA 0x11000 is also in section 6; a "
            "page is launched once"},
        {8, "SEV section 8 (SNP_SEC_MEM): GPA 0x12000 is also in section 6; a "
            "page is launched once"},
        {5, "SEV section 5 (SNP_SEC_MEM): GPA 0xffffb000 is also in section "
            "4; a page is launched once"},
        {5, "SEV section 5 (SNP_SEC_MEM): it reaches into the firmware, which "
            "begins at GPA 0xffffc000"},
    };
    sev_make(&s, nested, sizeof nested / sizeof *nested);
    struct mrtd_image *image = sev_open(&s, MRTD_PERMISSIVE);
    assert_int_equal(build(&plan, image, MRTD_PLATFORM_SNP, "qemu", one, NULL),
                     MRTD_OK);
    for (uint32_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        finding = mrtd_plan_finding(plan, i);
        assert_non_null(finding);
        assert_int_equal(finding->code, MRTD_ERR_SEV_OVERLAP);
        assert_int_equal(finding->offset, SEV_SAMPLE_METADATA + 16 +
                                              12 * (uint64_t)wanted[i].index);
        assert_string_equal(finding->message, wanted[i].message);
    }
    assert_null(mrtd_plan_finding(plan, sizeof wanted / sizeof *wanted));
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections),     cmocka_unit_test(overlaps),
        cmocka_unit_test(all_overlaps), cmocka_unit_test(second),
        cmocka_unit_test(all_found),
    };
    return cmocka_run_group_tests_name("snp_sections", tests, NULL, NULL);
}
