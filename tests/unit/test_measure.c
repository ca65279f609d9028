/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurement against a stream that is put together here, byte by byte, from
 * the TDX module's two block forms, and hashed in one go.
 */
#include "unit.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "launch/plan.h"

struct stream {
    uint8_t *bytes;
    size_t size;
    size_t room;
};

static void append(struct stream *s, const void *bytes, size_t size)
{
    if (s->room - s->size < size) {
        s->room = 2 * s->room + size;
        s->bytes = realloc(s->bytes, s->room);
        assert_non_null(s->bytes);
    }
    memcpy(s->bytes + s->size, bytes, size);
    s->size += size;
}

static void append_block(struct stream *s, const char *name, uint64_t gpa)
{
    uint8_t block[128] = {0};
    memcpy(block, name, strlen(name));
    for (unsigned i = 0; i < 8; i++) {
        block[16 + i] = (uint8_t)(gpa >> 8 * i);
    }
    append(s, block, sizeof block);
}

static void append_extends(struct stream *s, uint64_t gpa, const uint8_t *page)
{
    for (unsigned i = 0; i < 16; i++) {
        append_block(s, "MR.EXTEND", gpa + 256 * i);
        append(s, page + 256 * i, 256);
    }
}

/* The content of a page of a section, zero-filled. */
static void page_of(const uint8_t *image, const struct mrtd_section *s,
                    uint64_t page, uint8_t out[4096])
{
    memset(out, 0, 4096);
    for (uint64_t i = 0; i < 4096; i++) {
        uint64_t at = page * 4096 + i;
        if (at < s->raw_data_size) {
            out[i] = image[s->data_offset + at];
        }
    }
}

static void expect(const uint8_t *image, const struct mrtd_section *sections,
                   uint32_t count, int two_pass, uint8_t digest[48])
{
    struct stream s = {NULL, 0, 0};
    for (uint32_t i = 0; i < count; i++) {
        const struct mrtd_section *x = &sections[i];
        uint64_t pages = x->memory_data_size / 4096;
        uint8_t page[4096];
        for (uint64_t p = 0; p < pages; p++) {
            append_block(&s, "MEM.PAGE.ADD", x->memory_address + p * 4096);
            if (x->attributes && !two_pass) {
                page_of(image, x, p, page);
                append_extends(&s, x->memory_address + p * 4096, page);
            }
        }
        for (uint64_t p = 0; x->attributes && two_pass && p < pages; p++) {
            page_of(image, x, p, page);
            append_extends(&s, x->memory_address + p * 4096, page);
        }
    }
    assert_int_equal(
        EVP_Digest(s.bytes, s.size, digest, NULL, EVP_sha384(), NULL), 1);
    free(s.bytes);
}

#define BIG_SIZE     0x60000
#define BIG_METADATA 0x5f000

/* Odd data sizes and offsets; more pages than are read or added at once; data
 * that ends a little behind what is read at once, or a page, or with it. */
static const struct mrtd_section big_sections[] = {
    {0x123, 0x30005, 0xfff00000, 0x33000, MRTD_SECTION_BFV, 1},
    {0, 0, 0x100000, 0x200000, MRTD_SECTION_TEMP_MEM, 0},
    {0x40000, 0x10000, 0x400000, 0x12000, MRTD_SECTION_PAYLOAD, 1},
    {0x51000, 0x1001, 0x500000, 0x3000, MRTD_SECTION_BFV, 1},
    {0, 0, 0x600000, 0x12000, MRTD_SECTION_TEMP_MEM, 1},
};

static void make_big(uint8_t *image, uint32_t x)
{
    for (size_t i = 0; i < BIG_SIZE; i++) {
        x = x * 1664525 + 1013904223;
        image[i] = (uint8_t)(x >> 24);
    }
    sample_write(image, BIG_SIZE, BIG_METADATA, big_sections, 5);
}

/* Each section ends once, after the one before. */
static void count_section(void *context, uint32_t section,
                          const uint8_t running[MRTD_DIGEST_SIZE])
{
    uint32_t *count = context;
    (void)running;
    assert_int_equal(section, (*count)++);
}

static void measure_both_ways(const char *vmm, int two_pass)
{
    static uint8_t bytes[BIG_SIZE];
    make_big(bytes, 1);
    struct reader r = {.data = bytes, .size = sizeof bytes};
    const struct mrtd_source sources[] = {{.data = bytes, .size = sizeof bytes},
                                          reader_source(&r)};
    const struct mrtd_launch options = {
        .struct_size = sizeof(struct mrtd_launch),
        .vmm = mrtd_vmm_find(MRTD_PLATFORM_TDX, vmm)};
    uint8_t want[48];
    expect(bytes, big_sections, 5, two_pass, want);
    for (unsigned i = 0; i < 2; i++) {
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        uint8_t got[48] = {0};
        assert_int_equal(mrtd_image_open(&image, &sources[i], 0, NULL),
                         MRTD_OK);
        assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                         MRTD_OK);
        uint32_t ended = 0;
        const struct mrtd_observer observer = {&ended, NULL, count_section,
                                               NULL};
        const unsigned calls = r.calls;
        assert_int_equal(measure_mrtd(plan, &observer, got, NULL), MRTD_OK);
        assert_memory_equal(got, want, 48);
        assert_int_equal(ended, 5);
        /* 64 KiB at once: 0x30005 bytes in 4 reads, two sections in one. */
        assert_int_equal(r.calls - calls, i == 0 ? 0 : 6);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

static void single_pass(void **state)
{
    (void)state;
    measure_both_ways("spec", 0);
}

static void two_pass(void **state)
{
    (void)state;
    measure_both_ways("kvm-v19", 1);
}

/* What was read ahead of a plan that failed is not taken for another's. */
static void after_a_failure(void **state)
{
    (void)state;
    static uint8_t bytes[2][BIG_SIZE];
    struct reader readers[2];
    struct mrtd_image *images[2];
    struct mrtd_plan *plans[2];
    struct mrtd_measurement results[2];
    uint8_t want[48];
    for (unsigned i = 0; i < 2; i++) {
        make_big(bytes[i], i);
        readers[i] = (struct reader){.data = bytes[i], .size = BIG_SIZE};
        const struct mrtd_source source = reader_source(&readers[i]);
        assert_int_equal(mrtd_image_open(&images[i], &source, 0, NULL),
                         MRTD_OK);
        assert_int_equal(mrtd_plan_build(&plans[i], images[i], NULL, NULL),
                         MRTD_OK);
    }
    readers[0].fail_at = readers[0].calls + 2;
    mrtd_engine_force("scalar");
    mrtd_measure_many((const struct mrtd_plan *const *)plans, 2, results);
    mrtd_engine_force(NULL);
    expect(bytes[1], big_sections, 5, 0, want);
    assert_int_equal(results[0].error.code, MRTD_ERR_READ);
    assert_int_equal(results[0].error.offset, 0x10123);
    assert_int_equal(results[1].error.code, MRTD_OK);
    assert_memory_equal(results[1].value.digest.bytes, want, 48);
    for (unsigned i = 0; i < 2; i++) {
        mrtd_plan_free(plans[i]);
        mrtd_image_free(images[i]);
    }
}

struct watcher {
    unsigned progress;
    unsigned sections;
    int stop;
    uint64_t last;
    uint64_t total;
    uint8_t running[4][48];
};

static int on_progress(void *context, uint64_t hashed, uint64_t total)
{
    struct watcher *w = context;
    /* Not more often than every 16 MiB. */
    assert_true(hashed >= w->last + (UINT64_C(1) << 24) && hashed <= total);
    w->last = hashed;
    w->total = total;
    w->progress++;
    return w->stop;
}

static void on_section(void *context, uint32_t section,
                       const uint8_t running[MRTD_DIGEST_SIZE])
{
    struct watcher *w = context;
    assert_int_equal(section, w->sections);
    memcpy(w->running[w->sections++], running, 48);
}

/* The running digest after section i is the MRTD of the first i + 1. */
static void observer_sections(void **state)
{
    (void)state;
    uint8_t bytes[SMALL_SIZE];
    make_small(bytes);
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    for (unsigned p = 0; p < 2; p++) {
        const struct mrtd_launch options = {
            .struct_size = sizeof(struct mrtd_launch), .vmm = mrtd_vmm_at(p)};
        struct watcher w = {0};
        const struct mrtd_observer observer = {&w, NULL, on_section, NULL};
        struct mrtd_image *image = NULL;
        struct mrtd_plan *plan = NULL;
        uint8_t got[48];
        uint8_t want[48];
        assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
        assert_int_equal(mrtd_plan_build(&plan, image, &options, NULL),
                         MRTD_OK);
        assert_int_equal(measure_mrtd(plan, &observer, got, NULL), MRTD_OK);
        assert_int_equal(w.sections, 4);
        for (uint32_t i = 0; i < 4; i++) {
            expect(bytes, small_sections, i + 1, p == 1, want);
            assert_memory_equal(w.running[i], want, 48);
        }
        assert_memory_equal(w.running[3], got, 48);
        mrtd_plan_free(plan);
        mrtd_image_free(image);
    }
}

/* Two sections, with each of which exactly 16 MiB are hashed. */
static void observer_progress(void **state)
{
    (void)state;
    static const struct mrtd_section large[] = {
        {0, 0, 0, 1 << 29, MRTD_SECTION_TEMP_MEM, 0},
        {0, 0, 1 << 29, 1 << 29, MRTD_SECTION_TEMP_MEM, 0}};
    uint8_t bytes[SMALL_SIZE] = {0};
    struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct watcher w = {0};
    const struct mrtd_observer observer = {&w, on_progress, NULL, NULL};
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    struct mrtd_error error;
    uint8_t got[48] = {7};
    sample_write(bytes, sizeof bytes, SMALL_METADATA, large, 2);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);

    w.stop = 1;
    assert_int_equal(measure_mrtd(plan, &observer, got, &error),
                     MRTD_ERR_CANCELLED);
    assert_int_equal(error.code, MRTD_ERR_CANCELLED);
    assert_true(error.offset == MRTD_NO_OFFSET);
    assert_string_equal(error.message, "stopped on request");
    assert_int_equal(got[0], 7);

    memset(&w, 0, sizeof w);
    assert_int_equal(measure_mrtd(plan, &observer, got, &error), MRTD_OK);
    assert_int_equal(w.progress, 2);
    assert_int_equal(w.last, 2 << 24);
    assert_int_equal(w.total, 2 << 24);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* What the plan itself made is measured as the same bytes of the image are. */
static void test_made(void **state)
{
    static uint8_t bytes[BIG_SIZE];
    const struct mrtd_source source = {.data = bytes, .size = sizeof bytes};
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    uint8_t want[48], got[48] = {0};
    (void)state;
    make_big(bytes, 3);
    expect(bytes, big_sections, 5, 0, want);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    struct mrtd_run *run = &plan->runs[0];
    assert_int_equal(run->content, MRTD_CONTENT_IMAGE);
    plan->made_bytes = malloc((size_t)run->data_size);
    assert_non_null(plan->made_bytes);
    memcpy(plan->made_bytes, bytes + run->data_offset, (size_t)run->data_size);
    plan->made.data = plan->made_bytes;
    plan->made.size = run->data_size;
    run->content = MRTD_CONTENT_PLAN;
    run->data_offset = 0;
    memset(bytes + big_sections[0].data_offset, 0, 0x1000);
    assert_int_equal(measure_mrtd(plan, NULL, got, NULL), MRTD_OK);
    assert_memory_equal(got, want, 48);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made),
        cmocka_unit_test(single_pass),
        cmocka_unit_test(two_pass),
        cmocka_unit_test(after_a_failure),
        cmocka_unit_test(observer_sections),
        cmocka_unit_test(observer_progress),
    };
    return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
