/* SPDX-License-Identifier: Apache-2.0 */
/* RTMR0 of OVMF: contracts and failures; tests/cli/test_rtmr0.py compares
 * values with a model. */
#include "unit.h"

#include <stdbool.h>

static uint8_t bytes[SMALL_SIZE];
static struct mrtd_image *image;

static const uint8_t loader_names[2][17] = {"etc/acpi/rsdp", "etc/acpi/tables"};
static uint8_t loader[256];
static const uint8_t rsdp[20] = "RSD PTR ";
static const uint8_t tables[300] = {2};
/* A structure of type 1 with a string, and the end. */
static const uint8_t table[] = {1, 8, 1,   0, 0, 0, 0, 1, 's',
                                0, 0, 127, 4, 2, 0, 0, 0};
static const uint8_t item[8] = {3};

static int make(void **state)
{
    (void)state;
    const struct mrtd_source source = {.data = bytes, .size = SMALL_SIZE};
    make_small(bytes);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    for (unsigned i = 0; i < 2; i++) {
        memset(loader + 128 * i, 0, 128);
        loader[128 * i] = 1;
        memcpy(loader + 128 * i + 4, loader_names[i], sizeof *loader_names);
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    mrtd_image_free(image);
    return 0;
}

static struct mrtd_ovmf usual(uint32_t edk2)
{
    return (struct mrtd_ovmf){.struct_size = sizeof usual(0),
                              .edk2 = edk2,
                              .secure_boot = MRTD_OVMF_SECURE_BOOT_OFF,
                              .ram = UINT64_C(1) << 31,
                              .image = image};
}

static void refuses(const struct mrtd_ovmf *ovmf, enum mrtd_code code,
                    uint32_t about)
{
    struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS];
    struct mrtd_ovmf_event before[MRTD_OVMF_EVENTS];
    struct mrtd_error error;
    size_t count = 99;
    uint32_t file = 98;
    memset(events, 0x5a, sizeof events);
    memcpy(before, events, sizeof events);
    assert_int_equal(mrtd_ovmf_events(events, &count, ovmf, &file, &error),
                     code);
    assert_int_equal(error.code, code);
    assert_int_equal(count, 99);
    assert_int_equal(file, about);
    assert_memory_equal(events, before, sizeof events);
}

/* How many events there are, and how many need each thing. */
static size_t counts(const struct mrtd_ovmf *ovmf, unsigned needs[6])
{
    struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS];
    struct mrtd_error error;
    size_t count = 0;
    memset(needs, 0, 6 * sizeof *needs);
    assert_int_equal(mrtd_ovmf_events(events, &count, ovmf, NULL, &error),
                     MRTD_OK);
    for (size_t i = 0; i < count; i++) {
        const struct mrtd_event *e = &events[i].event;
        assert_in_range(events[i].needs, 0, 5);
        assert_int_equal(e->digest.size,
                         events[i].needs ? 0 : MRTD_DIGEST_SIZE);
        assert_int_equal(e->id, MRTD_REGISTER_RTMR0);
        assert_non_null(e->what);
        if (events[i].needs == MRTD_OVMF_NEEDS_FILE) {
            assert_string_equal(mrtd_ovmf_file_name(events[i].file), e->what);
        }
        needs[events[i].needs]++;
    }
    return count;
}

static void nulls(void **state)
{
    (void)state;
    struct mrtd_ovmf_event events[MRTD_OVMF_EVENTS];
    struct mrtd_error error;
    const struct mrtd_ovmf ovmf = usual(202502);
    size_t count = 0;
    uint32_t file = 0;
    assert_int_equal(mrtd_ovmf_events(NULL, &count, &ovmf, &file, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_ovmf_events(events, NULL, &ovmf, &file, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_ovmf_events(events, &count, NULL, &file, &error),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_ovmf_events(events, &count, &ovmf, NULL, &error),
                     MRTD_OK);
    assert_int_equal(mrtd_ovmf_events(events, &count, &ovmf, &file, NULL),
                     MRTD_OK);
    assert_null(mrtd_ovmf_file_name(MRTD_OVMF_FILES));
    assert_null(mrtd_ovmf_file_name(UINT32_MAX));
    for (uint32_t i = 0; i < MRTD_OVMF_FILES; i++) {
        assert_non_null(mrtd_ovmf_file_name(i));
    }
}

static void arguments(void **state)
{
    (void)state;
    static const uint32_t releases[] = {0,      202308, 202401, 202403,
                                        202414, 202412, 202500, UINT32_MAX};
    const struct mrtd_source source = {.data = item, .size = sizeof item};
    const struct mrtd_source nothing = {.size = 1};
    struct mrtd_ovmf ovmf = usual(202502);
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        ovmf.edk2 = releases[i];
        refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    }
    ovmf = usual(202502);
    ovmf.image = NULL;
    refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    ovmf = usual(202502);
    ovmf.secure_boot = 3;
    refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    ovmf = usual(202502);
    ovmf.struct_size = 8;
    refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    ovmf = usual(202502);
    ovmf.ram++;
    refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    ovmf.ram = MRTD_OVMF_MOST_RAM + 4096;
    refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    for (uint32_t i = 0; i < MRTD_OVMF_FILES; i++) {
        const bool may = i >= MRTD_OVMF_FIRST_ITEM && i != MRTD_OVMF_BOOT_MENU;
        unsigned needs[6];
        ovmf = usual(202502);
        ovmf.files[i] = &nothing;
        refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
        ovmf.files[i] = NULL;
        ovmf.absent = UINT32_C(1) << i;
        if (may) {
            assert_int_equal(counts(&ovmf, needs), 12);
            ovmf.files[i] = &source;
        }
        refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
    }
    ovmf = usual(202502);
    ovmf.absent = UINT32_C(1) << MRTD_OVMF_FILES;
    refuses(&ovmf, MRTD_ERR_ARGUMENT, MRTD_OVMF_FILES);
}

/* The image's CFV is not a variable store at all. */
static void needs_of_releases(void **state)
{
    (void)state;
    unsigned needs[6];
    struct mrtd_ovmf ovmf = usual(202408);
    assert_int_equal(counts(&ovmf, needs), 13);
    assert_int_equal(needs[MRTD_OVMF_NEEDS_FILE], 3);
    assert_int_equal(needs[MRTD_OVMF_NEEDS_EMPTY_STORE], 6);
    assert_int_equal(needs[MRTD_OVMF_NEEDS_NOTHING], 4);
    ovmf.edk2 = 202411;
    assert_int_equal(counts(&ovmf, needs), 12);
    ovmf.edk2 = 202505;
    ovmf.ram = 0;
    assert_int_equal(counts(&ovmf, needs), 19);
    assert_int_equal(needs[MRTD_OVMF_NEEDS_RAM], 1);
    assert_int_equal(needs[MRTD_OVMF_NEEDS_FILE], 10);
    ovmf.absent = UINT32_C(1) << MRTD_OVMF_BOOT_ORDER;
    assert_int_equal(counts(&ovmf, needs), 18);
}

/* Each read of each source may fail, and that is said. */
static void unreadable(void **state)
{
    (void)state;
    struct reader readers[MRTD_OVMF_FILES] = {
        [MRTD_OVMF_ACPI_LOADER] = {.data = loader, .size = sizeof loader},
        [MRTD_OVMF_ACPI_RSDP] = {.data = rsdp, .size = sizeof rsdp},
        [MRTD_OVMF_ACPI_TABLES] = {.data = tables, .size = sizeof tables},
        [MRTD_OVMF_SMBIOS] = {.data = table, .size = sizeof table}};
    struct mrtd_source sources[MRTD_OVMF_FILES];
    struct mrtd_ovmf ovmf = usual(202511);
    unsigned needs[6];
    for (uint32_t i = 0; i < MRTD_OVMF_FILES; i++) {
        if (i >= MRTD_OVMF_FIRST_ITEM) {
            readers[i].data = item;
            readers[i].size =
                i == MRTD_OVMF_BOOT_MENU || i == MRTD_OVMF_BOOT_MENU_WAIT
                    ? 2
                    : sizeof item;
        }
        sources[i] = reader_source(&readers[i]);
        ovmf.files[i] = &sources[i];
    }
    assert_int_equal(counts(&ovmf, needs), 19);
    assert_int_equal(needs[MRTD_OVMF_NEEDS_FILE], 0);
    for (uint32_t i = 0; i < MRTD_OVMF_FILES; i++) {
        readers[i].calls = 0;
        assert_int_equal(counts(&ovmf, needs), 19);
        const unsigned calls = readers[i].calls;
        assert_int_not_equal(calls, 0);
        for (unsigned n = 1; n <= calls; n++) {
            readers[i].calls = 0;
            readers[i].fail_at = n;
            refuses(&ovmf, MRTD_ERR_READ, i);
        }
        readers[i].fail_at = 0;
    }
}

/* Of the sections of an image. */
static void sections(void **state)
{
    (void)state;
    static uint8_t other[SMALL_SIZE];
    struct mrtd_section all[6];
    struct mrtd_image *usual_image = image;
    unsigned needs[6];
    memcpy(all, small_sections, sizeof small_sections);
    all[4] =
        (struct mrtd_section){0, 0, 0x900000, 0x1000, MRTD_SECTION_TD_HOB, 0};
    image = open_sections(other, all, 5, 0);
    struct mrtd_ovmf ovmf = usual(202502);
    refuses(&ovmf, MRTD_ERR_TD_HOB, MRTD_OVMF_FILES);
    ovmf.ram = 0;
    assert_int_equal(counts(&ovmf, needs), 12);
    mrtd_image_free(image);
    all[4] = (struct mrtd_section){
        0x100, 0x100, 0xffffb000, 0x1000, MRTD_SECTION_CFV, 0};
    image = open_sections(other, all, 5, 0);
    ovmf = usual(202502);
    refuses(&ovmf, MRTD_ERR_CFV, MRTD_OVMF_FILES);
    mrtd_image_free(image);
    image = open_sections(other, all, 3, 0);
    ovmf = usual(202502);
    refuses(&ovmf, MRTD_ERR_TD_HOB, MRTD_OVMF_FILES);
    mrtd_image_free(image);
    image = usual_image;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nulls, make, drop),
        cmocka_unit_test_setup_teardown(arguments, make, drop),
        cmocka_unit_test_setup_teardown(needs_of_releases, make, drop),
        cmocka_unit_test_setup_teardown(unreadable, make, drop),
        cmocka_unit_test_setup_teardown(sections, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
