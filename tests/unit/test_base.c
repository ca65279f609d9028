/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/findings.h"
#include "base/guid.h"
#include "base/hex.h"
#include "base/source.h"
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

static void code_names(void **state)
{
    (void)state;
    /* Those that no image gives, and the ends. */
    static const struct {
        enum mrtd_code code;
        const char *name;
    } codes[] = {
        {MRTD_OK, "ok"},
        {MRTD_ERR_ARGUMENT, "argument"},
        {MRTD_ERR_MEMORY, "memory"},
        {MRTD_ERR_READ, "read"},
        {MRTD_ERR_CANCELLED, "cancelled"},
        {MRTD_ERR_UNSUPPORTED, "unsupported"},
        {MRTD_ERR_IGVM, "igvm"},
        {MRTD_ERR_EVIDENCE_KIND, "evidence-kind"},
        {MRTD_ERR_EVIDENCE_SIZE, "evidence-size"},
        {MRTD_ERR_EVIDENCE_VERSION, "evidence-version"},
        {MRTD_ERR_EVIDENCE_TEE, "evidence-tee"},
        {MRTD_ERR_EVIDENCE_RESERVED, "evidence-reserved"},
        {MRTD_NOTE_CH_PAYLOAD, "ch-payload"},
        {MRTD_LINT_GCE_HOB_BUG, "gce-hob-bug"},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_string_equal(mrtd_code_name(codes[i].code), codes[i].name);
    }
    assert_null(mrtd_code_name((enum mrtd_code)99));
    assert_string_equal(mrtd_section_type_name(0), "BFV");
    assert_string_equal(mrtd_section_type_name(8), "TD_PARAMS");
    assert_null(mrtd_section_type_name(9));
    assert_null(mrtd_section_type_name(UINT32_MAX));
    assert_string_equal(mrtd_version(), MRTD_TEST_VERSION);
}

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
        cmocka_unit_test(span_bounds),
        cmocka_unit_test(span_integers),
        cmocka_unit_test(span_contents),
        cmocka_unit_test(span_parts),
        cmocka_unit_test(span_comparison),
        cmocka_unit_test(guids),
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(digests),
        cmocka_unit_test(checked_arithmetic),
        cmocka_unit_test(errors),
        cmocka_unit_test(code_names),
        cmocka_unit_test(finding_list),
        cmocka_unit_test(sources),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
