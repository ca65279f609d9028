/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM files through the library's interface; tests/golden has the values. */
#include "unit.h"

#include "igvm_sample.h"
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
    assert_int_equal(info->tdx_mask, 1);
    assert_int_equal(info->platform_count, 2);
    assert_int_equal(info->range_count, IGVM_SAMPLE_MANY);
    assert_int_equal(info->blob_count, IGVM_SAMPLE_MANY);
    assert_int_equal(info->measured_pages, IGVM_SAMPLE_MANY / 2);
    assert_int_equal(info->other_pages, IGVM_SAMPLE_MANY / 2);
    assert_int_equal(info->parameter_pages, 1);
    assert_false(info->has_snp_digest);
    for (uint32_t i = 0; i < IGVM_SAMPLE_MANY; i++) {
        assert_int_equal(mrtd_image_igvm_range(image, i)->gpa, i);
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
    const struct mrtd_profile *profile = mrtd_profile_find("td-shim-igvm");
    assert_false(mrtd_profile_launches(profile, image));
    assert_true(mrtd_profile_launches(NULL, image));
    assert_false(mrtd_profile_launches(&(struct mrtd_profile){0}, image));
    mrtd_image_free(image);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(mrtd_igvm_platform_name(MRTD_IGVM_TDX), "TDX");
    assert_string_equal(mrtd_igvm_platform_name(MRTD_IGVM_CCA), "CCA");
    assert_null(mrtd_igvm_platform_name(7));
    assert_string_equal(mrtd_section_type_name(MRTD_SECTION_IGVM_PAGES),
                        "pages");
    assert_string_equal(mrtd_section_type_name(MRTD_SECTION_IGVM_PARAMETERS),
                        "parameters");
    assert_null(mrtd_section_type_name(MRTD_SECTION_IGVM_PARAMETERS + 1));
}

/* Deviations are of TDVF images. */
static void deviations(void **state)
{
    (void)state;
    uint8_t file[IGVM_SAMPLE_SIZE];
    igvm_sample(file);
    struct mrtd_image *image = open_sample(file);
    struct mrtd_plan *plan = NULL;
    const struct mrtd_plan_options options = {.deviations =
                                                  MRTD_DEVIATE_ALL_MEASURED};
    assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                     MRTD_ERR_PROFILE_FORMAT);
    assert_null(plan);
    mrtd_image_free(image);
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
    for (unsigned i = 0; i < 4097; i++) {
        igvm_corim(&at, (uint32_t)size - 4096);
    }
    igvm_finish(file, at);
    uint8_t *total = file + 16;
    igvm_put(&total, size, 4);
    memset(file + 20, 0, 4);
    const uint32_t crc = ~igvm_crc(UINT32_MAX, file, (size_t)(at - file));
    total = file + 20;
    igvm_put(&total, crc, 4);
    const struct mrtd_source source = {.data = file, .size = size};
    struct mrtd_image *image = NULL;
    struct mrtd_error error;
    assert_int_equal(mrtd_image_open(&image, &source, 0, &error),
                     MRTD_ERR_IGVM_STRUCTURE);
    assert_int_equal(error.offset, 24 + 24 + 4096 * 24 + 8);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),  cmocka_unit_test(other_images_have_none),
        cmocka_unit_test(names),  cmocka_unit_test(deviations),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("igvm", tests, NULL, NULL);
}
