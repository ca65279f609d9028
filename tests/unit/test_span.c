/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/span.h"

static const uint8_t bytes[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                  8, 9, 10, 11, 12, 13, 14, 15};

/* Every offset around the end, and offsets whose sum with a length wraps. */
static void span_bounds(void **state)
{
    (void)state;
    struct span s = span_make(bytes, sizeof bytes, 0x100);
    assert_int_equal(s.base, 0x100);
    for (uint64_t len = 0; len <= 20; len++) {
        for (uint64_t offset = 0; offset <= 20; offset++) {
            bool inside = offset + len <= 16;
            assert_int_equal(span_has(s, offset, len), inside);
            assert_true((span_bytes(s, offset, len) != NULL) == inside);
        }
    }
    assert_false(span_has(s, UINT64_MAX, 1));
    assert_false(span_has(s, 1, UINT64_MAX));
    assert_false(span_has(s, UINT64_MAX, UINT64_MAX));
    assert_false(span_has(s, 16, UINT64_MAX - 15));
    assert_true(span_has(s, 16, 0));
    assert_true(span_has(span_make(NULL, 0, 0), 0, 0));
}

static void span_integers(void **state)
{
    (void)state;
    struct span s = span_make(bytes, sizeof bytes, 0);
    uint16_t u16 = 0xaaaa;
    uint32_t u32 = 0xaaaaaaaa;
    uint64_t u64 = 0xaaaaaaaaaaaaaaaa;

    assert_false(span_u16(s, 15, &u16));
    assert_false(span_u32(s, 13, &u32));
    assert_false(span_u64(s, 9, &u64));
    assert_false(span_u64(s, UINT64_MAX - 3, &u64));
    assert_int_equal(u16, 0xaaaa);
    assert_int_equal(u32, 0xaaaaaaaa);
    assert_int_equal(u64, 0xaaaaaaaaaaaaaaaa);

    assert_true(span_u16(s, 14, &u16));
    assert_true(span_u32(s, 12, &u32));
    assert_true(span_u64(s, 8, &u64));
    assert_int_equal(u16, 0x0f0e);
    assert_int_equal(u32, 0x0f0e0d0c);
    assert_int_equal(u64, 0x0f0e0d0c0b0a0908);

    static const uint8_t high[8] = {0xff, 0xfe, 0xfd, 0xfc,
                                    0xfb, 0xfa, 0xf9, 0xf8};
    s = span_make(high, sizeof high, 0);
    assert_true(span_u16(s, 0, &u16));
    assert_true(span_u32(s, 0, &u32));
    assert_true(span_u64(s, 0, &u64));
    assert_int_equal(u16, 0xfeff);
    assert_int_equal(u32, 0xfcfdfeff);
    assert_int_equal(u64, 0xf8f9fafbfcfdfeff);
}

static void span_contents(void **state)
{
    (void)state;
    struct span s = span_make(bytes, sizeof bytes, 0);
    uint8_t out[4] = {9, 9, 9, 9};
    assert_true(span_equals(s, 3, bytes + 3, 5));
    assert_false(span_equals(s, 3, bytes + 4, 5));
    assert_false(span_equals(s, 12, bytes, 5));
    assert_false(span_copy(s, 13, 4, out));
    assert_int_equal(out[0], 9);
    assert_true(span_copy(s, 12, 4, out));
    assert_memory_equal(out, bytes + 12, 4);

    static const uint8_t zeros[3] = {0, 0, 1};
    assert_true(span_is_zero(span_make(zeros, 2, 0)));
    assert_false(span_is_zero(span_make(zeros, 3, 0)));
    assert_true(span_is_zero(span_make(NULL, 0, 0)));
}

static void span_parts(void **state)
{
    (void)state;
    struct span s = span_make(bytes, sizeof bytes, 0x100);
    struct span part = span_make(NULL, 7, 7);
    uint8_t u8 = 0xaa;
    assert_false(span_part(s, 15, 2, &part));
    assert_false(span_part(s, UINT64_MAX, 2, &part));
    assert_int_equal(part.size, 7);
    assert_true(span_part(s, 4, 12, &part));
    assert_int_equal(part.size, 12);
    assert_int_equal(part.base, 0x104);
    assert_false(span_u8(part, 12, &u8));
    assert_int_equal(u8, 0xaa);
    assert_true(span_u8(part, 11, &u8));
    assert_int_equal(u8, 15);
    assert_true(span_part(part, 12, 0, &part));
    assert_int_equal(part.base, 0x110);
}

/* Around the step in which equal bytes are skipped, and for all sizes. */
static void span_comparison(void **state)
{
    (void)state;
    static uint8_t x[600];
    static uint8_t y[600];
    struct span a = span_make(x, sizeof x, 0);
    memset(y, 1, sizeof y);
    for (size_t size = 0; size < sizeof y; size += 37) {
        struct span b = span_make(y, size, 0);
        memcpy(y, x, size);
        assert_int_equal(span_differs(a, b, 0), size);
        assert_int_equal(span_differs(b, a, size), size);
        assert_int_equal(span_differs(a, b, 599), size);
        memset(y, 1, size);
        assert_int_equal(span_agrees(a, b, 0), size);
        assert_int_equal(span_agrees(b, a, 600), size);
    }
    for (uint64_t at = 0; at < sizeof y; at++) {
        memcpy(y, x, sizeof y);
        y[at] = 1;
        struct span b = span_make(y, sizeof y, 0);
        for (uint64_t from = 0; from <= at; from += 41) {
            assert_int_equal(span_differs(a, b, from), at);
            assert_int_equal(span_differs(b, a, from), at);
        }
        assert_int_equal(span_differs(a, b, at + 1), 600);
        assert_int_equal(span_agrees(a, b, at), at == 599 ? 600 : at + 1);
        memset(y, 1, sizeof y);
        y[at] = 0;
        assert_int_equal(span_agrees(a, b, 0), at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(span_bounds),     cmocka_unit_test(span_integers),
        cmocka_unit_test(span_contents),   cmocka_unit_test(span_parts),
        cmocka_unit_test(span_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
