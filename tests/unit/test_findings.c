/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/error.h"
#include "base/findings.h"

static void finding_list(void **state)
{
    (void)state;
    struct findings list = {0};
    struct mrtd_error what;
    for (unsigned i = 0; i < 100; i++) {
        error_set(&what, MRTD_WARN_NO_BFV, i, "%u", i);
        findings_add(&list, MRTD_WARNING, i, &what);
    }
    assert_int_equal(list.count, 100);
    assert_int_equal(list.items[99].region, 99);
    assert_int_equal(list.items[99].offset, 99);
    assert_string_equal(list.items[99].message, "99");
    findings_free(&list);
    assert_int_equal(list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finding_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
