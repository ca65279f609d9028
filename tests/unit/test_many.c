/* SPDX-License-Identifier: Apache-2.0 */
/* mrtd_measure_many() gives what mrtd_measure() gives, plan by plan. */
#include "unit.h"

#include <stdlib.h>

#include "launch/platform.h"
#include "measure/tdx_stream.h"

#define IMAGES 20

struct item {
    uint8_t bytes[SMALL_SIZE];
    struct reader reader;
    struct mrtd_source source;
    struct mrtd_image *image;
    struct mrtd_plan *plan;
    uint8_t want[48];
};

/* Images of very different lengths: 0 to some hundred pages. */
static void make_item(struct item *item, unsigned n)
{
    const struct mrtd_section sections[] = {
        {0x1000, 0x1000 + n, 0xfff00000, (n % 3 + 2) * 0x1000ULL,
         MRTD_SECTION_BFV, 1},
        {0, 0, 0x100000, n * n * 0x1000ULL, MRTD_SECTION_TEMP_MEM, n % 2},
    };
    for (size_t i = 0; i < SMALL_SIZE; i++) {
        item->bytes[i] = (uint8_t)(i * (n + 3) >> 2);
    }
    sample_write(item->bytes, SMALL_SIZE, SMALL_METADATA, sections, 2);
    item->reader = (struct reader){.data = item->bytes, .size = SMALL_SIZE};
    item->source = reader_source(&item->reader);
    assert_int_equal(mrtd_image_open(&item->image, &item->source, 0, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_plan_build(&item->plan, item->image, NULL, NULL),
                     MRTD_OK);
    assert_int_equal(measure_mrtd(item->plan, NULL, item->want, NULL), MRTD_OK);
}

static void same_as_one_by_one(void **state)
{
    (void)state;
    static struct item items[IMAGES];
    const struct mrtd_plan *plans[IMAGES];
    struct mrtd_measurement results[IMAGES];
    struct mrtd_engine engine;
    for (unsigned i = 0; i < IMAGES; i++) {
        make_item(&items[i], i);
        plans[i] = items[i].plan;
    }
    for (size_t e = 0; mrtd_engine_at(e, &engine); e++) {
        if (!mrtd_engine_force(engine.name)) {
            continue;
        }
        for (size_t count = 0; count <= IMAGES; count++) {
            memset(results, 0xee, sizeof results);
            mrtd_measure_many(plans, count, results);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(results[i].error.code, MRTD_OK);
                assert_memory_equal(results[i].value.digest.bytes,
                                    items[i].want, 48);
            }
        }
    }
    /* The default: alone, in lanes, and alone again at the end. */
    mrtd_engine_force(NULL);
    for (size_t count = 0; count <= IMAGES; count++) {
        mrtd_measure_many(plans, count, results);
        for (size_t i = 0; i < count; i++) {
            assert_memory_equal(results[i].value.digest.bytes, items[i].want,
                                48);
        }
    }
    /* Some cannot be read; the others do not mind. */
    for (unsigned i = 0; i < IMAGES; i += 3) {
        items[i].reader.fail_at = items[i].reader.calls + 1;
    }
    mrtd_measure_many(plans, IMAGES, results);
    for (unsigned i = 0; i < IMAGES; i++) {
        if (i % 3 == 0) {
            assert_int_equal(results[i].error.code, MRTD_ERR_READ);
        } else {
            assert_int_equal(results[i].error.code, MRTD_OK);
            assert_memory_equal(results[i].value.digest.bytes, items[i].want,
                                48);
        }
    }
    for (unsigned i = 0; i < IMAGES; i++) {
        mrtd_plan_free(items[i].plan);
        mrtd_image_free(items[i].image);
    }
}

/* An image of which 0x11000 bytes are read, in two reads. */
#define LONG_SIZE     0x14000
#define LONG_METADATA 0x13000

static const struct mrtd_section long_sections[] = {
    {0x1000, 0x11000, 0xfff00000, 0x11000, MRTD_SECTION_BFV, 1},
};

struct load {
    struct reader reader;
    unsigned now; /* plans of which the first has been read, not the last */
    unsigned most;
};

static int load_read(void *context, uint64_t offset, void *buffer, size_t len)
{
    struct load *load = context;
    load->now += offset == 0x1000;
    load->now -= offset + len == 0x12000;
    load->most = load->now > load->most ? load->now : load->most;
    return reader_read(&load->reader, offset, buffer, len);
}

/* Each lane has a plan, and what a stream is put into need not be zero. */
static void all_lanes(void **state)
{
    (void)state;
    static uint8_t bytes[LONG_SIZE];
    struct load load = {.reader = {.data = bytes, .size = LONG_SIZE}};
    const struct mrtd_source source = {
        .size = LONG_SIZE, .read = load_read, .context = &load};
    struct mrtd_image *image = NULL;
    struct mrtd_plan *plan = NULL;
    const struct mrtd_plan *plans[IMAGES];
    struct mrtd_measurement results[IMAGES];
    struct mrtd_engine engine;
    sample_write(bytes, LONG_SIZE, LONG_METADATA, long_sections, 1);
    assert_int_equal(mrtd_image_open(&image, &source, 0, NULL), MRTD_OK);
    assert_int_equal(mrtd_plan_build(&plan, image, NULL, NULL), MRTD_OK);
    for (unsigned i = 0; i < IMAGES; i++) {
        plans[i] = plan;
    }
    for (size_t e = 0; mrtd_engine_at(e, &engine); e++) {
        if (mrtd_engine_force(engine.name)) {
            load.now = load.most = 0;
            mrtd_measure_many(plans, IMAGES, results);
            assert_int_equal(load.now, 0);
            assert_int_equal(load.most, engine.lanes);
        }
    }
    mrtd_engine_force(NULL);

    const uint8_t *blocks;
    size_t count;
    struct stream stream;
    memset(&stream, 0, sizeof stream);
    stream.layout = 3; /* what the plan's run has */
    assert_true(stream_open(&stream, plan));
    assert_int_equal(stream_next(&stream, &blocks, &count, NULL), MRTD_OK);
    assert_memory_equal(blocks, "MEM.PAGE.ADD", 13);
    stream_close(&stream);
    mrtd_plan_free(plan);
    mrtd_image_free(image);
}

/* Platforms that do not exist: the value's first byte is one of these. */
enum {
    SINGLY = 0x51,
    TOGETHER = 0x70,
    FAILING = 0xfa
};

static unsigned calls_of_together;

static enum mrtd_code measure_singly(const struct mrtd_plan *plan,
                                     const struct mrtd_observer *observer,
                                     struct mrtd_value *value,
                                     struct mrtd_error *error)
{
    assert_null(observer);
    if (plan->info.run_count == FAILING) {
        *error = (struct mrtd_error){.code = MRTD_ERR_READ, .offset = 7};
        return MRTD_ERR_READ;
    }
    value->digest.bytes[0] = SINGLY;
    return MRTD_OK;
}

static void measure_together(const struct mrtd_plan *const plans[],
                             size_t count, struct mrtd_measurement results[])
{
    calls_of_together++;
    for (size_t i = 0; i < count; i++) {
        if (plans[i] && plans[i]->platform->id == 30) {
            results[i].error.code = MRTD_OK;
            results[i].value.digest.bytes[0] = TOGETHER;
        }
    }
}

/* Plans of several platforms, and none, in an order that mixes them. */
static void several_platforms(void **state)
{
    (void)state;
    static struct item items[3];
    const struct platform singly = {.id = 31, .measure = measure_singly};
    const struct platform together = {.id = 30,
                                      .measure_many = measure_together};
    const struct mrtd_plan alone = {.platform = &singly};
    const struct mrtd_plan fails = {.platform = &singly,
                                    .info.run_count = FAILING};
    const struct mrtd_plan joined = {.platform = &together};
    struct mrtd_measurement results[12];
    for (unsigned i = 0; i < 3; i++) {
        make_item(&items[i], i);
    }
    const struct mrtd_plan *const plans[12] = {
        NULL,   &joined, &alone, items[0].plan, &fails, items[1].plan,
        &alone, NULL,    &fails, items[2].plan, &alone, &joined};
    memset(results, 0xee, sizeof results);
    unsigned next = 0;
    calls_of_together = 0;
    mrtd_measure_many(plans, 12, results);
    assert_int_equal(calls_of_together, 1);
    for (unsigned i = 0; i < 12; i++) {
        const uint8_t *bytes = results[i].value.digest.bytes;
        const enum mrtd_code code = results[i].error.code;
        assert_int_equal(code, !plans[i]            ? MRTD_ERR_ARGUMENT
                               : plans[i] == &fails ? MRTD_ERR_READ
                                                    : MRTD_OK);
        if (!plans[i]) {
            assert_int_equal(results[i].error.offset, MRTD_NO_OFFSET);
            assert_string_equal(results[i].error.message, "there is no plan");
        }
        if (plans[i] == &alone || plans[i] == &joined) {
            assert_int_equal(bytes[0], plans[i] == &alone ? SINGLY : TOGETHER);
        } else if (code) {
            assert_int_equal(bytes[0], 0xee);
        } else {
            assert_memory_equal(bytes, items[next++].want, 48);
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        mrtd_plan_free(items[i].plan);
        mrtd_image_free(items[i].image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_one_by_one),
        cmocka_unit_test(all_lanes),
        cmocka_unit_test(several_platforms),
    };
    return cmocka_run_group_tests_name("many", tests, NULL, NULL);
}
