/* SPDX-License-Identifier: Apache-2.0 */
/* Images of td-shim, TD HOBs and events, made here field by field from
 * td-shim's and [PI]'s documents; tests/cli/test_shim.py compares with a
 * model. */
#include "unit.h"

#define HOB_ADDRESS 0x809000
#define HOB_SIZE    0x2000
#define ROOM        0x4000
#define LINE_ROOM   0x1000
#define KERNEL      0x1200
/* PHIT, a resource, one that announces a payload, and the end. */
#define RESOURCE 56
#define INFO     104
#define END      144
#define LIST     152

static uint8_t kernel[KERNEL];
static uint8_t hob[HOB_SIZE + 1];
static const char line[] = "console=ttyS0";
static struct mrtd_shim shim;

static void put(uint8_t *to, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
}

static void make_kernel(void)
{
    for (unsigned i = 0; i < KERNEL; i++) {
        kernel[i] = (uint8_t)(i * 13 + (i >> 8));
    }
    memcpy(kernel + 0x202, "HdrS", 4);
    put(kernel + 0x206, 0x20f, 2);
    kernel[0x211] = 1;
}

static void make_hob(void)
{
    static const uint8_t info[16] = {0x12, 0xa4, 0x6f, 0xb9, 0x1f, 0x46,
                                     0xe3, 0x4b, 0x8c, 0x0d, 0xad, 0x80,
                                     0x5a, 0x49, 0x7a, 0xc0};
    memset(hob, 0, sizeof hob);
    put(hob, 1, 2);
    put(hob + 2, 56, 2);
    put(hob + 48, HOB_ADDRESS + LIST, 8);
    put(hob + RESOURCE, 3, 2);
    put(hob + RESOURCE + 2, 48, 2);
    put(hob + RESOURCE + 24, 7, 4);
    put(hob + RESOURCE + 28, 7, 4);
    put(hob + RESOURCE + 40, 1 << 30, 8);
    put(hob + INFO, 4, 2);
    put(hob + INFO + 2, 40, 2);
    memcpy(hob + INFO + 8, info, sizeof info);
    put(hob + INFO + 24, 1, 4);
    put(hob + END, 0xffff, 2);
    put(hob + END + 2, 8, 2);
}

static int make(void **state)
{
    (void)state;
    make_kernel();
    make_hob();
    shim = (struct mrtd_shim){.has_td_hob = 1,
                              .takes_kernel = 1,
                              .extends_payload = 1,
                              .payload_size = ROOM,
                              .parameter_size = LINE_ROOM,
                              .td_hob_address = HOB_ADDRESS,
                              .td_hob_size = HOB_SIZE};
    return 0;
}

static struct mrtd_shim_boot boot_of(const struct mrtd_source *loaded,
                                     const struct mrtd_source *list)
{
    return (struct mrtd_shim_boot){.struct_size = sizeof boot_of(NULL, NULL),
                                   .registers =
                                       MRTD_SHIM_RTMR0 | MRTD_SHIM_RTMR1,
                                   .has_cmdline = 1,
                                   .shim = &shim,
                                   .kernel = loaded,
                                   .td_hob = list,
                                   .cmdline = line,
                                   .cmdline_size = strlen(line)};
}

/* What a boot that is refused changes is nothing. */
static void refuses(const struct mrtd_shim_boot *boot, enum mrtd_code code)
{
    struct mrtd_event e[MRTD_SHIM_EVENTS];
    struct mrtd_event before[MRTD_SHIM_EVENTS];
    struct mrtd_error error = {.code = MRTD_OK};
    size_t count = 99;
    memset(e, 0x5a, sizeof e);
    memcpy(before, e, sizeof e);
    assert_int_equal(mrtd_shim_events(e, &count, boot, &error), code);
    assert_int_equal(error.code, code);
    assert_int_equal(mrtd_shim_events(e, &count, boot, NULL), code);
    assert_memory_equal(e, before, sizeof e);
    assert_int_equal(count, 99);
}

static void takes(const struct mrtd_shim_boot *boot, size_t events)
{
    struct mrtd_event e[MRTD_SHIM_EVENTS];
    size_t count = 99;
    assert_int_equal(mrtd_shim_events(e, &count, boot, NULL), MRTD_OK);
    assert_int_equal(count, events);
}

/* --- Images ------------------------------------------------------------ */

static const struct mrtd_section image_sections[] = {
    {0x1000, 0x3000, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
    {0, 0x1000, 0xffffc000, 0x1000, MRTD_SECTION_CFV, 0},
    {0, 0, HOB_ADDRESS, HOB_SIZE, MRTD_SECTION_TD_HOB, 0},
    {0, 0, 0x2000000, ROOM, MRTD_SECTION_PAYLOAD, 0},
    {0, 0, 0x3000000, LINE_ROOM, MRTD_SECTION_PAYLOAD_PARAM, 0},
};
#define SECTIONS 5
#define PAYLOAD  3

static void image(void **state)
{
    (void)state;
    static uint8_t bytes[SMALL_SIZE];
    struct mrtd_section sections[SECTIONS];
    struct mrtd_shim read;
    memcpy(sections, image_sections, sizeof sections);
    struct mrtd_image *i = open_sections(bytes, sections, SECTIONS, 0);
    assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_OK);
    assert_memory_equal(&read, &shim, sizeof read);
    mrtd_image_free(i);
    sections[PAYLOAD].attributes = 1;
    i = open_sections(bytes, sections, SECTIONS, 0);
    assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_OK);
    assert_true(read.takes_kernel && !read.extends_payload);
    mrtd_image_free(i);
    /* The payload is in the image; or a part of what a kernel needs is not. */
    sections[PAYLOAD].raw_data_size = 0x1000;
    i = open_sections(bytes, sections, SECTIONS, 0);
    assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_OK);
    assert_int_equal(read.takes_kernel, 0);
    mrtd_image_free(i);
    for (uint32_t left = 3; left <= 4; left++) {
        i = open_sections(bytes, image_sections, left, 0);
        assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_OK);
        assert_int_equal(read.takes_kernel, 0);
        mrtd_image_free(i);
    }
}

static void twice(void **state)
{
    (void)state;
    static uint8_t bytes[SMALL_SIZE];
    for (unsigned which = 2; which < SECTIONS; which++) {
        for (unsigned size = 0; size <= 1; size++) {
            struct mrtd_section sections[SECTIONS + 1];
            struct mrtd_shim read = {.td_hob_size = 99};
            memcpy(sections, image_sections, sizeof image_sections);
            sections[SECTIONS] = sections[which];
            sections[SECTIONS].memory_address = 0x5000000;
            /* That there is nothing in the first makes no difference. */
            sections[which].memory_data_size *= size;
            struct mrtd_image *i =
                open_sections(bytes, sections, SECTIONS + 1, 0);
            assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_ERR_TD_SHIM);
            assert_int_equal(read.td_hob_size, 99);
            mrtd_image_free(i);
        }
    }
}

/* A key is found wherever files of the CFV begin, also from one chunk that is
 * read to the next. */
static void anchor(void **state)
{
    (void)state;
    static const uint8_t name[16] = {0x2e, 0x74, 0xa2, 0x77, 0x40, 0x93,
                                     0xc9, 0x4a, 0x8f, 0x85, 0xb7, 0xb9,
                                     0x78, 0x58, 0x00, 0x21};
    static uint8_t bytes[0x6000];
    static const struct mrtd_section sections[] = {
        {0x2000, 0x4000, 0xffffc000, 0x4000, MRTD_SECTION_BFV, 1},
        {0, 0x2000, 0xffffa000, 0x2000, MRTD_SECTION_CFV, 0},
        {0, 0, HOB_ADDRESS, HOB_SIZE, MRTD_SECTION_TD_HOB, 0}};
    struct reader r = {.data = bytes, .size = sizeof bytes};
    const struct mrtd_source source = reader_source(&r);
    struct mrtd_image *i = NULL;
    struct mrtd_shim read;
    sample_write(bytes, sizeof bytes, 0x5800, sections, 3);
    assert_int_equal(mrtd_image_open(&i, &source, 0, NULL), MRTD_OK);
    for (unsigned at = 0; at + 16 <= 0x2008; at++) {
        if (at % 8 && at % 512 != 4) {
            continue;
        }
        memcpy(bytes + at, name, sizeof name);
        r.calls = 0;
        assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_OK);
        assert_int_equal(read.has_trust_anchor,
                         at % 8 == 0 && at + 16 <= 0x2000);
        memset(bytes + at, 0, sizeof name);
    }
    const unsigned calls = r.calls;
    assert_true(calls > 0);
    for (unsigned n = 1; n <= calls; n++) {
        r.calls = 0;
        r.fail_at = n;
        read.td_hob_size = 99;
        assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_ERR_READ);
        assert_int_equal(read.td_hob_size, 99);
    }
    mrtd_image_free(i);
}

/* --- Events ------------------------------------------------------------ */

static void digest_of(struct mrtd_digest *digest, const void *data, size_t size,
                      size_t region)
{
    static uint8_t whole[ROOM];
    const struct mrtd_source all = {.data = whole, .size = region};
    memset(whole, 0, sizeof whole);
    memcpy(whole, data, size);
    *digest = (struct mrtd_digest){.algorithm = MRTD_ALGORITHM_SHA384};
    assert_int_equal(mrtd_digest_source(digest, 1, &all, NULL), MRTD_OK);
}

static void events(void **state)
{
    (void)state;
    struct mrtd_event e[MRTD_SHIM_EVENTS];
    struct mrtd_event again[MRTD_SHIM_EVENTS];
    struct reader k = {.data = kernel, .size = KERNEL};
    struct reader h = {.data = hob, .size = HOB_SIZE};
    const struct mrtd_source sources[] = {{.data = kernel, .size = KERNEL},
                                          reader_source(&k),
                                          {.data = hob, .size = HOB_SIZE},
                                          reader_source(&h)};
    struct mrtd_shim_boot boot = boot_of(&sources[0], &sources[2]);
    static const struct {
        enum mrtd_register id;
        uint32_t type;
    } wanted[] = {{MRTD_REGISTER_RTMR0, MRTD_EV_PLATFORM_CONFIG_FLAGS},
                  {MRTD_REGISTER_RTMR0, MRTD_EV_SEPARATOR},
                  {MRTD_REGISTER_RTMR1, MRTD_EV_SEPARATOR},
                  {MRTD_REGISTER_RTMR1, MRTD_EV_EFI_PLATFORM_FIRMWARE_BLOB2},
                  {MRTD_REGISTER_RTMR1, MRTD_EV_PLATFORM_CONFIG_FLAGS}};
    struct mrtd_digest digests[5];
    size_t count = 0;
    digest_of(&digests[0], hob, LIST, LIST);
    digest_of(&digests[1], "\0\0\0\0", 4, 4);
    digests[2] = digests[1];
    digest_of(&digests[3], kernel, KERNEL, ROOM);
    digest_of(&digests[4], line, strlen(line), LINE_ROOM);
    assert_int_equal(mrtd_shim_events(e, &count, &boot, NULL), MRTD_OK);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(e[i].id, wanted[i].id);
        assert_int_equal(e[i].type, wanted[i].type);
        assert_memory_equal(&e[i].digest, &digests[i], sizeof digests[i]);
    }
    /* Read piece by piece, the same; and whichever read fails. */
    boot.kernel = &sources[1];
    boot.td_hob = &sources[3];
    assert_int_equal(mrtd_shim_events(again, &count, &boot, NULL), MRTD_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_memory_equal(&again[i].digest, &digests[i], sizeof digests[i]);
    }
    struct reader *const readers[] = {&k, &h};
    const unsigned all_calls[] = {k.calls, h.calls};
    for (size_t i = 0; i < 2; i++) {
        assert_true(all_calls[i] > 1);
        for (unsigned n = 1; n <= all_calls[i]; n++) {
            readers[i]->calls = 0;
            readers[i]->fail_at = n;
            struct mrtd_error error;
            count = 99;
            assert_int_equal(mrtd_shim_events(again, &count, &boot, &error),
                             MRTD_ERR_READ);
            assert_int_equal(count, 99);
        }
        readers[i]->fail_at = 0;
    }
}

/* Which registers are wanted, and what that needs. */
static void registers(void **state)
{
    (void)state;
    const struct mrtd_source k = {.data = kernel, .size = KERNEL};
    const struct mrtd_source list = {.data = hob, .size = LIST};
    struct mrtd_shim_boot boot = boot_of(&k, &list);
    takes(&boot, 5);
    boot.registers = MRTD_SHIM_RTMR0;
    boot.kernel = NULL;
    boot.has_cmdline = 0;
    takes(&boot, 2);
    boot.td_hob = NULL;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.registers = MRTD_SHIM_RTMR1;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.has_cmdline = 1;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.kernel = &k;
    takes(&boot, 3);
    /* It is in the MRTD. */
    shim.extends_payload = 0;
    takes(&boot, 2);
    boot.kernel = NULL;
    takes(&boot, 2);
    boot.registers = 0;
    takes(&boot, 0);
    boot.registers = 4;
    refuses(&boot, MRTD_ERR_ARGUMENT);
}

static void own_payload(void **state)
{
    (void)state;
    struct mrtd_shim_boot boot = boot_of(NULL, NULL);
    shim.takes_kernel = shim.has_td_hob = 0;
    refuses(&boot, MRTD_ERR_TD_SHIM);
    shim.extends_payload = 0;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.has_cmdline = 0;
    takes(&boot, 2);
    shim.extends_payload = 1;
    boot.registers = MRTD_SHIM_RTMR0;
    takes(&boot, 1);
    shim.has_trust_anchor = 1;
    refuses(&boot, MRTD_ERR_TD_SHIM);
}

static void sizes(void **state)
{
    (void)state;
    struct mrtd_source k = {.data = kernel, .size = KERNEL};
    const struct mrtd_source list = {.data = hob, .size = LIST};
    struct mrtd_shim_boot boot = boot_of(&k, &list);
    shim.payload_size = KERNEL;
    takes(&boot, 5);
    shim.payload_size--;
    refuses(&boot, MRTD_ERR_PAYLOAD_SIZE);
    shim.payload_size = ROOM;
    boot.limit = ROOM;
    takes(&boot, 5);
    boot.limit--;
    refuses(&boot, MRTD_ERR_PAYLOAD_SIZE);
    boot.limit = 0;
    shim.payload_size = MRTD_DEFAULT_LIMIT + 1;
    refuses(&boot, MRTD_ERR_PAYLOAD_SIZE);
    shim.payload_size = ROOM;
    shim.parameter_size = sizeof line;
    takes(&boot, 5);
    shim.parameter_size--;
    refuses(&boot, MRTD_ERR_PAYLOAD_SIZE);
    shim.parameter_size = 0;
    boot.cmdline = NULL;
    boot.cmdline_size = 0;
    refuses(&boot, MRTD_ERR_PAYLOAD_SIZE);
    shim.parameter_size = 1;
    takes(&boot, 5);
    k.size = 0x237;
    refuses(&boot, MRTD_ERR_KERNEL);
    k.size = 0x238;
    takes(&boot, 5);
    kernel[0x211] = 0xfe;
    refuses(&boot, MRTD_ERR_KERNEL);
    kernel[0x211] = 1;
    put(kernel + 0x206, 0x1ff, 2);
    refuses(&boot, MRTD_ERR_KERNEL);
    put(kernel + 0x206, 0x200, 2);
    takes(&boot, 5);
    k.size = 0;
    refuses(&boot, MRTD_ERR_EMPTY);
}

/* Fields of the list, at the last value that is right and the first that is
 * not. */
static void hob_fields(void **state)
{
    (void)state;
    static const struct {
        unsigned at;
        unsigned size;
        uint64_t good;
        uint64_t bad;
    } cases[] = {
        {0, 2, 1, 3}, /* PHIT: type, length, reserved, top, end */
        {2, 2, 56, 55},
        {2, 2, 56, 57},
        {4, 4, 0, 1U << 31},
        {16, 8, 0xfffffffffffff000, 0xfffffffffffff001},
        {48, 8, HOB_ADDRESS + LIST, HOB_ADDRESS + LIST - 1},
        {48, 8, HOB_ADDRESS + LIST, HOB_ADDRESS + LIST + 1},
        {48, 8, HOB_ADDRESS + LIST, LIST},
        {RESOURCE, 2, 3, 2},
        {RESOURCE, 2, 3, 6},
        {RESOURCE + 2, 2, 48, 47},
        {RESOURCE + 2, 2, 48, 49},
        {RESOURCE + 24, 4, 7, 8},
        {RESOURCE + 28, 4, 0x07ffffff, 0x08000000},
        {RESOURCE + 32, 8, UINT64_MAX - (1 << 30), UINT64_MAX - (1 << 30) + 1},
        {INFO + 2, 2, 40, 39},
        {INFO + 2, 2, 40, 0},
        {INFO + 4, 4, 0, 1},
        {INFO + 8, 1, 0x12, 0x13}, /* and so it announces nothing */
        {INFO + 24, 4, 1, 0},
        {INFO + 24, 4, 1, 2},
        {END, 2, 0xffff, 0xfffe},
        {END + 2, 2, 1, 0},
        {END + 2, 2, HOB_SIZE - END, HOB_SIZE - END + 1},
        {END + 4, 4, 0, 1},
        {LIST, 1, 0, 1},
        {HOB_SIZE - 1, 1, 0, 1},
    };
    const struct mrtd_source k = {.data = kernel, .size = KERNEL};
    struct mrtd_source list = {.data = hob, .size = HOB_SIZE};
    struct mrtd_shim_boot boot = boot_of(&k, &list);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_hob();
        put(hob + cases[i].at, cases[i].good, cases[i].size);
        takes(&boot, 5);
        put(hob + cases[i].at, cases[i].bad, cases[i].size);
        refuses(&boot, MRTD_ERR_TD_HOB);
    }
    make_hob();
    for (list.size = 0; list.size < LIST; list.size++) {
        refuses(&boot, MRTD_ERR_TD_HOB);
    }
    list.size = HOB_SIZE + 1;
    refuses(&boot, MRTD_ERR_TD_HOB);
    /* Where the section is is not known. */
    list.size = LIST;
    put(hob + 48, 7, 8);
    refuses(&boot, MRTD_ERR_TD_HOB);
    shim.td_hob_address = 0;
    takes(&boot, 5);
}

static void arguments(void **state)
{
    (void)state;
    static uint8_t bytes[SMALL_SIZE];
    struct mrtd_event e[MRTD_SHIM_EVENTS];
    size_t count = 0;
    const struct mrtd_source k = {.data = kernel, .size = KERNEL};
    const struct mrtd_source list = {.data = hob, .size = LIST};
    const struct mrtd_source none = {.size = 1};
    struct mrtd_shim_boot boot = boot_of(&k, &list);
    struct mrtd_shim read;
    struct mrtd_image *i = open_sections(bytes, image_sections, SECTIONS, 0);
    assert_int_equal(mrtd_shim_read(NULL, i, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_shim_read(&read, NULL, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_shim_read(&read, i, NULL), MRTD_OK);
    mrtd_image_free(i);
    assert_int_equal(mrtd_shim_events(NULL, &count, &boot, NULL),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_shim_events(e, NULL, &boot, NULL), MRTD_ERR_ARGUMENT);
    assert_int_equal(mrtd_shim_events(e, &count, NULL, NULL),
                     MRTD_ERR_ARGUMENT);
    boot.shim = NULL;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.shim = &shim;
    boot.kernel = &none;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.kernel = &k;
    boot.td_hob = &none;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.td_hob = &list;
    boot.cmdline = NULL;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.cmdline = line;
    boot.cmdline_size = sizeof line; /* with its zero */
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.cmdline_size = strlen(line);
    boot.struct_size = 1;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    boot.struct_size = sizeof boot - 1;
    refuses(&boot, MRTD_ERR_ARGUMENT);
    /* A caller of a later version: what is not known here must be 0. */
    struct {
        struct mrtd_shim_boot boot;
        uint64_t more;
    } later = {.boot = boot, .more = 0};
    later.boot.struct_size = sizeof later;
    takes(&later.boot, 5);
    later.more = 1;
    refuses(&later.boot, MRTD_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(image, make),
        cmocka_unit_test_setup(twice, make),
        cmocka_unit_test_setup(anchor, make),
        cmocka_unit_test_setup(events, make),
        cmocka_unit_test_setup(registers, make),
        cmocka_unit_test_setup(own_payload, make),
        cmocka_unit_test_setup(sizes, make),
        cmocka_unit_test_setup(hob_fields, make),
        cmocka_unit_test_setup(arguments, make),
    };
    return cmocka_run_group_tests_name("shim", tests, NULL, NULL);
}
