/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/source.h"

static const uint8_t bytes[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                  8, 9, 10, 11, 12, 13, 14, 15};

static void sources(void **state)
{
    (void)state;
    struct reader r = {.data = bytes, .size = sizeof bytes};
    struct mrtd_source s = reader_source(&r);
    struct mrtd_source memory = {.data = bytes, .size = sizeof bytes};
    struct mrtd_source nothing = {.size = 1};
    struct mrtd_error e;
    struct span out;
    uint8_t buffer[16];

    assert_false(source_valid(NULL));
    assert_false(source_valid(&nothing));
    nothing.size = 0;
    assert_true(source_valid(&nothing));
    assert_true(source_valid(&s));
    assert_true(source_valid(&memory));

    assert_int_equal(source_view(&s, 4, 8, buffer, &out, &e), MRTD_OK);
    assert_ptr_equal(out.data, buffer);
    assert_int_equal(out.base, 4);
    assert_memory_equal(buffer, bytes + 4, 8);
    assert_int_equal(source_view(&memory, 4, 8, buffer, &out, &e), MRTD_OK);
    assert_ptr_equal(out.data, bytes + 4);
    assert_int_equal(source_view(&memory, 9, 8, buffer, &out, &e),
                     MRTD_ERR_ARGUMENT);
    assert_int_equal(e.offset, 9);
    assert_string_equal(e.message,
                        "a read of 8 bytes past the end of the source");
    r.fail_at = 2;
    assert_int_equal(source_view(&s, 3, 8, buffer, &out, &e), MRTD_ERR_READ);
    assert_int_equal(e.offset, 3);
    assert_string_equal(e.message, "cannot read 8 of the input's 16 bytes");
    assert_int_equal(source_view(&nothing, 0, 0, buffer, &out, &e), MRTD_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
