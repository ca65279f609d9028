/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mrtd_image_open() through its contract. What each rule refuses and says is
 * tested by the golden tests; here, what a caller of the library can rely on.
 */
#include "unit.h"

#include <stdlib.h>

static enum mrtd_code open_memory(const void *data, uint64_t size,
                                  struct mrtd_image **image,
                                  struct mrtd_error *error)
{
    struct mrtd_source source = {.data = data, .size = size};
    return mrtd_image_open(image, &source, 0, error);
}

static void decodes(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = NULL;
    struct mrtd_error error;
    make_small(bytes);
    assert_int_equal(open_memory(bytes, sizeof bytes, &image, &error), MRTD_OK);

    const struct mrtd_image_info *info = mrtd_image_info(image);
    assert_int_equal(info->size, SMALL_SIZE);
    assert_int_equal(info->locator, MRTD_LOCATOR_GUID_TABLE);
    assert_int_equal(info->pointer_offset, SMALL_SIZE - 0x20 - 18 - 22);
    assert_int_equal(info->descriptor_offset, SMALL_METADATA + 16);
    assert_int_equal(info->data_end, SMALL_SIZE);
    assert_int_equal(info->section_count, 4);
    assert_int_equal(info->guid_count, 1);
    assert_int_equal(info->finding_count, 0);

    for (uint32_t i = 0; i < 4; i++) {
        const struct mrtd_section *s = mrtd_image_section(image, i);
        const struct mrtd_section *want = &small_sections[i];
        assert_int_equal(s->data_offset, want->data_offset);
        assert_int_equal(s->raw_data_size, want->raw_data_size);
        assert_int_equal(s->memory_address, want->memory_address);
        assert_int_equal(s->memory_data_size, want->memory_data_size);
        assert_int_equal(s->type, want->type);
        assert_int_equal(s->attributes, want->attributes);
    }
    assert_null(mrtd_image_section(image, 4));
    assert_null(mrtd_image_section(image, UINT32_MAX));

    const struct mrtd_guid_entry *g = mrtd_image_guid_entry(image, 0);
    assert_string_equal(g->guid, "e47a6535-984a-4798-865e-4685a7bf8ec2");
    assert_string_equal(g->name, "TDX metadata");
    assert_int_equal(g->offset, info->pointer_offset);
    assert_int_equal(g->size, 4);
    assert_null(mrtd_image_guid_entry(image, 1));
    assert_null(mrtd_image_finding(image, 0));
    mrtd_image_free(image);
    mrtd_image_free(NULL);
}

/* On failure the handle stays as it was, and the error may be NULL. */
static void failure_leaves_outputs(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE] = {0};
    struct mrtd_image *const marker = (struct mrtd_image *)&bytes[0];
    struct mrtd_image *image = marker;
    assert_int_equal(open_memory(bytes, sizeof bytes, &image, NULL),
                     MRTD_ERR_NO_TABLE);
    assert_ptr_equal(image, marker);
    make_small(bytes);
    bytes[SMALL_METADATA + 16 + 8] = 2;
    assert_int_equal(open_memory(bytes, sizeof bytes, &image, NULL),
                     MRTD_ERR_DESC_VERSION);
    bytes[SMALL_METADATA + 16 + 8] = 1;
    bytes[SMALL_METADATA + 32 + 24] = 9;
    assert_int_equal(open_memory(bytes, sizeof bytes, &image, NULL),
                     MRTD_ERR_TYPE);
    assert_ptr_equal(image, marker);
}

static void bad_arguments(void **state)
{
    (void)state;
    struct mrtd_image *image = NULL;
    struct mrtd_error error;
    struct mrtd_source source = {.size = 1};
    assert_int_equal(mrtd_image_open(&image, NULL, 0, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_image_open(&image, &source, 0, &error),
                     MRTD_ERR_ARGUMENT);
    source.size = 0;
    assert_int_equal(mrtd_image_open(&image, &source, 0, &error),
                     MRTD_ERR_EMPTY);
    struct reader r = {.size = MRTD_MAX_IMAGE_SIZE + 1};
    source = reader_source(&r);
    assert_int_equal(mrtd_image_open(&image, &source, 0, &error),
                     MRTD_ERR_TOO_LARGE);
    assert_int_equal(r.calls, 0);
}

/* The same through a read callback, which is asked for nothing outside. */
static void reads_through_callback(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_small(bytes);
    struct reader r = {.data = bytes, .size = sizeof bytes};
    struct mrtd_source source = reader_source(&r);
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_int_equal(mrtd_image_info(image)->section_count, 4);
    mrtd_image_free(image);
}

/* Each prefix and each suffix of the image: an error or a whole image, and
 * (under the sanitizers) no byte outside is looked at. */
static void every_truncation(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_small(bytes);
    for (size_t size = 0; size < SMALL_SIZE; size++) {
        for (unsigned suffix = 0; suffix < 2; suffix++) {
            struct mrtd_image *image = NULL;
            struct mrtd_error error = {.code = MRTD_OK};
            uint8_t *copy = malloc(size + !size);
            assert_non_null(copy);
            memcpy(copy, suffix ? bytes + SMALL_SIZE - size : bytes, size);
            enum mrtd_code code = open_memory(copy, size, &image, &error);
            assert_int_not_equal(code, MRTD_OK);
            assert_null(image);
            assert_int_equal(error.code, code);
            assert_true(strlen(error.message) > 10);
            free(copy);
        }
    }
}

static void permissive(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    make_small(bytes);
    bytes[SMALL_METADATA + 32 + 28] = 0x81; /* BFV: a reserved bit */
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL),
                     MRTD_ERR_ATTR_RESERVED);
    assert_int_equal(mrtd_image_open(&image, &source, MRTD_PERMISSIVE, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_image_info(image)->finding_count, 2);
    assert_int_equal(mrtd_image_finding(image, 0)->code,
                     MRTD_ERR_ATTR_RESERVED);
    assert_int_equal(mrtd_image_finding(image, 0)->severity, MRTD_WARNING);
    assert_int_equal(mrtd_image_finding(image, 0)->section, 0);
    assert_int_equal(mrtd_image_finding(image, 1)->code,
                     MRTD_WARN_BFV_ATTRIBUTES);
    assert_null(mrtd_image_finding(image, 2));
    mrtd_image_free(image);
}

/* Every byte of metadata and table set to every value: a code and nothing
 * worse. */
static void every_byte_value(void **state)
{
    (void)state;
    static uint8_t bytes[SMALL_SIZE];
    make_small(bytes);
    for (size_t at = SMALL_METADATA; at < SMALL_SIZE; at++) {
        if (at == SMALL_METADATA + 0xa0) {
            at = SMALL_SIZE - 0x60; /* nothing between them */
        }
        uint8_t old = bytes[at];
        for (unsigned value = 0; value < 256; value++) {
            struct mrtd_image *image = NULL;
            bytes[at] = (uint8_t)value;
            enum mrtd_code code =
                open_memory(bytes, sizeof bytes, &image, NULL);
            assert_true((code == MRTD_OK) == (image != NULL));
            assert_non_null(mrtd_code_name(code));
            mrtd_image_free(image);
        }
        bytes[at] = old;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(failure_leaves_outputs),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(reads_through_callback),
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(permissive),
        cmocka_unit_test(every_byte_value),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
