/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/checked.h"

static void checked_arithmetic(void **state)
{
    (void)state;
    uint64_t out = 7;
    assert_false(checked_add(UINT64_MAX, 1, &out));
    assert_false(checked_add(1, UINT64_MAX, &out));
    assert_false(checked_mul(UINT64_C(1) << 32, UINT64_C(1) << 32, &out));
    assert_false(checked_mul(UINT64_MAX, 2, &out));
    assert_int_equal(out, 7);
    assert_true(checked_add(UINT64_MAX - 1, 1, &out));
    assert_true(out == UINT64_MAX);
    assert_true(checked_mul(UINT64_MAX, 1, &out));
    assert_true(out == UINT64_MAX);
    assert_true(checked_mul(0, UINT64_MAX, &out));
    assert_int_equal(out, 0);
    assert_true(checked_mul(6, 7, &out));
    assert_int_equal(out, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checked_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
