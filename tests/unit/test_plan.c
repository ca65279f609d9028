/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "igvm_sample.h"
#include "launch/tdx/notes.h"

#define ADD    MRTD_OP_TDX_ADD
#define EXTEND MRTD_OP_TDX_EXTEND
#define BOTH   (ADD | EXTEND)

static void check_run(const struct mrtd_plan *plan, uint32_t index,
                      const struct mrtd_run *want)
{
    const struct mrtd_run *run = mrtd_plan_run(plan, index);
    assert_non_null(run);
    assert_int_equal(run->region, want->region);
    assert_int_equal(run->gpa, want->gpa);
    assert_int_equal(run->size, want->size);
    assert_int_equal(run->ops, want->ops);
    assert_int_equal(run->page_type, 0);
    assert_int_equal(run->content, want->content);
    assert_int_equal(run->data_offset, want->data_offset);
    assert_int_equal(run->data_size, want->data_size);
}

static const struct mrtd_section mixed[] = {
    {0x1000, 0x800, 0xfffff000, 0x1000, MRTD_SECTION_BFV, 1},
    {0, 0, 0x10000, 0x3000, MRTD_SECTION_TD_HOB, 0},
    {0, 0, 0x20000, 0x2000, MRTD_SECTION_PERM_MEM, 2},
    {0x2000, 0x1000, 0x30000, 0x1000, MRTD_SECTION_PAYLOAD, 1},
    {0x1000, 0x20, 0, 0, MRTD_SECTION_TD_INFO, 0},
};

static void spec_order(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, mixed, 5, 0);
    struct mrtd_plan *plan = NULL;
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    const struct mrtd_plan_info *info = mrtd_plan_info(plan);
    assert_string_equal(info->vmm->name, "spec");
    assert_int_equal(info->run_count, 3);
    assert_int_equal(info->added_pages, 5);
    assert_int_equal(info->extended_pages, 2);
    assert_int_equal(info->hashed_bytes, 5 * 128 + 2 * 6144);
    check_run(plan, 0,
              &(struct mrtd_run){0, BOTH, 0, MRTD_CONTENT_IMAGE, 0xfffff000,
                                 0x1000, 0x1000, 0x800});
    check_run(plan, 1,
              &(struct mrtd_run){1, ADD, 0, MRTD_CONTENT_ZERO, 0x10000, 0x3000,
                                 0, 0});
    check_run(plan, 2,
              &(struct mrtd_run){3, BOTH, 0, MRTD_CONTENT_IMAGE, 0x30000,
                                 0x1000, 0x2000, 0x1000});
    assert_null(mrtd_plan_run(plan, 3));
    assert_null(mrtd_plan_finding(plan, info->finding_count));
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

static void two_pass_order(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, mixed, 5, 0);
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "kvm-v19")};
    struct mrtd_plan *plan = NULL;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->run_count, 5);
    assert_int_equal(mrtd_plan_info(plan)->hashed_bytes, 5 * 128 + 2 * 6144);
    check_run(plan, 0,
              &(struct mrtd_run){0, ADD, 0, MRTD_CONTENT_IMAGE, 0xfffff000,
                                 0x1000, 0x1000, 0x800});
    check_run(plan, 1,
              &(struct mrtd_run){0, EXTEND, 0, MRTD_CONTENT_IMAGE, 0xfffff000,
                                 0x1000, 0x1000, 0x800});
    check_run(plan, 2,
              &(struct mrtd_run){1, ADD, 0, MRTD_CONTENT_ZERO, 0x10000, 0x3000,
                                 0, 0});
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

static void cloud_hypervisor_order(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    uint8_t kernel[0x300] = {1};
    struct mrtd_image *image = open_sections(bytes, mixed, 5, 0);
    struct mrtd_source payload = {.data = kernel, .size = sizeof kernel};
    struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "cloud-hypervisor")};
    struct mrtd_plan *plan = NULL;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_PAYLOAD_NEEDED);
    assert_null(plan);

    options.payload = &payload;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->run_count, 4);
    assert_int_equal(mrtd_plan_info(plan)->added_pages, 7);
    check_run(plan, 2,
              &(struct mrtd_run){2, ADD, 0, MRTD_CONTENT_ZERO, 0x20000, 0x2000,
                                 0, 0});
    check_run(plan, 3,
              &(struct mrtd_run){3, BOTH, 0, MRTD_CONTENT_PAYLOAD, 0x30000,
                                 0x1000, 0, sizeof kernel});
    mrtd_plan_free(plan);

    payload.size = 0;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_PAYLOAD_SIZE);
    payload.size = 0x1001;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_PAYLOAD_SIZE);
    payload.data = NULL;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_ARGUMENT);
    payload.data = kernel;
    payload.size = sizeof kernel;
    mrtd_image_free(image);
}

/* Runs whose content is not simply the section's data. */
static void contents(void **state)
{
    (void)state;
    /* Nothing is measured: the kernel need not be there, and QEMU's bytes may
     * end with the file. */
    static const struct mrtd_section sections[] = {
        {0x2000, 0x800, 0x30000, 0x1000, MRTD_SECTION_PAYLOAD, 0},
        {0x3000, 0x800, 0x10000, 0x2000, MRTD_SECTION_CFV, 0},
    };
    static const struct {
        const char *vmm;
        struct mrtd_run runs[2];
    } cases[] = {
        {"cloud-hypervisor",
         {{0, ADD, 0, MRTD_CONTENT_ZERO, 0x30000, 0x1000, 0, 0},
          {1, ADD, 0, MRTD_CONTENT_IMAGE, 0x10000, 0x2000, 0x3000, 0x800}}},
        {"qemu",
         {{0, ADD, 0, MRTD_CONTENT_IMAGE, 0x30000, 0x1000, 0x2000, 0x1000},
          {1, ADD, 0, MRTD_CONTENT_IMAGE, 0x10000, 0x2000, 0x3000, 0x1000}}},
    };
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, sections, 2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mrtd_launch options = {
            .struct_size = sizeof(struct mrtd_launch),
            .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, cases[i].vmm)};
        struct mrtd_plan *plan = NULL;
        assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                         MRTD_OK);
        check_run(plan, 0, &cases[i].runs[0]);
        check_run(plan, 1, &cases[i].runs[1]);
        mrtd_plan_free(plan);
    }
    mrtd_image_free(image);
}

/* Notes about the whole image are of no section, and stand nowhere. */
static void of_the_image(void **state)
{
    (void)state;
    static const enum mrtd_code codes[] = {
        MRTD_NOTE_QEMU_SIZE, MRTD_NOTE_CH_PAYLOAD, MRTD_NOTE_IGVM_TD_SHIM};
    uint8_t bytes[SMALL_SIZE];
    uint8_t igvm[IGVM_SAMPLE_SIZE];
    const uint8_t kernel[1] = {0};
    const struct mrtd_source payload = {.data = kernel, .size = 1};
    const struct mrtd_launch options[] = {
        {.struct_size = sizeof(struct mrtd_launch)},
        {.struct_size = sizeof(struct mrtd_launch),
         .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "cloud-hypervisor"),
         .payload = &payload},
        {.struct_size = sizeof(struct mrtd_launch)},
    };
    igvm_sample(igvm);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct mrtd_source source = {.data = igvm, .size = sizeof igvm};
        struct mrtd_plan *plan = NULL;
        struct mrtd_image *image = NULL;
        if (codes[i] == MRTD_NOTE_IGVM_TD_SHIM) {
            assert_int_equal(mrtd_image_open(&image, &source, 0, NULL),
                             MRTD_OK);
        } else {
            image = open_sections(bytes, mixed, 5, 0);
        }
        assert_int_equal(mrtd_plan_build(&plan, image, &options[i], NULL),
                         MRTD_OK);
        uint32_t found = 0;
        for (uint32_t k = 0; k < mrtd_plan_info(plan)->finding_count; k++) {
            const struct mrtd_finding *f = mrtd_plan_finding(plan, k);
            if (f->code == codes[i]) {
                found++;
                assert_int_equal(f->severity, MRTD_NOTE);
                assert_int_equal(f->region, MRTD_NO_REGION);
                assert_int_equal(f->offset, MRTD_NO_OFFSET);
            }
        }
        assert_int_equal(found, 1);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* The limit is exact, and totals that do not fit 64 bits are over it. */
static void limits(void **state)
{
    (void)state;
    static const struct mrtd_section whole[] = {
        {0, 0, 0, UINT64_C(0xfffffffffffff000), MRTD_SECTION_TEMP_MEM, 1},
        {0, 0, 0, UINT64_C(0xfffffffffffff000), MRTD_SECTION_TEMP_MEM, 1},
    };
    uint8_t bytes[SMALL_SIZE];
    const struct mrtd_vmm other = {.name = "spec"};
    struct mrtd_launch options = {.struct_size = sizeof(struct mrtd_launch),
                                  .limit = 5 * 128 + 2 * 6144};
    struct mrtd_plan *plan = NULL;
    struct mrtd_image *image = open_sections(bytes, mixed, 5, 0);
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL), MRTD_OK);
    mrtd_plan_free(plan);
    plan = NULL;
    options.limit--;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_LIMIT);
    options.vmm = &other;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_ARGUMENT);
    mrtd_image_free(image);

    image = open_sections(bytes, whole, 2, MRTD_PERMISSIVE);
    options.vmm = NULL;
    options.limit = UINT64_MAX;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_LIMIT);
    assert_null(plan);
    mrtd_image_free(image);
    mrtd_plan_free(NULL);
}

static void deviations(void **state)
{
    (void)state;
    static const char *const names[] = {"following-bytes", "aug-added",
                                        "all-measured", "two-pass", "rdx-zero"};
    const struct mrtd_deviation *d;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_launch options = {.struct_size = sizeof(struct mrtd_launch),
                                  .deviations = 0};
    struct mrtd_plan *plan = NULL;
    struct mrtd_image *image = open_sections(bytes, mixed, 5, 0);
    unsigned all = 0;
    for (size_t i = 0; (d = mrtd_deviation_at(i)); i++) {
        assert_int_equal(all & d->flag, 0);
        all |= d->flag;
        assert_string_equal(d->name, names[i]);
        assert_true(*d->software && *d->source);
        assert_int_equal(d->platform, d->flag == MRTD_DEVIATE_RDX_ZERO
                                          ? MRTD_PLATFORM_SNP
                                          : MRTD_PLATFORM_TDX);
    }
    assert_int_equal(all & MRTD_DEVIATE_RDX_ZERO, MRTD_DEVIATE_RDX_ZERO);
    options.deviations = all;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_null(plan);
    all -= MRTD_DEVIATE_RDX_ZERO;
    assert_int_equal(all,
                     MRTD_DEVIATE_FOLLOWING_BYTES | MRTD_DEVIATE_AUG_ADDED |
                         MRTD_DEVIATE_ALL_MEASURED | MRTD_DEVIATE_TWO_PASS);
    options.deviations = all + 1;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_null(plan);

    options.deviations = MRTD_DEVIATE_TWO_PASS;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL), MRTD_OK);
    check_run(plan, 0,
              &(struct mrtd_run){0, ADD, 0, MRTD_CONTENT_IMAGE, 0xfffff000,
                                 0x1000, 0x1000, 0x800});
    check_run(plan, 1,
              &(struct mrtd_run){0, EXTEND, 0, MRTD_CONTENT_IMAGE, 0xfffff000,
                                 0x1000, 0x1000, 0x800});
    mrtd_plan_free(plan);
    plan = NULL;

    all -= MRTD_DEVIATE_TWO_PASS;
    options.deviations = all;
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_info(plan)->deviations, all);
    assert_ptr_equal(mrtd_plan_info(plan)->vmm,
                     mrtd_vmm_default(MRTD_PLATFORM_TDX));
    check_run(plan, 0,
              &(struct mrtd_run){0, BOTH, 0, MRTD_CONTENT_IMAGE, 0xfffff000,
                                 0x1000, 0x1000, 0x1000});
    check_run(plan, 1,
              &(struct mrtd_run){1, BOTH, 0, MRTD_CONTENT_ZERO, 0x10000, 0x3000,
                                 0, 0});
    check_run(plan, 2,
              &(struct mrtd_run){2, BOTH, 0, MRTD_CONTENT_ZERO, 0x20000, 0x2000,
                                 0, 0});
    mrtd_plan_free(plan);
    plan = NULL;

    /* This VMM makes up what would be measured then. */
    options.vmm = mrtd_vmm_at(1);
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_VMM_CONTENT);
    mrtd_image_free(image);
}

/* The CODE part of a split image: VARS of one page are missing in front. */
static void without_vars(void **state)
{
    (void)state;
    struct mrtd_section sections[] = {
        {0x1000, SMALL_SIZE, UINT64_C(0x100000000) - SMALL_SIZE, SMALL_SIZE,
         MRTD_SECTION_BFV, 1},
        {0, 0x1000, 0x10000, 0x1000, MRTD_SECTION_CFV, 0},
        {0, 0, 0x20000, 0x1000, MRTD_SECTION_TD_HOB, 0},
    };
    uint8_t bytes[SMALL_SIZE] = {0};
    struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, 3);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL),
                     MRTD_ERR_SPLIT_IMAGE);
    assert_int_equal(mrtd_image_open(&image, &source, MRTD_WITHOUT_VARS, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_image_info(image)->missing_vars, 0x1000);
    assert_int_equal(mrtd_image_info(image)->data_end, SMALL_SIZE + 0x1000);
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    check_run(plan, 0,
              &(struct mrtd_run){0, BOTH, 0, MRTD_CONTENT_IMAGE,
                                 UINT64_C(0x100000000) - SMALL_SIZE, SMALL_SIZE,
                                 0, SMALL_SIZE});
    check_run(plan, 1,
              &(struct mrtd_run){1, ADD, 0, MRTD_CONTENT_ZERO, 0x10000, 0x1000,
                                 0, 0});
    mrtd_plan_free(plan);
    mrtd_image_free(image);
    plan = NULL;

    /* Of a whole image nothing is missing. */
    make_small(bytes);
    assert_int_equal(mrtd_image_open(&image, &source, MRTD_WITHOUT_VARS, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_image_info(image)->missing_vars, 0);
    mrtd_image_free(image);
}

/* What is missing cannot be measured; a section without data misses none. */
static void measured_vars(void **state)
{
    (void)state;
    static const struct {
        uint32_t raw;
        enum mrtd_code code;
    } cases[] = {
        {0, MRTD_OK}, {1, MRTD_ERR_SPLIT_IMAGE}, {0x800, MRTD_ERR_SPLIT_IMAGE}};
    struct mrtd_section sections[] = {
        {0x1000, SMALL_SIZE, UINT64_C(0x100000000) - SMALL_SIZE, SMALL_SIZE,
         MRTD_SECTION_BFV, 1},
        {0, 0, 0x10000, 0x1000, MRTD_SECTION_CFV, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[SMALL_SIZE] = {0};
        struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        struct mrtd_error e = {.code = MRTD_OK};
        sections[1].raw_data_size = cases[i].raw;
        sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, 2);
        assert_int_equal(
            mrtd_image_open(&image, &source, MRTD_WITHOUT_VARS, NULL), MRTD_OK);
        assert_int_equal(mrtd_plan_build(&plan, image, NULL, &e),
                         cases[i].code);
        assert_int_equal(e.code, cases[i].code);
        if (e.code) {
            /* Attributes of section 1, 28 bytes into it. */
            assert_int_equal(e.offset, SMALL_METADATA + 32 + 32 + 28);
            assert_string_equal(e.message,
                                "section 1 (CFV): it is measured, but in the "
                                "missing VARS part of the image");
            assert_null(plan);
        }
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

static const struct mrtd_finding *zero_fill_note(const struct mrtd_plan *plan)
{
    const struct mrtd_finding *f = NULL;
    for (uint32_t i = 0; i < mrtd_plan_info(plan)->finding_count; i++) {
        const struct mrtd_finding *any = mrtd_plan_finding(plan, i);
        f = any->code == MRTD_NOTE_ZERO_FILL ? any : f;
    }
    return f;
}

/* A byte after the data of a section differs from the zeros that are measured:
 * the last of its memory, in a piece of one byte; then the first beyond. */
static void zero_fill(void **state)
{
    (void)state;
    static const struct mrtd_section sections[] = {
        {0x2000, 0x1000, 0xfffff000, 0x1000, MRTD_SECTION_BFV, 1},
        {0, 0x2000 - 4097, 0x10000, 0x2000, MRTD_SECTION_CFV, 1},
        {0, 0, 0x20000, 0x1000, MRTD_SECTION_TD_HOB, 0},
    };
    for (unsigned at = 0x1fff; at <= 0x2000; at++) {
        uint8_t bytes[SMALL_SIZE] = {0};
        struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        bytes[at] = 1;
        sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, 3);
        assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
        assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
        const struct mrtd_finding *f = zero_fill_note(plan);
        assert_int_equal(f != NULL, at == 0x1fff);
        if (f) {
            /* MemoryDataSize of section 1, 16 bytes into it. */
            assert_int_equal(f->offset, SMALL_METADATA + 32 + 32 + 16);
            assert_int_equal(f->region, 1);
            assert_non_null(strstr(f->message, "0x1001 bytes after its data"));
            assert_non_null(strstr(f->message, "bytes from 0xfff"));
        }
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* The same in the CODE part of a split image. */
static void zero_fill_of_code(void **state)
{
    (void)state;
    static const struct mrtd_section sections[] = {
        {0x2000, 0x3000, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
        {0x1000, 0x800, 0x10000, 0x1000, MRTD_SECTION_PAYLOAD, 1},
        {0, 0x1000, 0x20000, 0x1000, MRTD_SECTION_CFV, 0},
    };
    for (unsigned at = 0xfff; at <= 0x1000; at++) {
        uint8_t bytes[SMALL_SIZE] = {0};
        struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        bool differs = at != 0xfff;
        bytes[at] = 1;
        sample_write(bytes, SMALL_SIZE, SMALL_METADATA, sections, 3);
        assert_int_equal(
            mrtd_image_open(&image, &source, MRTD_WITHOUT_VARS, NULL), MRTD_OK);
        assert_int_equal(tdx_fill_differs(image, mrtd_image_region(image, 1),
                                          &differs, NULL),
                         MRTD_OK);
        assert_int_equal(differs, at == 0xfff);
        assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
        const struct mrtd_finding *f = zero_fill_note(plan);
        assert_int_equal(f != NULL, differs);
        if (f) {
            assert_string_equal(f->message,
                                "section 1 (Payload): 0x800 bytes after its "
                                "data are measured as zeros; QEMU and older "
                                "calculators take the file's bytes from 0x800");
        }
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spec_order),
        cmocka_unit_test(two_pass_order),
        cmocka_unit_test(cloud_hypervisor_order),
        cmocka_unit_test(limits),
        cmocka_unit_test(deviations),
        cmocka_unit_test(without_vars),
        cmocka_unit_test(contents),
        cmocka_unit_test(of_the_image),
        cmocka_unit_test(measured_vars),
        cmocka_unit_test(zero_fill),
        cmocka_unit_test(zero_fill_of_code),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
