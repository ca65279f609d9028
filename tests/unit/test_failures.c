/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The k-th allocation or read fails, for every k: a clean error, outputs as
 * they were, no leak (the sanitizers' leak check sees to that).
 */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "igvm_sample.h"
#include "snp_sample.h"
#include "uki_sample.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static unsigned allocations; /* since the last reset */
static unsigned fail_at;     /* the allocation that fails, from 1; 0: none */
static bool fail_all;        /* each does */

static bool fails(void)
{
    return ++allocations == fail_at || fail_all;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

/* An image with many warnings and notes, so that their lists grow. */
#define COUNT 40

static void make_noisy(uint8_t *image)
{
    struct mrtd_section sections[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        sections[i] = (struct mrtd_section){
            0x10, 0x20, (uint64_t)i * 0x1000, 0x1000, MRTD_SECTION_TEMP_MEM, 1};
    }
    memset(image, 0x11, SMALL_SIZE);
    sample_write(image, SMALL_SIZE, 0x1000, sections, COUNT);
}

/* All steps; returns the first code that is not MRTD_OK. */
static enum mrtd_code whole(struct reader *r, struct mrtd_error *error)
{
    struct mrtd_source source = reader_source(r);
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    uint8_t mrtd[48] = {0};
    static const uint8_t untouched[48] = {0};
    enum mrtd_code code = mrtd_image_open(&image, &source, 0, error);
    assert_true((code == MRTD_OK) == (image != NULL));
    if (!code) {
        code = mrtd_plan_build(&plan, image, NULL, error);
        assert_true((code == MRTD_OK) == (plan != NULL));
    }
    if (!code) {
        code = measure_mrtd(plan, NULL, mrtd, error);
    }
    if (code) {
        assert_memory_equal(mrtd, untouched, sizeof mrtd);
        assert_int_equal(error->code, code);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
    return code;
}

/* Refused for want of memory, in words and with no place in the file. */
static void no_memory(const struct mrtd_error *error)
{
    assert_int_equal(error->code, MRTD_ERR_MEMORY);
    assert_memory_equal(error->message, "out of memory for ", 18);
    assert_int_equal(error->offset, MRTD_NO_OFFSET);
}

/* Refused for want of memory, or done without what would have failed. */
static void done_or_no_memory(enum mrtd_code code,
                              const struct mrtd_error *error)
{
    if (code) {
        assert_int_equal(code, MRTD_ERR_MEMORY);
        no_memory(error);
    } else {
        assert_int_equal(error->code, MRTD_OK);
        assert_true(allocations < fail_at);
    }
    fail_at = 0;
}

/* The same of reads. */
static void done_or_not_read(enum mrtd_code code, const struct reader *r)
{
    assert_true(code == MRTD_ERR_READ ||
                (code == MRTD_OK && r->calls < r->fail_at));
}

/* Each read of an image fails in turn; the code of all others, and the number
 * of reads. */
static unsigned each_read_of(const uint8_t *data, uint64_t size,
                             enum mrtd_code want)
{
    struct mrtd_error error = {.code = MRTD_OK};
    struct reader all = {.data = data, .size = size};
    assert_int_equal(whole(&all, &error), want);
    for (unsigned k = 1; k <= all.calls; k++) {
        struct reader r = {.data = data, .size = size, .fail_at = k};
        assert_int_equal(whole(&r, &error), MRTD_ERR_READ);
        assert_int_equal(r.calls, k);
    }
    return all.calls;
}

static void each_allocation(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_noisy(bytes);
    enum mrtd_code code = MRTD_ERR_MEMORY;
    unsigned k = 0;
    while (code) {
        struct reader r = {.data = bytes, .size = sizeof bytes};
        struct mrtd_error error = {.code = MRTD_OK};
        k++;
        allocations = 0;
        fail_at = k;
        code = whole(&r, &error);
        done_or_no_memory(code, &error);
    }
    /* image, table 2, sections 2, findings, plan 2, hash, buffer at least */
    assert_true(k > 10);
}

/* The same of an IGVM file, allocations and then reads. */
static void each_igvm(void **state)
{
    (void)state;
    uint8_t bytes[IGVM_SAMPLE_SIZE];
    igvm_sample(bytes);
    enum mrtd_code code = MRTD_ERR_MEMORY;
    unsigned k;
    for (k = 0; code; k++) {
        struct reader r = {.data = bytes, .size = sizeof bytes};
        struct mrtd_error error = {.code = MRTD_OK};
        allocations = 0;
        fail_at = k + 1;
        code = whole(&r, &error);
        done_or_no_memory(code, &error);
    }
    /* image, walk, description, and five lists that grow */
    assert_true(k > 8);
    /* magic, fixed header, checksum 2, structures 2, data */
    assert_true(each_read_of(bytes, sizeof bytes, MRTD_OK) > 6);
}

/* Of images that are measured, and of one that is looked at for what it is. */
static void each_read(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_noisy(bytes);
    assert_true(each_read_of(bytes, sizeof bytes, MRTD_OK) > 5);
    make_small(bytes);
    assert_true(each_read_of(bytes, sizeof bytes, MRTD_OK) > 5);
    memset(bytes, 0, sizeof bytes);
    assert_true(each_read_of(bytes, sizeof bytes, MRTD_ERR_NO_TABLE) > 10);
    memcpy(bytes + 0x20, "\0\x40\0\0\0\0\0\0_FVH", 12);
    assert_true(each_read_of(bytes, sizeof bytes, MRTD_ERR_OTHER_FORMAT) > 5);
}

/* A search of all launches with two virtual CPUs or one, none of which fits. */
static enum mrtd_code search_all(struct reader *image_reader,
                                 struct reader *kernel_reader,
                                 struct mrtd_error *error)
{
    struct mrtd_source source = reader_source(image_reader);
    const struct mrtd_source kernel = reader_source(kernel_reader);
    const struct mrtd_search asked = {
        .struct_size = sizeof asked, .vcpus = 2, .kernel = &kernel};
    struct mrtd_search_result result = {.tried = 7};
    struct mrtd_image *image = NULL;
    struct mrtd_value value;
    uint8_t digest[MRTD_DIGEST_SIZE] = {1};
    mrtd_value_set(&value, MRTD_REGISTER_SNP, digest);
    enum mrtd_code code = mrtd_image_open(&image, &source, 0, error);
    if (!code) {
        code = mrtd_search_snp(&result, image, &value, &asked, error);
    }
    assert_int_equal(error->code, code);
    assert_int_equal(result.tried, code ? 7 : 2 * 2 * 8 * 65);
    mrtd_image_free(image);
    return code;
}

static void each_search(void **state)
{
    (void)state;
    static uint8_t bytes[SNP_SAMPLE_SIZE];
    snp_sample(bytes, sizeof bytes, 1, SNP_SAMPLE_SECTIONS, true);
    const struct reader image = {.data = bytes, .size = sizeof bytes};
    const struct reader kernel = {.data = bytes, .size = 100};
    enum mrtd_code code = MRTD_ERR_MEMORY;
    unsigned k;
    for (k = 0; code; k++) {
        struct reader r = image;
        struct reader other = kernel;
        struct mrtd_error error = {.code = MRTD_OK};
        allocations = 0;
        fail_at = k + 1;
        code = search_all(&r, &other, &error);
        done_or_no_memory(code, &error);
    }
    /* The image, plans, and the lists of the search, which grow. */
    assert_true(k > 50);
    code = MRTD_ERR_READ;
    for (k = 0; code; k++) {
        struct reader r = image;
        struct reader other = kernel;
        struct mrtd_error error = {.code = MRTD_OK};
        r.fail_at = k + 1;
        code = search_all(&r, &other, &error);
        done_or_not_read(code, &r);
        /* The kernel is hashed once, for all VMMs. */
        assert_int_equal(other.calls, code ? 0 : 1);
    }
    struct reader r = image;
    struct reader other = kernel;
    struct mrtd_error error = {.code = MRTD_OK};
    other.fail_at = 1;
    assert_int_equal(search_all(&r, &other, &error), MRTD_ERR_READ);
}

/* Three levels of blocks of 512 bytes, whose tree is compared. */
static enum mrtd_code hash_disk(struct reader *data_reader,
                                struct reader *tree_reader,
                                struct mrtd_error *error)
{
    const struct mrtd_source data = reader_source(data_reader);
    const struct mrtd_source device = reader_source(tree_reader);
    const struct mrtd_verity_tree tree = {.source = &device};
    struct mrtd_verity_root root = {.size = 7};
    struct mrtd_verity v;
    mrtd_verity_defaults(&v);
    v.data_block_size = 512;
    v.hash_block_size = 512;
    const enum mrtd_code code =
        mrtd_verity_hash(&root, &v, &data, &tree, NULL, error);
    assert_int_equal(error->code, code);
    assert_int_equal(root.size, code ? 7 : 32);
    return code;
}

static void each_disk(void **state)
{
    (void)state;
    static uint8_t bytes[512 * 300];
    const struct reader image = {.data = bytes, .size = sizeof bytes};
    enum mrtd_code code = MRTD_ERR_MEMORY;
    unsigned k;
    for (k = 0; code; k++) {
        struct reader r = image;
        struct reader other = image;
        struct mrtd_error error = {.code = MRTD_OK};
        allocations = 0;
        fail_at = k + 1;
        code = hash_disk(&r, &other, &error);
        done_or_no_memory(code, &error);
    }
    /* The hash, two buffers and a block of each level. */
    assert_int_equal(k, 1 + 2 + 3 + 1);
    code = MRTD_ERR_READ;
    for (k = 0; code; k++) {
        struct reader r = image;
        struct reader other = image;
        struct mrtd_error error = {.code = MRTD_OK};
        r.fail_at = k + 1;
        code = hash_disk(&r, &other, &error);
        done_or_not_read(code, &r);
    }
    code = MRTD_ERR_READ;
    for (k = 0; code; k++) {
        struct reader r = image;
        struct reader other = image;
        struct mrtd_error error = {.code = MRTD_OK};
        other.fail_at = k + 1;
        code = hash_disk(&r, &other, &error);
        done_or_not_read(code, &other);
    }
    /* Each hash block is read once. */
    assert_int_equal(k, 19 + 2 + 1 + 1);
}

/* A unified kernel image on a disk: all of RTMR1 and RTMR2. */
static void each_uki(void **state)
{
    (void)state;
    static uint8_t file[UKI_SIZE];
    static uint8_t disk[UKI_DISK];
    const struct mrtd_source uki = {.data = file, .size = sizeof file};
    const struct mrtd_source table = {.data = disk, .size = sizeof disk};
    const struct mrtd_uki_boot boot = {.struct_size = sizeof boot,
                                       .parts = MRTD_UKI_RTMR1 | MRTD_UKI_RTMR2,
                                       .systemd = 258,
                                       .uki = &uki,
                                       .disk = &table};
    struct mrtd_event events[MRTD_UKI_EVENTS];
    enum mrtd_code code = MRTD_ERR_MEMORY;
    size_t count = 0;
    unsigned k;
    uki_make(file);
    uki_make_disk(disk);
    for (k = 0; code; k++) {
        struct mrtd_error error = {.code = MRTD_OK};
        allocations = 0;
        fail_at = k + 1;
        code = mrtd_uki_events(events, &count, &boot, &error);
        assert_int_equal(count, code ? 0 : 14);
        done_or_no_memory(code, &error);
    }
    fail_at = 0;
    assert_true(k > 5);
}

/* Of a VMM; returns its code. */
static enum mrtd_code judge(struct reader *r, const struct mrtd_vmm *vmm,
                            struct mrtd_error *error)
{
    struct mrtd_source source = reader_source(r);
    struct mrtd_accept *made = NULL;
    enum mrtd_code code = mrtd_accept_check(&made, &source, vmm, error);
    assert_int_equal(error->code, code);
    assert_true((code == MRTD_OK) == (made != NULL));
    mrtd_accept_free(made);
    return code;
}

/* Every VMM that has rules: allocations, then reads. */
static void each_vmm(void **state)
{
    (void)state;
    uint8_t noisy[SMALL_SIZE];
    make_noisy(noisy);
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        if (!vmm->acceptance) {
            continue;
        }
        enum mrtd_code code = MRTD_ERR_MEMORY;
        unsigned k;
        for (k = 0; code; k++) {
            struct reader r = {.data = noisy, .size = sizeof noisy};
            struct mrtd_error error = {.code = MRTD_OK};
            allocations = 0;
            fail_at = k + 1;
            code = judge(&r, vmm, &error);
            done_or_no_memory(code, &error);
        }
        assert_true(k > 2);
        code = MRTD_ERR_READ;
        for (k = 0; code; k++) {
            struct reader r = {
                .data = noisy, .size = sizeof noisy, .fail_at = k + 1};
            struct mrtd_error error = {.code = MRTD_OK};
            code = judge(&r, vmm, &error);
            done_or_not_read(code, &r);
        }
        assert_true(k > 2);
    }
}

static const struct mrtd_section with_payload[] = {
    {0x1000, 0x3000, 0xffffd000, 0x3000, MRTD_SECTION_BFV, 1},
    {0, 0, 0x810000, 0x2000, MRTD_SECTION_PAYLOAD, 1},
};

/* Reads of the payload: its magic, then its content. */
static void payload_reads(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE] = {0};
    uint8_t kernel[0x1234] = {0};
    sample_write(bytes, sizeof bytes, SMALL_METADATA, with_payload, 2);
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    for (unsigned k = 0; k <= 2; k++) {
        struct reader r = {.data = kernel, .size = sizeof kernel, .fail_at = k};
        struct mrtd_source payload = reader_source(&r);
        const struct mrtd_launch options = {
            .struct_size = sizeof(struct mrtd_launch),
            .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, "cloud-hypervisor"),
            .payload = &payload};
        struct mrtd_plan *plan = NULL;
        uint8_t mrtd[48];
        enum mrtd_code code = mrtd_plan_build(&plan, image, &options, NULL);
        assert_int_equal(code, k == 1 ? MRTD_ERR_READ : MRTD_OK);
        if (!code) {
            assert_int_equal(measure_mrtd(plan, NULL, mrtd, NULL),
                             k == 2 ? MRTD_ERR_READ : MRTD_OK);
        }
        mrtd_plan_free(plan);
    }
    mrtd_image_free(image);
}

/* The first of two plans gets no memory, the second does. */
static void first_of_many(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_small(bytes);
    const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    uint8_t want[MRTD_DIGEST_SIZE];
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    assert_int_equal(measure_mrtd(plan, NULL, want, NULL), MRTD_OK);
    for (unsigned k = 1; k <= 2; k++) {
        const struct mrtd_plan *const plans[2] = {plan, plan};
        struct mrtd_measurement results[2] = {0};
        allocations = 0;
        fail_at = k;
        mrtd_measure_many(plans, 2, results);
        fail_at = 0;
        no_memory(&results[0].error);
        assert_int_equal(results[1].error.code, MRTD_OK);
        assert_memory_equal(results[1].value.digest.bytes, want, sizeof want);
    }
    /* More than any engine has lanes: each plan is told of. */
    const struct mrtd_plan *plans[40];
    struct mrtd_measurement results[40] = {0};
    for (unsigned i = 0; i < 40; i++) {
        plans[i] = plan;
    }
    fail_all = true;
    mrtd_measure_many(plans, 40, results);
    fail_all = false;
    for (unsigned i = 0; i < 40; i++) {
        no_memory(&results[i].error);
    }
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation), cmocka_unit_test(each_read),
        cmocka_unit_test(each_igvm),       cmocka_unit_test(each_search),
        cmocka_unit_test(each_vmm),        cmocka_unit_test(payload_reads),
        cmocka_unit_test(first_of_many),   cmocka_unit_test(each_disk),
        cmocka_unit_test(each_uki),
    };
    return cmocka_run_group_tests_name("failures", tests, NULL, NULL);
}
