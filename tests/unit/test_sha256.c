/* SPDX-License-Identifier: Apache-2.0 */
/* The library's own SHA-256 against libcrypto's. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "unit.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "hash/sha256.h"

#define MOST 300

static const uint8_t *message(void)
{
    static uint8_t bytes[MOST];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 3) + 1);
    }
    return bytes;
}

static void check(const uint8_t *bytes, size_t size,
                  const uint8_t got[SHA256_SIZE])
{
    uint8_t want[SHA256_SIZE];
    assert_int_equal(EVP_Digest(bytes, size, want, NULL, EVP_sha256(), NULL),
                     1);
    assert_memory_equal(got, want, sizeof want);
}

/* Each length, split at each place. */
static void test_splits(void **state)
{
    const uint8_t *bytes = message();
    (void)state;
    for (size_t size = 0; size <= MOST; size++) {
        for (size_t split = 0; split <= size; split++) {
            struct sha256 stream;
            uint8_t got[SHA256_SIZE];
            sha256_init(&stream);
            sha256_update(&stream, bytes, split);
            sha256_update(&stream, bytes + split, size - split);
            sha256_final(&stream, got);
            check(bytes, size, got);
        }
    }
}

/* Each length, in pieces of each size. */
static void test_pieces(void **state)
{
    const uint8_t *bytes = message();
    (void)state;
    for (size_t piece = 1; piece <= 2 * SHA256_BLOCK + 1; piece++) {
        for (size_t size = 0; size <= MOST; size += 13) {
            struct sha256 stream;
            uint8_t got[SHA256_SIZE];
            sha256_init(&stream);
            for (size_t at = 0; at < size; at += piece) {
                sha256_update(&stream, bytes + at,
                              size - at < piece ? size - at : piece);
            }
            sha256_final(&stream, got);
            check(bytes, size, got);
        }
    }
}

/* The length in the padding is of 64 bits: as of streams that are that long. */
static void test_long(void **state)
{
    static const uint64_t sizes[] = {UINT64_C(1) << 29, UINT64_C(0x1fffffffc0),
                                     UINT64_C(0x0123456789abcdc0),
                                     UINT64_C(0x1fffffffffffffc0)};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct sha256 stream;
        SHA256_CTX context;
        uint8_t got[SHA256_SIZE];
        uint8_t want[SHA256_SIZE];
        sha256_init(&stream);
        SHA256_Init(&context);
        stream.size = sizes[i];
        context.Nl = (SHA_LONG)(sizes[i] << 3);
        context.Nh = (SHA_LONG)(sizes[i] >> 29);
        sha256_update(&stream, message(), 11);
        SHA256_Update(&context, message(), 11);
        sha256_final(&stream, got);
        SHA256_Final(want, &context);
        assert_memory_equal(got, want, sizeof want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
