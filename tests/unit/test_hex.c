/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/hex.h"

static void hexadecimal(void **state)
{
    (void)state;
    char text[9];
    uint8_t out[4] = {1, 1, 1, 1};
    static const uint8_t in[4] = {0x00, 0x9f, 0xa0, 0xff};
    hex_encode(text, in, 4);
    assert_string_equal(text, "009fa0ff");
    assert_true(hex_decode(out, "009fA0Ff", 4));
    assert_memory_equal(out, in, 4);

    /* Each character next to a digit in ASCII, at each place. */
    static const char bad[] = "/:@G`g \xff";
    for (const char *c = bad; *c; c++) {
        for (unsigned i = 0; i < 8; i++) {
            char broken[] = "12345678";
            broken[i] = *c;
            assert_false(hex_decode(out, broken, 4));
            assert_memory_equal(out, in, 4);
        }
    }
}

static void digests(void **state)
{
    (void)state;
    uint8_t digest[MRTD_DIGEST_SIZE];
    uint8_t back[MRTD_DIGEST_SIZE] = {0};
    char hex[MRTD_HEX_SIZE];
    for (unsigned i = 0; i < sizeof digest; i++) {
        digest[i] = (uint8_t)(i * 5);
    }
    mrtd_hex_encode(hex, digest, MRTD_DIGEST_SIZE);
    assert_int_equal(strlen(hex), 96);
    assert_int_equal(mrtd_hex_decode(back, MRTD_DIGEST_SIZE, hex, 95), 0);
    assert_int_equal(mrtd_hex_decode(back, MRTD_DIGEST_SIZE, hex, 97), 0);
    assert_int_equal(mrtd_hex_decode(back, 47, hex, 96), 0);
    assert_int_equal(mrtd_hex_decode(back, SIZE_MAX / 2 + 49, hex, 96), 0);
    hex[95] = 'g';
    assert_int_equal(mrtd_hex_decode(back, MRTD_DIGEST_SIZE, hex, 96), 0);
    assert_int_equal(back[1], 0);
    mrtd_hex_encode(hex, digest, MRTD_DIGEST_SIZE);
    assert_int_equal(mrtd_hex_decode(back, MRTD_DIGEST_SIZE, hex, 96), 1);
    assert_memory_equal(back, digest, sizeof digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
