/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM files through the library's interface; tests/golden has the values. */
#include "unit.h"

#include "igvm_sample.h"
#include "image/image.h"
#include <stdlib.h>

static struct mrtd_image *open_sample(uint8_t *file)
{
    const struct mrtd_source source = {.data = file, .size = IGVM_SAMPLE_SIZE};
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    return image;
}

static void lists(void **state)
{
    (void)state;
    uint8_t file[IGVM_SAMPLE_SIZE];
    igvm_sample(file);
    struct mrtd_image *image = open_sample(file);
    const struct mrtd_igvm_info *info = mrtd_image_igvm(image);
    assert_int_equal(info->format_version, 1);
    assert_int_equal(mrtd_image_igvm_mask(image, MRTD_IGVM_TDX), 1);
    struct mrtd_igvm_pages pages;
    mrtd_image_igvm_pages(image, 1, &pages);
    assert_int_equal(info->platform_count, 2);
    assert_int_equal(info->range_count, IGVM_SAMPLE_MANY);
    assert_int_equal(info->blob_count, IGVM_SAMPLE_MANY);
    assert_int_equal(pages.measured, IGVM_SAMPLE_MANY / 2);
    assert_int_equal(pages.other, IGVM_SAMPLE_MANY / 2);
    assert_int_equal(pages.parameters, 1);
    assert_false(info->has_snp_digest);
    for (uint32_t i = 0; i < IGVM_SAMPLE_MANY; i++) {
        assert_int_equal(mrtd_image_igvm_range(image, i)->area, i);
        assert_int_equal(mrtd_image_igvm_blob(image, i)->offset,
                         IGVM_SAMPLE_DATA);
    }
    assert_null(mrtd_image_igvm_platform(image, 2));
    assert_null(mrtd_image_igvm_range(image, IGVM_SAMPLE_MANY));
    assert_null(mrtd_image_igvm_blob(image, IGVM_SAMPLE_MANY));
    mrtd_image_free(image);
}

static void other_images_have_none(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_small(bytes);
    const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_null(mrtd_image_igvm(image));
    assert_null(mrtd_image_igvm_platform(image, 0));
    assert_null(mrtd_image_igvm_range(image, 0));
    assert_null(mrtd_image_igvm_blob(image, 0));
    assert_int_equal(mrtd_image_igvm_mask(image, MRTD_IGVM_TDX), 0);
    const struct mrtd_vmm *vmm =
        mrtd_vmm_find(MRTD_PLATFORM_TDX, "td-shim-igvm");
    assert_false(mrtd_vmm_launches(vmm, image));
    assert_true(mrtd_vmm_launches(NULL, image));
    assert_false(mrtd_vmm_launches(&(struct mrtd_vmm){0}, image));
    mrtd_image_free(image);
}

static void names(void **state)
{
    (void)state;
    static const char *const platforms[] = {
        "NATIVE", "VSM_ISOLATION", "SEV_SNP", "TDX", "SEV", "SEV_ES", "CCA"};
    static const char *const types[] = {"BFV",          "CFV",     "TD_HOB",
                                        "TempMem",      "PermMem", "Payload",
                                        "PayloadParam", "TD_INFO", "TD_PARAMS"};
    for (uint32_t i = 0; i < 7; i++) {
        assert_string_equal(mrtd_igvm_platform_name(i), platforms[i]);
    }
    assert_null(mrtd_igvm_platform_name(7));
    for (uint32_t i = 0; i < 9; i++) {
        assert_string_equal(mrtd_section_type_name(i), types[i]);
    }
    assert_null(mrtd_section_type_name(9));
    assert_null(mrtd_section_type_name(0xff));
    assert_null(mrtd_section_type_name(0x302));
    assert_null(mrtd_region_name(&(struct mrtd_region){.type = 9}));
    assert_string_equal(
        mrtd_region_name(&(struct mrtd_region){.type = 2, .data_size = 1}),
        "TD_HOB");
}

/* --- One of each ------------------------------------------------------- */

#define EACH_SIZE 0x2000
#define EACH_DATA 0x1000

/* The seven platforms (mask 1 << type), and one structure of each kind that is
 * kept; returns the structures' end. */
static uint8_t *each_structure(uint8_t *file)
{
    uint8_t *at = file + 24;
    for (unsigned i = 0; i < 7; i++) {
        igvm_platform_of(&at, 1u << i, i, i % 2 * 2,
                         i == 3 ? 0 : (uint64_t)i << 40);
    }
    igvm_head(&at, 0x102, 48); /* RELOCATABLE_REGION */
    igvm_put(&at, 8, 8);
    igvm_put(&at, 0x1000, 8); /* alignment */
    for (uint64_t i = 1; i <= 4; i++) {
        igvm_put(&at, i << 33 | 0x1000, 8);
    }
    igvm_three(&at, 0x101, 6, 8, 0);                /* GUEST_POLICY */
    igvm_three(&at, 0x101, 0x30000, 4, 0);          /* of SEV_SNP */
    igvm_three(&at, 0x101, 0x12345, 0xffffffc1, 0); /* of the first, the last */
    igvm_head(&at, 0x105, 16);                      /* CORIM_SIGNATURE */
    igvm_put(&at, 4, 4);
    igvm_put(&at, EACH_DATA + 8, 4);
    igvm_put(&at, 16, 8);
    igvm_corim(&at, EACH_DATA);
    igvm_three(&at, 0x301, 0x3000, 5, 0); /* PARAMETER_AREA */
    igvm_three(&at, 0x301, 0x1000, 6, EACH_DATA);
    igvm_three(&at, 0x301, 0x2000, 7, 0);
    igvm_head(&at, 0x304, 20); /* VP_CONTEXT */
    igvm_put(&at, 0x3000, 8);
    igvm_put(&at, 1, 4);
    igvm_put(&at, EACH_DATA, 8);
    igvm_put(&at, 0, 4);       /* padding */
    igvm_head(&at, 0x305, 24); /* REQUIRED_MEMORY */
    igvm_put(&at, 0x700000, 8);
    igvm_put(&at, 0x88, 4);
    igvm_put(&at, 0x9000, 4);
    igvm_put(&at, 0, 8);
    igvm_head(&at, 0x30b, 696); /* SNP_ID_BLOCK */
    igvm_put(&at, 4, 8);
    for (unsigned i = 0; i < 48; i++) {
        *at++ = (uint8_t)(i + 1);
    }
    at += 640;
    return at;
}

/* Pages: 2 measured, 3 of zeros, 4 unmeasured, 5 shared; 1 shared and 6 of
 * SEV_SNP, 1 of no platform; areas that follow one another, one of SEV_SNP. */
static void each_page(uint8_t **at)
{
    for (unsigned i = 0; i < 2; i++) {
        igvm_page(at, 0x10000 + i * 0x1000, 8, EACH_DATA);
    }
    for (unsigned i = 0; i < 3; i++) {
        igvm_page(at, 0x12000 + i * 0x1000, 9, 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        igvm_page_of(at, 0x15000 + i * 0x1000, 8, 0, 2);
    }
    for (unsigned i = 0; i < 5; i++) {
        igvm_page_of(at, 0x19000 + i * 0x1000, 8, 0, 4);
    }
    igvm_page_of(at, 0x10000, 4, 0, 4);
    for (unsigned i = 0; i < 6; i++) {
        igvm_page(at, 0x10000 + i * 0x1000, 4, 0);
    }
    igvm_page(at, 0x20000, 0x80, 0);
    igvm_three(at, 0x303, 0x40000, 8, 5); /* PARAMETER_INSERT */
    igvm_three(at, 0x303, 0x43000, 8, 6);
    igvm_three(at, 0x303, 0x50000, 4, 7);
}

static const struct mrtd_igvm_range each_range[] = {
    {MRTD_IGVM_RELOCATABLE, 8, 0, 0x200001000, 0x400001000, 0x600001000,
     0x800001000},
    {MRTD_IGVM_AREA, 0, 5, 0, 0x3000, 0, 0},
    {MRTD_IGVM_AREA, 0, 6, 0, 0x1000, 0, 0},
    {MRTD_IGVM_AREA, 0, 7, 0, 0x2000, 0, 0},
    {MRTD_IGVM_REQUIRED, 0x88, 0, 0x700000, 0x9000, 0, 0},
};

static const struct mrtd_igvm_blob each_blob[] = {
    {MRTD_IGVM_CORIM_SIGNATURE, 4, EACH_DATA + 8, 16},
    {MRTD_IGVM_CORIM, 1, EACH_DATA, 8},
};

#define FOR_TDX MRTD_PLATFORM_BIT(MRTD_PLATFORM_TDX)
#define FOR_SNP MRTD_PLATFORM_BIT(MRTD_PLATFORM_SNP)
/* Pages of so many bytes of data, or of zeros. */
#define PAGES(of, flags, platform, asked, start, bytes, data)                  \
    {                                                                          \
        .gpa = (start), .size = (bytes), .offset = (data) ? EACH_DATA : 0,     \
        .data_size = (data), .type = 0x302, .attributes = (flags),             \
        .mask = (of), .platforms = (platform), .kind = MRTD_REGION_DATA,       \
        .view = MRTD_VIEW_IGVM, .asks = (asked)                                \
    }
#define PARAMETERS(of, platform, start, bytes)                                 \
    {                                                                          \
        .gpa = (start), .size = (bytes), .type = 0x303, .mask = (of),          \
        .platforms = (platform), .kind = MRTD_REGION_PARAMETERS,               \
        .view = MRTD_VIEW_IGVM                                                 \
    }

static const struct mrtd_region each_region[] = {
    PAGES(8, 0, FOR_TDX, MRTD_ASKS_MEASURE, 0x10000, 0x1000, 0x1000),
    PAGES(8, 0, FOR_TDX, MRTD_ASKS_MEASURE, 0x11000, 0x1000, 0x1000),
    PAGES(9, 0, FOR_TDX, MRTD_ASKS_MEASURE, 0x12000, 0x3000, 0),
    PAGES(8, 2, FOR_TDX, 0, 0x15000, 0x4000, 0),
    PAGES(8, 4, FOR_TDX, MRTD_ASKS_SHARED, 0x19000, 0x5000, 0),
    PAGES(4, 4, FOR_SNP, MRTD_ASKS_SHARED, 0x10000, 0x1000, 0),
    PAGES(4, 0, FOR_SNP, MRTD_ASKS_MEASURE, 0x10000, 0x6000, 0),
    PAGES(0x80, 0, 0, MRTD_ASKS_MEASURE, 0x20000, 0x1000, 0),
    PARAMETERS(8, FOR_TDX, 0x40000, 0x3000),
    PARAMETERS(8, FOR_TDX, 0x43000, 0x1000),
    PARAMETERS(4, FOR_SNP, 0x50000, 0x2000),
};
#define EACH_REGIONS (sizeof each_region / sizeof *each_region)

static const char *const each_name[EACH_REGIONS] = {
    "pages",        "pages",        "zero pages", "zero pages",
    "shared pages", "shared pages", "zero pages", "zero pages",
    "parameters",   "parameters",   "parameters",
};

/* From the first page, of 32 bytes as all: the structure's body that each
 * region begins with. */
static const uint32_t each_offset[EACH_REGIONS] = {
    8,           32 + 8,           2 * 32 + 8,       5 * 32 + 8,
    9 * 32 + 8,  14 * 32 + 8,      15 * 32 + 8,      21 * 32 + 8,
    22 * 32 + 8, 22 * 32 + 24 + 8, 22 * 32 + 48 + 8,
};

static void check_pages(const struct mrtd_image *image)
{
    struct mrtd_igvm_pages pages;
    assert_int_equal(mrtd_image_igvm_mask(image, MRTD_IGVM_TDX), 8);
    assert_int_equal(mrtd_image_igvm_mask(image, MRTD_IGVM_CCA), 0x40);
    assert_int_equal(mrtd_image_igvm_mask(image, MRTD_IGVM_CCA + 1), 0);
    mrtd_image_igvm_pages(image, 8, &pages);
    assert_int_equal(pages.measured, 2);
    assert_int_equal(pages.measured_zeros, 3);
    assert_int_equal(pages.unmeasured, 4);
    assert_int_equal(pages.shared, 5);
    assert_int_equal(pages.parameters, 4);
    assert_int_equal(pages.other, 9);
    mrtd_image_igvm_pages(image, 4, &pages);
    assert_int_equal(pages.measured, 0);
    assert_int_equal(pages.measured_zeros, 6);
    assert_int_equal(pages.unmeasured, 0);
    assert_int_equal(pages.shared, 1);
    assert_int_equal(pages.parameters, 2);
    assert_int_equal(pages.other, 14);
}

static void check_info(const struct mrtd_image *image, uint32_t headers_size)
{
    const struct mrtd_image_info *all = mrtd_image_info(image);
    assert_int_equal(all->locator, MRTD_LOCATOR_IGVM);
    assert_int_equal(all->pointer_offset, 0);
    assert_int_equal(all->descriptor_offset, 24);
    assert_int_equal(all->data_end, EACH_SIZE);
    assert_int_equal(all->missing_vars, 0);
    assert_int_equal(all->section_count, 0);
    assert_null(mrtd_image_section(image, 0));
    assert_int_equal(all->region_count, EACH_REGIONS);
    assert_null(mrtd_image_region(image, EACH_REGIONS));
    assert_int_equal(all->guid_count, 0);
    /* A mask that is of no platform. */
    assert_int_equal(all->finding_count, 1);
    const struct mrtd_igvm_info *info = mrtd_image_igvm(image);
    assert_int_equal(info->headers_offset, 24);
    assert_int_equal(info->headers_size, headers_size);
    assert_int_equal(info->platform_count, 7);
    assert_int_equal(info->range_count, 5);
    assert_int_equal(info->blob_count, 2);
    assert_true(info->has_snp_digest);
    for (unsigned i = 0; i < 48; i++) {
        assert_int_equal(info->snp_digest[i], i + 1);
    }
}

static void check_platforms(const struct mrtd_image *image)
{
    static const uint64_t policies[7] = {0x12345, 0, 0x30000, 6, 0, 0, 0x12345};
    for (uint32_t i = 0; i < 7; i++) {
        const struct mrtd_igvm_platform *p = mrtd_image_igvm_platform(image, i);
        assert_int_equal(p->mask, 1u << i);
        assert_int_equal(p->type, i);
        assert_int_equal(p->highest_vtl, i % 2 * 2);
        assert_int_equal(p->version, 1);
        assert_int_equal(p->shared_gpa_boundary,
                         i == 3 ? 0 : (uint64_t)i << 40);
        assert_int_equal(p->has_policy, policies[i] != 0);
        assert_int_equal(p->policy, policies[i]);
    }
    assert_null(mrtd_image_igvm_platform(image, 7));
}

static void check_lists(const struct mrtd_image *image)
{
    for (uint32_t i = 0; i < 5; i++) {
        const struct mrtd_igvm_range *r = mrtd_image_igvm_range(image, i);
        assert_int_equal(r->kind, each_range[i].kind);
        assert_int_equal(r->mask, each_range[i].mask);
        assert_int_equal(r->area, each_range[i].area);
        assert_int_equal(r->gpa, each_range[i].gpa);
        assert_int_equal(r->size, each_range[i].size);
        assert_int_equal(r->minimum, each_range[i].minimum);
        assert_int_equal(r->maximum, each_range[i].maximum);
    }
    for (uint32_t i = 0; i < 2; i++) {
        const struct mrtd_igvm_blob *b = mrtd_image_igvm_blob(image, i);
        assert_int_equal(b->kind, each_blob[i].kind);
        assert_int_equal(b->mask, each_blob[i].mask);
        assert_int_equal(b->offset, each_blob[i].offset);
        assert_int_equal(b->size, each_blob[i].size);
    }
}

static void check_regions(const struct mrtd_image *image, uint64_t first_page)
{
    for (uint32_t i = 0; i < EACH_REGIONS; i++) {
        const struct mrtd_region *r = mrtd_image_region(image, i);
        const struct mrtd_region *want = &each_region[i];
        assert_int_equal(r->kind, want->kind);
        assert_int_equal(r->platforms, want->platforms);
        assert_int_equal(r->asks, want->asks);
        assert_int_equal(r->type, want->type);
        assert_int_equal(r->attributes, want->attributes);
        assert_int_equal(r->gpa, want->gpa);
        assert_int_equal(r->size, want->size);
        assert_int_equal(r->offset, want->offset);
        assert_int_equal(r->data_size, want->data_size);
        assert_int_equal(r->field, first_page + each_offset[i]);
        assert_string_equal(mrtd_region_name(r), each_name[i]);
        assert_int_equal(r->mask, want->mask);
        assert_int_equal(r->detail, i < 8 ? 0 : i - 3);
    }
}

/* From memory, and through the callback in few reads. */
static void one_of_each(void **state)
{
    (void)state;
    uint8_t file[EACH_SIZE] = {0};
    uint8_t *at = each_structure(file);
    const uint64_t first_page = (uint64_t)(at - file);
    each_page(&at);
    igvm_finish(file, at, EACH_SIZE);
    struct reader r = {.data = file, .size = EACH_SIZE};
    const struct mrtd_source sources[] = {{.data = file, .size = EACH_SIZE},
                                          reader_source(&r)};
    for (unsigned i = 0; i < 2; i++) {
        struct mrtd_image *image = NULL;
        assert_int_equal(mrtd_image_open(&image, &sources[i], 0, NULL),
                         MRTD_OK);
        check_info(image, (uint32_t)(at - file) - 24);
        check_platforms(image);
        check_lists(image);
        check_pages(image);
        check_regions(image, first_page);
        const struct mrtd_finding *f = mrtd_image_finding(image, 0);
        assert_int_equal(f->code, MRTD_WARN_IGVM_MASK);
        assert_int_equal(f->severity, MRTD_WARNING);
        assert_int_equal(f->region, MRTD_NO_REGION);
        /* The 22nd page; its mask is behind its head and its GPA. */
        assert_int_equal(f->offset, first_page + 21 * 32 + 8 + 8);
        mrtd_image_free(image);
    }
    /* magic, the two places at the end where TDX metadata may be looked for,
     * fixed header, and the structures once for all */
    assert_true(r.calls <= 6);
}

/* A structure that may be skipped, of so many bytes, ends the file. */
static void last_structure(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 1, 8, 4088, 4096, 4097};
    uint8_t file[0x2000];
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint8_t *at = file + 24;
        memset(file, 0, sizeof file);
        igvm_platform(&at, 1, 3);
        igvm_page(&at, 0xfffff000, 1, 0);
        igvm_head(&at, 0x80000399, lengths[i]);
        at += (lengths[i] + 7) / 8 * 8;
        const uint64_t size = (uint64_t)(at - file);
        igvm_finish(file, at, size);
        struct reader r = {.data = file, .size = size};
        const struct mrtd_source sources[] = {{.data = file, .size = size},
                                              reader_source(&r)};
        for (unsigned k = 0; k < 2; k++) {
            struct mrtd_image *image = NULL;
            assert_int_equal(mrtd_image_open(&image, &sources[k], 0, NULL),
                             MRTD_OK);
            assert_int_equal(mrtd_image_info(image)->region_count, 1);
            assert_int_equal(mrtd_image_info(image)->finding_count, 0);
            mrtd_image_free(image);
        }
    }
}

/* Headers of more than one window are read twice, for the checksum first. */
static void reads_in_windows(void **state)
{
    (void)state;
    uint8_t file[IGVM_SAMPLE_SIZE];
    igvm_sample(file);
    struct reader r = {.data = file, .size = sizeof file};
    const struct mrtd_source source = reader_source(&r);
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_true(mrtd_image_igvm(image)->headers_size > 4096);
    assert_true(r.calls <= 9);
    mrtd_image_free(image);
}

/* What no TD can be launched from is an image all the same; the page that is at
 * fault is found in a row of pages. */
static void not_for_tdx(void **state)
{
    (void)state;
    static const struct {
        uint64_t boundary; /* of TDX */
        unsigned type;     /* of the first platform */
        enum mrtd_code code;
        uint64_t offset;
    } cases[] = {
        {0x14000, 3, MRTD_OK, 7},
        {0x13fff, 3, MRTD_ERR_IGVM_FIELD, 24 + 24 + 3 * 32 + 8},
        {0x12000, 3, MRTD_ERR_IGVM_FIELD, 24 + 24 + 2 * 32 + 8},
        {0x11001, 3, MRTD_ERR_IGVM_FIELD, 24 + 24 + 32 + 8},
        {0x10000, 3, MRTD_ERR_IGVM_FIELD, 24 + 24 + 8},
        {0x12000, 2, MRTD_ERR_IGVM_PLATFORM, 24},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t file[24 + 24 + 4 * 32] = {0};
        uint8_t *at = file + 24;
        igvm_platform_of(&at, 1, cases[i].type, 0, cases[i].boundary);
        for (unsigned k = 0; k < 4; k++) {
            igvm_page(&at, 0x10000 + k * 0x1000, 1, 0);
        }
        igvm_finish(file, at, sizeof file);
        const struct mrtd_source source = {.data = file, .size = sizeof file};
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        struct mrtd_error error = {.offset = 7};
        assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
        assert_int_equal(mrtd_plan_build(&plan, image, NULL, &error),
                         cases[i].code);
        assert_int_equal(error.offset, cases[i].offset);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* Deviations are of TDVF images. */
static void deviations(void **state)
{
    (void)state;
    uint8_t file[IGVM_SAMPLE_SIZE];
    igvm_sample(file);
    struct mrtd_image *image = open_sample(file);
    struct mrtd_plan *plan = NULL;
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .deviations = MRTD_DEVIATE_ALL_MEASURED};
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_VMM_FORMAT);
    assert_null(plan);
    mrtd_image_free(image);
}

/* Permissive, and by mrtd_accept_check(), which knows no VMM that loads such
 * files.
 */
static void other_calls(void **state)
{
    (void)state;
    uint8_t file[IGVM_SAMPLE_SIZE];
    igvm_sample(file);
    const struct mrtd_source source = {.data = file, .size = sizeof file};
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, MRTD_PERMISSIVE, NULL),
                     MRTD_OK);
    mrtd_image_free(image);
    struct mrtd_accept *accept = NULL;
    struct mrtd_error error = {.offset = 7};
    assert_int_equal(mrtd_accept_check(&accept, &source,
                                       mrtd_vmm_find(MRTD_PLATFORM_TDX, "qemu"),
                                       &error),
                     MRTD_ERR_IGVM);
    assert_int_equal(error.offset, 0);
    assert_null(accept);
}

/* The limits of lists, whose files would be large as golden tests. */
static void limits(void **state)
{
    (void)state;
    const size_t size = (size_t)8 << 20;
    uint8_t *file = calloc(1, size);
    assert_non_null(file);
    uint8_t *at = file + 24;
    igvm_platform(&at, 1, 3);
    for (unsigned i = 0; i < 4096; i++) {
        igvm_corim(&at, (uint32_t)size - 4096);
    }
    uint8_t *page = at;
    igvm_page(&page, 0, 1, 0);
    igvm_finish(file, page, size);
    const struct mrtd_source source = {.data = file, .size = size};
    struct mrtd_image *image = NULL;
    struct mrtd_error error;
    assert_int_equal(mrtd_image_open(&image, &source, 0, &error), MRTD_OK);
    assert_int_equal(mrtd_image_igvm(image)->blob_count, 4096);
    mrtd_image_free(image);
    igvm_corim(&at, (uint32_t)size - 4096);
    igvm_finish(file, at, size);
    assert_int_equal(mrtd_image_open(&image, &source, 0, &error),
                     MRTD_ERR_IGVM_STRUCTURE);
    assert_int_equal(error.offset, 24 + 24 + 4096 * 24 + 8);
    assert_string_equal(error.message,
                        "CORIM_DOCUMENT: more than 4096 such structures");
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(other_images_have_none),
        cmocka_unit_test(names),
        cmocka_unit_test(deviations),
        cmocka_unit_test(not_for_tdx),
        cmocka_unit_test(limits),
        cmocka_unit_test(one_of_each),
        cmocka_unit_test(other_calls),
        cmocka_unit_test(last_structure),
        cmocka_unit_test(reads_in_windows),
    };
    return cmocka_run_group_tests_name("igvm", tests, NULL, NULL);
}
