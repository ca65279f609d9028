/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/error.h"

static void errors(void **state)
{
    (void)state;
    struct mrtd_error e;
    assert_int_equal(error_set(NULL, MRTD_ERR_EMPTY, 0, "%d", 1),
                     MRTD_ERR_EMPTY);
    assert_int_equal(error_set(&e, MRTD_ERR_READ, 5, "%s %d", "at", 5),
                     MRTD_ERR_READ);
    assert_int_equal(e.code, MRTD_ERR_READ);
    assert_int_equal(e.offset, 5);
    assert_string_equal(e.message, "at 5");
    error_set(&e, MRTD_ERR_READ, 5, "%300d", 5);
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
