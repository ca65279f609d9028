/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/guid.h"
#include "base/span.h"

static const uint8_t bytes[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                  8, 9, 10, 11, 12, 13, 14, 15};

static void guids(void **state)
{
    (void)state;
    struct span s = span_make(bytes, sizeof bytes, 0);
    struct guid a;
    struct guid b = {{0}};
    char text[GUID_TEXT_SIZE];
    assert_false(span_guid(s, 1, &b));
    assert_int_equal(b.bytes[15], 0);
    assert_true(span_guid(s, 0, &a));
    assert_false(guid_equal(&a, &b));
    b = a;
    assert_true(guid_equal(&a, &b));
    guid_format(text, &a);
    assert_string_equal(text, "03020100-0504-0706-0809-0a0b0c0d0e0f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
