/* SPDX-License-Identifier: Apache-2.0 */
/* Unified kernel images and the events that they make, built here field by
 * field from Microsoft's document; tests/cli/test_uki.py compares with a
 * model. */
#include "unit.h"

#include "uki_sample.h"

static uint8_t file[UKI_SIZE];
static uint8_t disk[UKI_DISK];

static struct mrtd_source source_of(const uint8_t *data, size_t size)
{
    return (struct mrtd_source){.data = data, .size = size};
}

static void check_digest(const struct mrtd_event *event, const void *bytes,
                         size_t size)
{
    const struct mrtd_source source = source_of(bytes, size);
    struct mrtd_digest want = {.algorithm = MRTD_ALGORITHM_SHA384};
    assert_int_equal(mrtd_digest_source(&want, 1, &source, NULL), MRTD_OK);
    assert_memory_equal(event->digest.bytes, want.bytes, MRTD_DIGEST_SIZE);
}

static void reads(void **state)
{
    (void)state;
    const struct mrtd_source source = source_of(file, UKI_SIZE);
    struct mrtd_uki uki;
    uki_make(file);
    assert_int_equal(mrtd_uki_read(&uki, &source, NULL), MRTD_OK);
    assert_int_equal(uki.systemd, 257);
    assert_string_equal(uki.stub, "257.4");
    assert_int_equal(uki.section_count, 3);
    assert_string_equal(uki.sections[0].name, ".linux");
    assert_string_equal(uki.sections[1].name, ".cmdline");
    assert_string_equal(uki.sections[2].name, ".initrd");
    assert_int_equal(uki.sections[2].offset, UKI_HEADERS);
    assert_int_equal(uki.sections[2].size, 9);
    assert_int_equal(uki.kernel.protocol, 0);
    assert_null(uki.again.name);
    /* Without its name it is none. */
    file[UKI_SECTIONS + 40 * 3] = 'x';
    uki.systemd = 7;
    assert_int_equal(mrtd_uki_read(&uki, &source, NULL), MRTD_ERR_UKI);
    assert_int_equal(uki.systemd, 7);
}

/* Two sections of a name: the stub takes the first, also an empty one. */
static void reads_again(void **state)
{
    (void)state;
    const struct mrtd_source source = source_of(file, UKI_SIZE);
    struct mrtd_uki_boot boot = {
        .struct_size = sizeof boot, .systemd = 258, .uki = &source};
    struct mrtd_event e[MRTD_UKI_EVENTS];
    struct mrtd_uki uki;
    size_t count = 0;
    for (uint32_t size = 0; size < 2; size++) {
        uki_make(file);
        uki_add(file, 0, ".cmdline", "a", size);
        uki_put(file, UKI_PE + 6, 4, 2);
        assert_int_equal(mrtd_uki_read(&uki, &source, NULL), MRTD_OK);
        assert_string_equal(uki.again.name, ".cmdline");
        assert_int_equal(uki.again.offset, UKI_HEADERS + 0x200 * 2);
        assert_int_equal(uki.again.size, 6);
        assert_int_equal(uki.section_count, 1 + size);
        for (uint32_t parts = 2; parts < 32; parts++) {
            boot.parts = parts;
            assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                             MRTD_ERR_UKI);
        }
        boot.parts = MRTD_UKI_IMAGE;
        assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
        assert_int_equal(count, 1);
    }
}

/* One byte more or less of a field. */
static void fields(void **state)
{
    (void)state;
    static const struct {
        unsigned at;
        uint64_t good;
        uint64_t bad;
    } tests[] = {
        {UKI_SECTIONS + 8, 0x200, 0x201},    /* VirtualSize */
        {UKI_SECTIONS + 12, 0x1ff7, 0x1ff8}, /* VirtualAddress, before */
        {UKI_SECTIONS + 12, 0x2029, 0x2028}, /* and after .sdmagic */
        {UKI_SECTIONS + 16, UKI_SIZE - UKI_HEADERS,
         UKI_SIZE - UKI_HEADERS + 1}, /* raw data */
    };
    const struct mrtd_source source = source_of(file, UKI_SIZE);
    struct mrtd_uki uki;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        uki_make(file);
        uki_put(file, tests[i].at, tests[i].good, 4);
        assert_int_equal(mrtd_uki_read(&uki, &source, NULL), MRTD_OK);
        uki_put(file, tests[i].at, tests[i].bad, 4);
        const enum mrtd_code code = mrtd_uki_read(&uki, &source, NULL);
        assert_true(code == MRTD_ERR_UKI || code == MRTD_ERR_PE);
    }
}

static struct mrtd_uki_boot boot_of(const struct mrtd_source *uki,
                                    uint32_t parts)
{
    return (struct mrtd_uki_boot){.struct_size = sizeof(struct mrtd_uki_boot),
                                  .parts = parts,
                                  .systemd = 258,
                                  .uki = uki};
}

static void events(void **state)
{
    (void)state;
    static const uint8_t line[] = "q\0u\0i\0e\0t\0\0";
    struct reader r = {.data = file, .size = UKI_SIZE};
    const struct mrtd_source reading = reader_source(&r);
    const struct mrtd_source source = source_of(file, UKI_SIZE);
    struct mrtd_uki_boot boot = boot_of(&source, MRTD_UKI_RTMR2);
    struct mrtd_event e[MRTD_UKI_EVENTS];
    struct mrtd_event again[MRTD_UKI_EVENTS];
    size_t count = 0;
    uki_make(file);
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 8);
    check_digest(&e[0], ".linux", 7);
    check_digest(&e[1], "a kernel", 8);
    check_digest(&e[2], ".cmdline", 9);
    check_digest(&e[3], "quiet\n", 6);
    check_digest(&e[4], ".initrd", 8);
    check_digest(&e[5], "an initrd", 9);
    check_digest(&e[6], line, 12);
    check_digest(&e[7], "an initrd", 9);
    /* Each read may fail, and then nothing is changed. */
    boot.uki = &reading;
    assert_int_equal(mrtd_uki_events(again, &count, &boot, NULL), MRTD_OK);
    const unsigned calls = r.calls;
    for (unsigned i = 1; i <= calls; i++) {
        r.calls = 0;
        r.fail_at = i;
        count = 99;
        assert_int_equal(mrtd_uki_events(again, &count, &boot, NULL),
                         MRTD_ERR_READ);
        assert_int_equal(count, 99);
    }
    /* QEMU's line is measured twice, and takes the place of the image's. */
    boot.uki = &source;
    boot.cmdline = "quiet";
    boot.cmdline_size = 5;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 9);
    check_digest(&e[6], line, 12);
    check_digest(&e[7], line, 12);
    boot.rules = MRTD_BOOT_SILENT_KERNEL;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 7);
}

/* The header, how many entries are used, and these. */
static void table(void **state)
{
    (void)state;
    uint8_t data[100 + 256] = {0};
    struct reader r = {.data = disk, .size = UKI_DISK};
    const struct mrtd_source reading = reader_source(&r);
    const struct mrtd_source source = source_of(file, UKI_SIZE);
    const struct mrtd_source of_disk = source_of(disk, UKI_DISK);
    struct mrtd_uki_boot boot = boot_of(&source, MRTD_UKI_RTMR1);
    struct mrtd_event e[MRTD_UKI_EVENTS];
    size_t count = 0;
    uki_make(file);
    uki_make_disk(disk);
    memcpy(data, disk + 512, 92);
    data[92] = 2;
    memcpy(data + 100, disk + 1024, 128);
    memcpy(data + 228, disk + 1024 + 256, 128);
    boot.disk = &of_disk;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 6);
    assert_int_equal(e[1].type, MRTD_EV_SEPARATOR);
    assert_int_equal(e[2].type, MRTD_EV_EFI_GPT_EVENT);
    check_digest(&e[2], data, sizeof data);
    assert_int_equal(e[3].type, MRTD_EV_EFI_BOOT_SERVICES_APPLICATION);
    boot.disk = &reading;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    check_digest(&e[2], data, sizeof data);
    const unsigned calls = r.calls;
    for (unsigned i = 1; i <= calls; i++) {
        r.calls = 0;
        r.fail_at = i;
        assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                         MRTD_ERR_READ);
    }
    /* Without a record that protects it there is none. */
    disk[446 + 4] = 0x83;
    boot.disk = &of_disk;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_DISK_TABLE);
    /* Nor of a table of another revision, which Linux takes. */
    uki_make_disk(disk);
    uki_put(disk, 512 + 8, 0x10001, 4);
    uki_put(disk, 512 + 16, 0, 4);
    uki_put(disk, 512 + 16, uki_crc(disk + 512, 92), 4);
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_DISK_TABLE);
    /* Nor where its checksum is wrong. */
    uki_make_disk(disk);
    disk[512 + 56] ^= 1;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_DISK_TABLE);
}

static void arguments(void **state)
{
    (void)state;
    const struct mrtd_source source = source_of(file, UKI_SIZE);
    const struct mrtd_source none = {.size = 1};
    const struct mrtd_source of_disk = source_of(disk, UKI_DISK);
    struct mrtd_uki_boot boot = boot_of(&source, MRTD_UKI_RTMR1);
    struct mrtd_event e[MRTD_UKI_EVENTS];
    struct mrtd_uki uki;
    size_t count = 0;
    uki_make(file);
    memset(disk, 0, sizeof disk);
    assert_int_equal(mrtd_uki_read(NULL, &source, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_uki_read(&uki, NULL, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_uki_read(&uki, &none, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_uki_events(NULL, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_uki_events(e, NULL, &boot, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_uki_events(e, &count, NULL, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    const struct mrtd_uki_boot good = boot;
    boot.disk = &of_disk;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_DISK_TABLE);
    boot.disk = &none;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.disk = &of_disk;
    boot.cmdline = "a";
    boot.cmdline_size = 1;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.disk = NULL;
    static const char *const lines[] = {"\n", "\t", "\x1f", "\x7f"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        boot.cmdline = lines[i];
        assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                         MRTD_ERR_ARGUMENT);
    }
    boot.cmdline = "~";
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    boot.cmdline = NULL;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot = good;
    boot.rules = MRTD_BOOT_INITRD_LAST;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot = good;
    boot.parts = 0;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.parts = 32;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot = good;
    boot.systemd = MRTD_UKI_SYSTEMD_LAST + 1;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_ERR_UKI);
    boot.systemd = MRTD_UKI_SYSTEMD_FIRST - 1;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_ERR_UKI);
    boot.parts = MRTD_UKI_IMAGE;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL), MRTD_OK);
    boot.struct_size = 1;
    assert_int_equal(mrtd_uki_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),  cmocka_unit_test(reads_again),
        cmocka_unit_test(fields), cmocka_unit_test(events),
        cmocka_unit_test(table),  cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests_name("uki", tests, NULL, NULL);
}
