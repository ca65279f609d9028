/* SPDX-License-Identifier: Apache-2.0 */
/* PE images, setup headers and events, made here field by field from
 * Microsoft's and Linux's documents; tests/cli/test_boot.py compares with a
 * model. */
#include "unit.h"

#define PE       0x80
#define OPTIONAL (PE + 24)
#define SECTIONS (OPTIONAL + 112 + 16 * 8)
#define HEADERS  0x200
#define SIZE     0x900

static uint8_t file[SIZE];
static const char line[] = "console=ttyS0";

static void put(unsigned at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        file[at + i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_section(unsigned number, uint32_t offset, uint32_t size)
{
    put(SECTIONS + 40 * number + 16, size, 4);
    put(SECTIONS + 40 * number + 20, offset, 4);
}

/* PE32+: headers, sections of 0x400 and 0x200 bytes in the other order, 0x40
 * bytes after them, and signatures of 0xc0 bytes. */
static void make(void)
{
    for (unsigned i = 0; i < SIZE; i++) {
        file[i] = (uint8_t)(i * 13 + (i >> 8));
    }
    memset(file + 0x40, 0, HEADERS - 0x40);
    memcpy(file, "MZ", 2);
    put(0x3c, PE, 4);
    memcpy(file + PE, "PE\0", 4);
    put(PE + 6, 2, 2);
    put(PE + 20, 112 + 16 * 8, 2);
    put(OPTIONAL, 0x20b, 2);
    put(OPTIONAL + 60, HEADERS, 4);
    put(OPTIONAL + 64, 0x12345678, 4);
    put(OPTIONAL + 108, 16, 4);
    put(OPTIONAL + 112 + 32, SIZE - 0xc0, 4);
    put(OPTIONAL + 112 + 36, 0xc0, 4);
    put_section(0, 0x400, 0x400);
    put_section(1, HEADERS, 0x200);
}

static struct mrtd_source source_of(size_t size)
{
    return (struct mrtd_source){.data = file, .size = size};
}

/* Of all bytes but these, in the order of the file: what make() makes has its
 * sections one after the other. */
static void digest_without(struct mrtd_digest *digest, unsigned checksum,
                           unsigned security, unsigned end)
{
    static uint8_t bytes[SIZE];
    size_t used = 0;
    for (unsigned i = 0; i < end; i++) {
        if ((i < checksum || i >= checksum + 4) &&
            (i < security || i >= security + 8)) {
            bytes[used++] = file[i];
        }
    }
    const struct mrtd_source all = {.data = bytes, .size = used};
    assert_int_equal(mrtd_digest_source(digest, 1, &all, NULL), MRTD_OK);
}

static void pe(void **state)
{
    (void)state;
    struct mrtd_digest want = {.algorithm = MRTD_ALGORITHM_SHA384};
    struct mrtd_digest got = want;
    struct reader r = {.data = file, .size = SIZE};
    const struct mrtd_source memory = source_of(SIZE);
    const struct mrtd_source reading = reader_source(&r);
    make();
    digest_without(&want, OPTIONAL + 64, OPTIONAL + 112 + 32, SIZE - 0xc0);
    assert_int_equal(mrtd_pe_digest(&got, &memory, NULL), MRTD_OK);
    assert_memory_equal(&got, &want, sizeof got);
    assert_int_equal(mrtd_pe_digest(&got, &reading, NULL), MRTD_OK);
    assert_memory_equal(&got, &want, sizeof got);
    const unsigned calls = r.calls;
    for (unsigned i = 1; i <= calls; i++) {
        r.calls = 0;
        r.fail_at = i;
        assert_int_equal(mrtd_pe_digest(&got, &reading, NULL), MRTD_ERR_READ);
        assert_memory_equal(&got, &want, sizeof got);
    }
    /* Its checksum and signatures do not matter. */
    put(OPTIONAL + 64, 1, 4);
    file[SIZE - 1] ^= 1;
    assert_int_equal(mrtd_pe_digest(&got, &memory, NULL), MRTD_OK);
    assert_memory_equal(&got, &want, sizeof got);
}

/* Fields at the last value that is right, and at the first that is not. */
static void pe_fields(void **state)
{
    (void)state;
    static const struct {
        unsigned at;
        unsigned size;
        uint64_t good;
        uint64_t bad;
        const char *words;
    } cases[] = {
        {0x3c, 4, PE, SIZE - 23, "e_lfanew 0x8e9"},
        {0x3c, 4, PE, UINT32_MAX, "e_lfanew 0xffffffff"},
        {0x3c, 4, PE, SIZE - 24, "no signature"},
        {PE, 1, 'P', 'Q', "no signature"},
        {PE + 6, 2, 2, 4, "NumberOfSections 0x4"},
        {PE + 6, 2, 2, UINT16_MAX, "NumberOfSections 0xffff"},
        {PE + 20, 2, 240, 232, "NumberOfRvaAndSizes 16"},
        {OPTIONAL, 2, 0x20b, 0x107, "Magic 0x107"},
        {OPTIONAL + 108, 4, 16, 17, "NumberOfRvaAndSizes 17"},
        {OPTIONAL + 108, 4, 16, 15, "NumberOfRvaAndSizes 15"},
        {OPTIONAL + 60, 4, HEADERS, OPTIONAL + 112 + 39, "SizeOfHeaders 0x12f"},
        {OPTIONAL + 60, 4, HEADERS, SIZE + 1, "SizeOfHeaders 0x901"},
        {OPTIONAL + 112 + 36, 4, 0xc0, 0xc1, "signatures"},
        {OPTIONAL + 112 + 32, 4, SIZE - 0xc0, UINT32_MAX, "signatures"},
        {SECTIONS + 16, 4, 0x400, 0x501, "raw data"},
        {SECTIONS + 20, 4, 0x400, 0x501, "raw data"},
        {SECTIONS + 20, 4, 0x400, UINT32_MAX, "raw data"},
        {SECTIONS + 40 + 16, 4, 0x200, 0x301, "they overlap"},
        {SECTIONS + 40 + 16, 4, 0x200, 0x2ff, "bytes after headers"},
    };
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA256};
    const struct mrtd_source source = source_of(SIZE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mrtd_error error = {.code = MRTD_OK};
        make();
        put(cases[i].at, cases[i].good, cases[i].size);
        assert_int_equal(mrtd_pe_digest(&digest, &source, NULL), MRTD_OK);
        put(cases[i].at, cases[i].bad, cases[i].size);
        assert_int_equal(mrtd_pe_digest(&digest, &source, &error), MRTD_ERR_PE);
        assert_int_equal(error.code, MRTD_ERR_PE);
        assert_non_null(strstr(error.message, cases[i].words));
    }
    make();
    for (size_t size = 0; size < HEADERS; size++) {
        const struct mrtd_source cut = source_of(size);
        assert_int_equal(mrtd_pe_digest(&digest, &cut, NULL), MRTD_ERR_PE);
    }
}

/* A bzImage needs no PE header to say its version. */
static void kernel(void **state)
{
    (void)state;
    struct mrtd_kernel k = {.protocol = 7};
    const struct mrtd_source source = source_of(SIZE);
    make();
    assert_int_equal(mrtd_kernel_read(&k, &source, NULL), MRTD_ERR_KERNEL);
    assert_int_equal(k.protocol, 7);
    memcpy(file + 0x202, "HdrS", 4);
    put(0x206, 0x20f, 2);
    put(0x20e, 0, 2);
    assert_int_equal(mrtd_kernel_read(&k, &source, NULL), MRTD_OK);
    assert_int_equal(k.protocol, 0x20f);
    assert_int_equal(k.has_numbers, 0);
    assert_string_equal(k.version, "");
    put(0x20e, 0x300, 2);
    memcpy(file + 0x500, "6.9.0-x (a@b)", 14);
    assert_int_equal(mrtd_kernel_read(&k, &source, NULL), MRTD_OK);
    assert_true(k.has_numbers && k.major == 6 && k.minor == 9);
    assert_string_equal(k.version, "6.9.0-x");
    /* At the end of the file, and after it. */
    put(0x20e, SIZE - 0x200 - 3, 2);
    memcpy(file + SIZE - 3, "7.1", 3);
    assert_int_equal(mrtd_kernel_read(&k, &source, NULL), MRTD_OK);
    assert_true(k.has_numbers && k.major == 7 && k.minor == 1);
    put(0x20e, SIZE - 0x200, 2);
    assert_int_equal(mrtd_kernel_read(&k, &source, NULL), MRTD_OK);
    assert_true(!k.has_numbers && k.major == 0 && k.minor == 0);
    const struct mrtd_source cut = source_of(0x237);
    assert_int_equal(mrtd_kernel_read(&k, &cut, NULL), MRTD_ERR_KERNEL);
}

static void events(void **state)
{
    (void)state;
    struct mrtd_event e[MRTD_BOOT_EVENTS];
    struct mrtd_event before[MRTD_BOOT_EVENTS];
    size_t count = 99;
    struct reader r = {.data = file, .size = SIZE};
    const struct mrtd_source source = reader_source(&r);
    const struct mrtd_source empty = {.size = 0};
    struct mrtd_boot boot = {.struct_size = sizeof boot,
                             .kernel = &source,
                             .initrd = &source,
                             .has_cmdline = 1,
                             .cmdline = line,
                             .cmdline_size = strlen(line)};
    make();
    memset(e, 0x5a, sizeof e);
    memcpy(before, e, sizeof e);
    r.fail_at = 1;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL), MRTD_ERR_READ);
    boot.initrd = &empty;
    r.fail_at = 0;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL), MRTD_ERR_EMPTY);
    boot.initrd = &source;
    boot.rules = MRTD_BOOT_PATCHED_KERNEL;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.ram = 1 << 30;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL), MRTD_ERR_KERNEL);
    boot.rules = 0;
    boot.cmdline_size++; /* and so it has a zero in it */
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.cmdline_size--;
    assert_memory_equal(e, before, sizeof e);
    assert_int_equal(count, 99);
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 7);
    assert_int_equal(e[0].type, MRTD_EV_EFI_BOOT_SERVICES_APPLICATION);
    assert_int_equal(e[1].type, MRTD_EV_EFI_ACTION);
    assert_int_equal(e[2].type, MRTD_EV_SEPARATOR);
    assert_int_equal(e[6].type, MRTD_EV_EVENT_TAG);
    assert_int_equal(e[6].id, MRTD_REGISTER_RTMR2);
    boot.kernel = NULL;
    boot.has_cmdline = 0;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 0);
}

static void arguments(void **state)
{
    (void)state;
    struct mrtd_event e[MRTD_BOOT_EVENTS];
    size_t count = 0;
    struct mrtd_digest digest = {.algorithm = MRTD_ALGORITHM_SHA384};
    struct mrtd_kernel k;
    const struct mrtd_source source = source_of(SIZE);
    const struct mrtd_source none = {.size = 1};
    struct mrtd_boot boot = {.struct_size = sizeof boot};
    assert_int_equal(mrtd_pe_digest(NULL, &source, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_pe_digest(&digest, NULL, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_pe_digest(&digest, &none, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_kernel_read(NULL, &source, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_kernel_read(&k, NULL, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_boot_events(NULL, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_boot_events(e, NULL, &boot, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_boot_events(e, &count, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.rules = 32;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.rules = MRTD_BOOT_FINAL_CMDLINE;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.rules = 0;
    boot.kernel = &none;
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot = (struct mrtd_boot){.struct_size = 1};
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    boot = (struct mrtd_boot){
        .struct_size = sizeof boot, .has_cmdline = 1, .cmdline_size = 1};
    assert_int_equal(mrtd_boot_events(e, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pe),        cmocka_unit_test(pe_fields),
        cmocka_unit_test(kernel),    cmocka_unit_test(events),
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
