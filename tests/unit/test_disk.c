/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions of disk images: tables that are made here by the UEFI
 * specification, and each field of them wrong. */
#include "unit.h"

#define SECTOR  512
#define DISK    (64 * SECTOR)
#define ARRAY   (2 * SECTOR)
#define ENTRIES 4

static uint8_t disk[8192 + 64 * 4096];

static void put(uint8_t *at, uint64_t number, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(number >> 8 * i);
    }
}

/* Bit by bit. */
static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }
    }
    return ~crc;
}

static void put_record(uint8_t *at, unsigned number, uint8_t type,
                       uint32_t first, uint32_t count)
{
    uint8_t *record = at + 446 + 16 * (number - 1);
    record[4] = type;
    put(record + 8, first, 4);
    put(record + 12, count, 4);
}

static void make_mbr(uint8_t *at)
{
    memset(at, 0, SECTOR);
    put_record(at, 1, 0x83, 4, 20);
    put_record(at, 2, 0x83, 24, 40);
    put_record(at, 3, 0x0f, 50, 1);
    put(at + 510, 0xaa55, 2);
}

/* The checksums are made last. */
static void seal(uint8_t *at, uint32_t sector)
{
    uint8_t *header = at + sector;
    put(header + 88, crc32_of(at + 2 * (size_t)sector, ENTRIES * 128), 4);
    put(header + 16, 0, 4);
    put(header + 16, crc32_of(header, 92), 4);
}

static void make_gpt(uint8_t *at, uint32_t sector)
{
    uint8_t *header = at + sector;
    uint8_t *entry = at + 2 * (size_t)sector;
    memset(at, 0, 3 * (size_t)sector);
    put_record(at, 1, 0xee, 1, UINT32_MAX);
    put(at + 510, 0xaa55, 2);
    memcpy(header, "EFI PART", 8);
    put(header + 8, 0x10000, 4);
    put(header + 12, 92, 4);
    put(header + 24, 1, 8);
    put(header + 40, 3, 8);
    put(header + 48, 63, 8);
    put(header + 72, 2, 8);
    put(header + 80, ENTRIES, 4);
    put(header + 84, 128, 4);
    memset(entry, 0xaf, 16);
    memset(entry + 16, 0x3d, 16);
    put(entry + 32, 6, 8);
    put(entry + 40, 9, 8);
    memset(entry + 3 * 128, 0x48, 32);
    put(entry + 3 * 128 + 32, 10, 8);
    put(entry + 3 * 128 + 40, 63, 8);
    seal(at, sector);
}

static void find(uint64_t offset, uint64_t size, uint32_t number,
                 struct mrtd_partition *p)
{
    const struct mrtd_source source = {.data = disk, .size = size};
    struct reader r = {.data = disk, .size = size};
    const struct mrtd_source read = reader_source(&r);
    struct mrtd_partition again;
    memset(p, 0x5a, sizeof *p);
    memset(&again, 0x5a, sizeof again);
    assert_int_equal(mrtd_disk_partition(p, &source, offset, number, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_disk_partition(&again, &read, offset, number, NULL),
                     MRTD_OK);
    assert_int_equal(p->number, number);
    assert_int_equal(p->is_gpt, again.is_gpt);
    assert_int_equal(p->offset, again.offset);
    assert_int_equal(p->size, again.size);
    assert_memory_equal(p->type, again.type, 16);
    assert_memory_equal(p->guid, again.guid, 16);
}

static void refused(uint64_t offset, uint64_t size, uint32_t number,
                    enum mrtd_code code, uint64_t at, const char *words)
{
    const struct mrtd_source source = {.data = disk, .size = size};
    struct mrtd_error error;
    struct mrtd_partition p;
    struct mrtd_partition before;
    memset(&p, 0x5a, sizeof p);
    before = p;
    assert_int_equal(mrtd_disk_partition(&p, &source, offset, number, &error),
                     code);
    assert_non_null(strstr(error.message, words));
    assert_int_equal(error.offset, at);
    assert_memory_equal(&p, &before, sizeof p);
}

static void test_mbr(void **state)
{
    (void)state;
    static const uint8_t linux_type[16] = {0x83};
    static const uint8_t none[16] = {0};
    for (uint64_t start = 0; start <= 4096; start += 2048) {
        struct mrtd_partition p;
        make_mbr(disk + start);
        find(start, start + DISK, 1, &p);
        assert_int_equal(p.is_gpt, 0);
        assert_int_equal(p.offset, start + 4 * SECTOR);
        assert_int_equal(p.size, 20 * SECTOR);
        assert_memory_equal(p.type, linux_type, 16);
        assert_memory_equal(p.guid, none, 16);
        find(start, start + DISK, 2, &p);
        assert_int_equal(p.offset, start + 24 * SECTOR);
        assert_int_equal(p.size, 40 * SECTOR);
        refused(start, start + DISK - 1, 2, MRTD_ERR_DISK_PARTITION,
                start + 446 + 16, "partition 2 is 20480 bytes from 0x3000");
        refused(start, start + DISK, 3, MRTD_ERR_DISK_PARTITION,
                start + 446 + 32, "extended");
        refused(start, start + DISK, 4, MRTD_ERR_DISK_PARTITION,
                start + 446 + 48, "empty");
        refused(start, start + DISK, 0, MRTD_ERR_DISK_PARTITION, start,
                "no partition 0");
        refused(start, start + DISK, 5, MRTD_ERR_DISK_PARTITION, start,
                "no partition 5");
        /* An old GPT that nothing protects is none. */
        memcpy(disk + start + SECTOR, "EFI PART", 8);
        find(start, start + DISK, 1, &p);
        memset(disk + start, 0, 2 * SECTOR);
    }
}

static void test_no_table(void **state)
{
    (void)state;
    make_mbr(disk);
    refused(0, 511, 1, MRTD_ERR_DISK_TABLE, 0, "has 511 bytes");
    refused(512, 512, 1, MRTD_ERR_DISK_TABLE, 512, "has 0 bytes");
    refused(513, 512, 1, MRTD_ERR_DISK_TABLE, 513, "has 512 bytes");
    refused(UINT64_MAX, DISK, 1, MRTD_ERR_DISK_TABLE, UINT64_MAX, "bytes");
    disk[510] = 0;
    refused(0, DISK, 1, MRTD_ERR_DISK_TABLE, 510, "55 AA");
    make_mbr(disk);
    disk[511] = 0x55;
    refused(0, DISK, 1, MRTD_ERR_DISK_TABLE, 510, "55 AA");
    for (unsigned i = 1; i <= 4; i++) {
        make_mbr(disk);
        put_record(disk, i, 0xee, 1, 1);
        refused(0, DISK, 1, MRTD_ERR_DISK_TABLE, 0, "says that there is a GPT");
        refused(0, 512, 1, MRTD_ERR_DISK_TABLE, 0, "says that there is a GPT");
        put_record(disk, i, 0xee, 2, 1);
        refused(0, DISK, 1, MRTD_ERR_DISK_TABLE, 446 + 16 * (i - 1) + 8,
                "begins at block 2");
    }
}

static void test_gpt(void **state)
{
    (void)state;
    static const uint32_t sectors[] = {512, 4096};
    for (size_t i = 0; i < 2; i++) {
        const uint32_t sector = sectors[i];
        for (uint64_t start = 0; start <= 8192; start += 4096) {
            const uint64_t size = start + 64 * (uint64_t)sector;
            struct mrtd_partition p;
            uint8_t want[16];
            make_gpt(disk + start, sector);
            find(start, size, 1, &p);
            assert_int_equal(p.is_gpt, 1);
            assert_int_equal(p.offset, start + 6 * (uint64_t)sector);
            assert_int_equal(p.size, 4 * (uint64_t)sector);
            memset(want, 0xaf, 16);
            assert_memory_equal(p.type, want, 16);
            memset(want, 0x3d, 16);
            assert_memory_equal(p.guid, want, 16);
            find(start, size, 4, &p);
            assert_int_equal(p.offset, start + 10 * (uint64_t)sector);
            assert_int_equal(p.size, 54 * (uint64_t)sector);
            const uint64_t entries = start + 2 * (uint64_t)sector;
            refused(start, size, 2, MRTD_ERR_DISK_PARTITION, entries + 128,
                    "is empty");
            refused(start, size, 0, MRTD_ERR_DISK_PARTITION, entries,
                    "has 4 entries");
            refused(start, size, 5, MRTD_ERR_DISK_PARTITION, entries,
                    "has 4 entries");
            refused(start, size - 1, 4, MRTD_ERR_DISK_TABLE,
                    start + sector + 40, "whose last is 62");
            put(disk + start + sector + 48, 62, 8);
            seal(disk + start, sector);
            refused(start, size - 1, 4, MRTD_ERR_DISK_PARTITION,
                    entries + 3 * 128, "partition 4: the blocks from 10 to 63");
            memset(disk, 0, sizeof disk);
        }
    }
}

/* A guest with large logical blocks finds another table than one with small
 * ones. */
static void test_two_headers(void **state)
{
    (void)state;
    for (uint64_t start = 0; start <= 4096; start += 4096) {
        make_gpt(disk + start, SECTOR);
        memcpy(disk + start + 4096, "EFI PART", 8);
        refused(start, start + DISK, 1, MRTD_ERR_DISK_TABLE, start + 4096,
                "a second header, for logical blocks of 4096 bytes");
        refused(start, start + 8192, 1, MRTD_ERR_DISK_TABLE, start + 4096,
                "a second header, for logical blocks of 4096 bytes");
        /* The second large block is not all there. */
        refused(start, start + 8191, 1, MRTD_ERR_DISK_TABLE,
                start + SECTOR + 40, "whose last is 14");
        memset(disk, 0, sizeof disk);
    }
}

/* Each byte of header and entries is in a checksum. */
static void test_checksums(void **state)
{
    (void)state;
    const struct mrtd_source source = {.data = disk, .size = DISK};
    struct mrtd_partition p;
    for (unsigned at = SECTOR; at < SECTOR + 92; at++) {
        make_gpt(disk, SECTOR);
        disk[at] ^= 1;
        assert_int_equal(mrtd_disk_partition(&p, &source, 0, 1, NULL),
                         MRTD_ERR_DISK_TABLE);
    }
    for (unsigned at = ARRAY; at < ARRAY + ENTRIES * 128; at++) {
        make_gpt(disk, SECTOR);
        disk[at] ^= 0x80;
        refused(0, DISK, 1, MRTD_ERR_DISK_TABLE, ARRAY,
                "checksum of the partition entries");
    }
    make_gpt(disk, SECTOR);
    disk[SECTOR + 92] ^= 1;
    find(0, DISK, 1, &p);
}

/* Fields that are wrong with checksums that are right. */
static void test_fields(void **state)
{
    (void)state;
    static const struct {
        unsigned at;
        unsigned size;
        uint64_t value;
        uint64_t offset;
        enum mrtd_code code;
        const char *words;
    } cases[] = {
        {SECTOR + 12, 4, 91, SECTOR + 12, MRTD_ERR_DISK_TABLE, "HeaderSize"},
        {SECTOR + 12, 4, 513, SECTOR + 12, MRTD_ERR_DISK_TABLE, "HeaderSize"},
        {SECTOR + 12, 4, UINT32_MAX, SECTOR + 12, MRTD_ERR_DISK_TABLE,
         "HeaderSize"},
        {SECTOR + 24, 8, 2, SECTOR + 24, MRTD_ERR_DISK_TABLE, "MyLBA is 2"},
        {SECTOR + 40, 8, 64, SECTOR + 40, MRTD_ERR_DISK_TABLE,
         "from 64 to 63 are not"},
        {SECTOR + 48, 8, 64, SECTOR + 40, MRTD_ERR_DISK_TABLE,
         "whose last is 63"},
        {SECTOR + 84, 4, 0, SECTOR + 84, MRTD_ERR_DISK_TABLE,
         "SizeOfPartitionEntry is 0"},
        {SECTOR + 84, 4, 256, SECTOR + 84, MRTD_ERR_DISK_TABLE,
         "SizeOfPartitionEntry is 256"},
        {SECTOR + 84, 4, 64, SECTOR + 84, MRTD_ERR_DISK_TABLE,
         "SizeOfPartitionEntry is 64"},
        {SECTOR + 84, 4, 129, SECTOR + 84, MRTD_ERR_DISK_TABLE,
         "SizeOfPartitionEntry is 129"},
        {SECTOR + 84, 4, 8192, SECTOR + 84, MRTD_ERR_DISK_TABLE,
         "SizeOfPartitionEntry is 8192"},
        {SECTOR + 80, 4, 8193, SECTOR + 72, MRTD_ERR_DISK_TABLE, "1 MiB"},
        {SECTOR + 80, 4, UINT32_MAX, SECTOR + 72, MRTD_ERR_DISK_TABLE, "1 MiB"},
        {SECTOR + 80, 4, 249, SECTOR + 72, MRTD_ERR_DISK_TABLE,
         "not inside the disk"},
        {SECTOR + 72, 8, 64, SECTOR + 72, MRTD_ERR_DISK_TABLE,
         "not inside the disk"},
        {SECTOR + 72, 8, UINT64_MAX, SECTOR + 72, MRTD_ERR_DISK_TABLE,
         "not inside the disk"},
        {ARRAY + 40, 8, 5, ARRAY, MRTD_ERR_DISK_PARTITION, "partition 1: the"},
        {ARRAY + 40, 8, 64, ARRAY, MRTD_ERR_DISK_PARTITION, "partition 1: the"},
        {ARRAY + 32, 8, 10, ARRAY, MRTD_ERR_DISK_PARTITION, "partition 1: the"},
        {ARRAY + 40, 8, UINT64_MAX, ARRAY, MRTD_ERR_DISK_PARTITION,
         "partition 1: the"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_gpt(disk, SECTOR);
        put(disk + cases[i].at, cases[i].value, cases[i].size);
        seal(disk, SECTOR);
        refused(0, DISK, 1, cases[i].code, cases[i].offset, cases[i].words);
    }
    /* Both ends of 64 bits. */
    make_gpt(disk, SECTOR);
    put(disk + ARRAY + 32, 0, 8);
    put(disk + ARRAY + 40, UINT64_MAX, 8);
    seal(disk, SECTOR);
    refused(0, DISK, 1, MRTD_ERR_DISK_PARTITION, ARRAY, "partition 1: the");
}

static void test_reads_and_arguments(void **state)
{
    (void)state;
    struct mrtd_partition p;
    make_gpt(disk, SECTOR);
    struct reader r = {.data = disk, .size = DISK};
    const struct mrtd_source read = reader_source(&r);
    assert_int_equal(mrtd_disk_partition(&p, &read, 0, 1, NULL), MRTD_OK);
    const unsigned calls = r.calls;
    for (unsigned i = 1; i <= calls; i++) {
        r.calls = 0;
        r.fail_at = i;
        assert_int_equal(mrtd_disk_partition(&p, &read, 0, 1, NULL),
                         MRTD_ERR_READ);
    }
    make_mbr(disk);
    r.calls = 0;
    r.fail_at = 2;
    assert_int_equal(mrtd_disk_partition(&p, &read, 0, 1, NULL), MRTD_ERR_READ);
    assert_int_equal(mrtd_disk_partition(NULL, &read, 0, 1, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_disk_partition(&p, NULL, 0, 1, NULL),
                     MRTD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mbr),
        cmocka_unit_test(test_no_table),
        cmocka_unit_test(test_gpt),
        cmocka_unit_test(test_two_headers),
        cmocka_unit_test(test_checksums),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_reads_and_arguments),
    };
    return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
