/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mrtd_image_open() through its contract. What each rule refuses and says is
 * tested by the golden tests; here, what a caller of the library can rely on.
 */
#include "unit.h"

#include <stdlib.h>

#include "image/format.h"
#include "image/image.h"

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
    struct reader r = {.size = MRTD_MAX_IMAGE_SIZE + 1};
    const struct mrtd_source nowhere = {.size = 1};
    const struct mrtd_source empty = {.size = 0};
    const struct mrtd_source large = reader_source(&r);
    const struct {
        const struct mrtd_source *source;
        enum mrtd_code code;
    } cases[] = {
        {NULL, MRTD_ERR_ARGUMENT},
        {&nowhere, MRTD_ERR_ARGUMENT},
        {&empty, MRTD_ERR_EMPTY},
        {&large, MRTD_ERR_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mrtd_error error = {.offset = 0};
        assert_int_equal(mrtd_image_open(&image, cases[i].source, 0, &error),
                         cases[i].code);
        assert_int_equal(error.code, cases[i].code);
        assert_int_equal(error.offset, MRTD_NO_OFFSET);
    }
    assert_int_equal(r.calls, 0);
}

static int read_zeros(void *context, uint64_t offset, void *buffer, size_t len)
{
    (void)context;
    const uint64_t size = len; /* of 32 bits on some machines */
    assert_true(size <= MRTD_MAX_IMAGE_SIZE &&
                offset <= MRTD_MAX_IMAGE_SIZE - size);
    memset(buffer, 0, len);
    return 0;
}

static void largest(void **state)
{
    (void)state;
    struct mrtd_image *image = NULL;
    const struct mrtd_source source = {.size = MRTD_MAX_IMAGE_SIZE,
                                       .read = read_zeros};
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL),
                     MRTD_ERR_NO_TABLE);
}

/* Flags of the floors above are not the caller's to set. */
static void other_flags(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    const unsigned flags =
        ~(MRTD_PERMISSIVE | MRTD_WITHOUT_VARS | MRTD_WITHOUT_METADATA |
          MRTD_FORMAT_TDVF | MRTD_FORMAT_IGVM);
    make_small(bytes);
    assert_int_equal(mrtd_image_open(&image, &source, flags, NULL), MRTD_OK);
    assert_int_equal(mrtd_image_info(image)->locator, MRTD_LOCATOR_GUID_TABLE);
    mrtd_image_free(image);
    bytes[SMALL_METADATA + 32 + 28] = 0x81; /* BFV: a reserved bit */
    assert_int_equal(mrtd_image_open(&image, &source, flags, NULL),
                     MRTD_ERR_ATTR_RESERVED);
}

/* Where the data end; what is said of the image as a whole. */
static void data_end(void **state)
{
    (void)state;
    static const struct mrtd_section sections[] = {
        {0x3000, 1, 0x10000, 0x1000, MRTD_SECTION_TEMP_MEM, 0},
        {0x3f00, 0, 0x20000, 0x1000, MRTD_SECTION_TEMP_MEM, 0},
        {0x1000, 0x1000, 0x30000, 0x1000, MRTD_SECTION_CFV, 0},
    };
    uint8_t bytes[SMALL_SIZE];
    struct mrtd_image *image = open_sections(bytes, sections, 3, 0);
    const struct mrtd_image_info *info = mrtd_image_info(image);
    assert_int_equal(info->data_end, 0x3001);
    assert_int_equal(info->missing_vars, 0);
    static const struct mrtd_finding wanted[] = {
        {MRTD_WARN_RAW_NONZERO, MRTD_WARNING, 0, SMALL_METADATA + 36, ""},
        {MRTD_WARN_OFFSET_NONZERO, MRTD_WARNING, 1, SMALL_METADATA + 64, ""},
        {MRTD_WARN_NO_BFV, MRTD_WARNING, MRTD_NO_REGION, MRTD_NO_OFFSET, ""},
        {MRTD_WARN_NO_HOB, MRTD_WARNING, MRTD_NO_REGION, MRTD_NO_OFFSET, ""},
    };
    assert_int_equal(info->finding_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const struct mrtd_finding *f = mrtd_image_finding(image, i);
        assert_int_equal(f->code, wanted[i].code);
        assert_int_equal(f->severity, wanted[i].severity);
        assert_int_equal(f->region, wanted[i].region);
        assert_int_equal(f->offset, wanted[i].offset);
    }
    mrtd_image_free(image);
}

/* By the 32-bit offset; an image without data. */
static void by_offset(void **state)
{
    (void)state;
    static const struct mrtd_section hob = {
        0, 0, 0x809000, 0x1000, MRTD_SECTION_TD_HOB, 0};
    static const uint8_t pointer[4] = {(SMALL_METADATA + 16) & 255,
                                       SMALL_METADATA >> 8, 0, 0};
    uint8_t bytes[SMALL_SIZE];
    const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    memset(bytes, 0, sizeof bytes);
    sample_write(bytes, SMALL_SIZE, SMALL_METADATA, &hob, 1);
    memset(bytes + SMALL_SIZE - 0x60, 0, 0x40); /* the GUIDed table */
    memcpy(bytes + SMALL_SIZE - 0x20, pointer, sizeof pointer);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    const struct mrtd_image_info *info = mrtd_image_info(image);
    assert_int_equal(info->locator, MRTD_LOCATOR_OFFSET);
    assert_int_equal(info->pointer_offset, SMALL_SIZE - 0x20);
    assert_int_equal(info->descriptor_offset, SMALL_METADATA + 16);
    assert_int_equal(info->guid_count, 0);
    assert_int_equal(info->data_end, 0);
    mrtd_image_free(image);
}

/* The CODE of an image with as many bytes of VARS in front. */
static void without_vars(void **state)
{
    (void)state;
    static const struct mrtd_section sections[] = {
        {0x2000, 0x4000, 0xffffc000, 0x4000, MRTD_SECTION_BFV, 1},
        {0, 0x2000, 0xffffa000, 0x2000, MRTD_SECTION_CFV, 0},
        {0, 0, 0x809000, 0x1000, MRTD_SECTION_TD_HOB, 0},
    };
    uint8_t bytes[SMALL_SIZE];
    uint64_t offset = 7;
    struct mrtd_image *image =
        open_sections(bytes, sections, 3, MRTD_WITHOUT_VARS);
    assert_int_equal(mrtd_image_info(image)->data_end, 0x6000);
    assert_int_equal(mrtd_image_info(image)->missing_vars, 0x2000);
    struct mrtd_section s = {.data_offset = 0x1fff};
    assert_false(image_data_offset(image, s.data_offset, &offset));
    assert_int_equal(offset, 7);
    s.data_offset = 0x2000;
    assert_true(image_data_offset(image, s.data_offset, &offset));
    assert_int_equal(offset, 0);
    mrtd_image_free(image);
    /* Where the data end with the file, or before, nothing is missing. */
    for (uint32_t i = 0; i < 2; i++) {
        image = open_sections(bytes, &small_sections[i], 3, MRTD_WITHOUT_VARS);
        assert_int_equal(mrtd_image_info(image)->missing_vars, 0);
        mrtd_image_free(image);
    }
}

/* Its magic, whole, at the start. */
static void is_igvm(void **state)
{
    (void)state;
    static const char *const files[] = {"IGVM", "IGVN", "IGV", "", " IGVM"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct mrtd_source source = {.data = files[i],
                                           .size = strlen(files[i])};
        bool found = true;
        assert_int_equal(format_is_igvm(&source, &found, NULL), MRTD_OK);
        assert_int_equal(found, i == 0);
    }
}

/* With room for both, and a byte less. */
static void entries_described(void **state)
{
    (void)state;
    struct mrtd_guid_entry entries[2] = {
        {.guid = "00112233-4455-6677-8899-aabbccddeeff"},
        {.guid = "ffeeddcc-bbaa-9988-7766-554433221100"}};
    const struct guid_table table = {.entries = entries, .count = 2};
    char text[36 + 2 + 36 + 16];
    guid_table_describe(&table, text, sizeof text);
    assert_string_equal(text, "00112233-4455-6677-8899-aabbccddeeff, "
                              "ffeeddcc-bbaa-9988-7766-554433221100");
    guid_table_describe(&table, text, sizeof text - 1);
    assert_string_equal(text,
                        "00112233-4455-6677-8899-aabbccddeeff and 1 more");
}

/* The first of its GUID, and the next one; all of the text counts. */
static void entries_found(void **state)
{
    (void)state;
    static const char *const guids[] = {"00112233-4455-6677-8899-aabbccddeeff",
                                        "ffeeddcc-bbaa-9988-7766-554433221100"};
    struct mrtd_guid_entry entries[4] = {0};
    const struct guid_table table = {.entries = entries, .count = 4};
    for (size_t i = 0; i < 4; i++) {
        memcpy(entries[i].guid, guids[i % 2], sizeof entries[i].guid);
    }
    assert_int_equal(guid_table_find(&table, guids[0], 0), 0);
    assert_int_equal(guid_table_find(&table, guids[0], 1), 2);
    assert_int_equal(guid_table_find(&table, guids[1], 0), 1);
    assert_int_equal(guid_table_find(&table, guids[1], 3), 3);
    assert_int_equal(guid_table_find(&table, guids[1], 4), 4);
    assert_int_equal(
        guid_table_find(&table, "00112233-4455-6677-8899-aabbccddeefe", 0), 4);
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
    assert_int_equal(mrtd_image_finding(image, 0)->region, 0);
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
        cmocka_unit_test(largest),
        cmocka_unit_test(other_flags),
        cmocka_unit_test(data_end),
        cmocka_unit_test(by_offset),
        cmocka_unit_test(without_vars),
        cmocka_unit_test(is_igvm),
        cmocka_unit_test(entries_described),
        cmocka_unit_test(entries_found),
        cmocka_unit_test(reads_through_callback),
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(permissive),
        cmocka_unit_test(every_byte_value),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
