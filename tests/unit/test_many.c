/* SPDX-License-Identifier: Apache-2.0 */
/* mrtd_measure_many() gives what mrtd_measure() gives, plan by plan. */
#include "unit.h"

#include <stdlib.h>

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
    assert_int_equal(mrtd_measure(item->plan, NULL, item->want, NULL), MRTD_OK);
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
                assert_memory_equal(results[i].mrtd, items[i].want, 48);
            }
        }
    }
    /* The default: alone, in lanes, and alone again at the end. */
    mrtd_engine_force(NULL);
    for (size_t count = 0; count <= IMAGES; count++) {
        mrtd_measure_many(plans, count, results);
        for (size_t i = 0; i < count; i++) {
            assert_memory_equal(results[i].mrtd, items[i].want, 48);
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
            assert_memory_equal(results[i].mrtd, items[i].want, 48);
        }
    }
    for (unsigned i = 0; i < IMAGES; i++) {
        mrtd_plan_free(items[i].plan);
        mrtd_image_free(items[i].image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_one_by_one),
    };
    return cmocka_run_group_tests_name("many", tests, NULL, NULL);
}
