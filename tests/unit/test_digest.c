/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of a source against libcrypto's EVP. */
#include "unit.h"

#include <openssl/evp.h>

/* More than one read of any algorithm, and no whole block. */
#define MOST 100000

static const enum mrtd_algorithm algorithms[] = {
    MRTD_ALGORITHM_SHA384, MRTD_ALGORITHM_SHA256, MRTD_ALGORITHM_SHA512};
#define HAS (sizeof algorithms / sizeof *algorithms)

static uint8_t bytes[MOST];

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8) + (i >> 13));
    }
    return 0;
}

/* All of a digest is set, whatever there was before. */
static struct mrtd_digest dirty(enum mrtd_algorithm algorithm)
{
    struct mrtd_digest digest;
    memset(&digest, 0x5a, sizeof digest);
    digest.algorithm = algorithm;
    return digest;
}

static void check_digest(const struct mrtd_digest *got,
                         enum mrtd_algorithm algorithm, size_t size)
{
    const EVP_MD *md = algorithm == MRTD_ALGORITHM_SHA256   ? EVP_sha256()
                       : algorithm == MRTD_ALGORITHM_SHA384 ? EVP_sha384()
                                                            : EVP_sha512();
    uint8_t want[MRTD_MAX_DIGEST_SIZE] = {0};
    unsigned len = 0;
    assert_int_equal(EVP_Digest(bytes, size, want, &len, md, NULL), 1);
    assert_int_equal(got->algorithm, algorithm);
    assert_int_equal(got->size, len);
    assert_memory_equal(got->bytes, want, sizeof want);
}

/* Each algorithm alone and all at once, of bytes in memory and of a reader. */
static void check_size(size_t size)
{
    struct reader r = {.data = bytes, .size = size};
    const struct mrtd_source sources[] = {{.data = bytes, .size = size},
                                          reader_source(&r)};
    for (size_t s = 0; s < 2; s++) {
        struct mrtd_digest all[HAS];
        for (size_t i = 0; i < HAS; i++) {
            struct mrtd_digest one = dirty(algorithms[i]);
            assert_int_equal(mrtd_digest_source(&one, 1, &sources[s], NULL),
                             MRTD_OK);
            check_digest(&one, algorithms[i], size);
            all[i] = dirty(algorithms[i]);
        }
        assert_int_equal(mrtd_digest_source(all, HAS, &sources[s], NULL),
                         MRTD_OK);
        for (size_t i = 0; i < HAS; i++) {
            check_digest(&all[i], algorithms[i], size);
        }
    }
    assert_int_equal(r.furthest, size);
}

static void test_sizes(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 300; size++) {
        check_size(size);
    }
    for (size_t power = 512; power < MOST; power *= 2) {
        for (size_t size = power - 18; size <= power + 1; size++) {
            check_size(size);
        }
    }
    check_size(MOST);
}

/* Each byte is read once, however many digests there are. */
static void test_one_pass(void **state)
{
    struct reader once = {.data = bytes, .size = MOST};
    struct reader r = {.data = bytes, .size = MOST};
    const struct mrtd_source source_once = reader_source(&once);
    const struct mrtd_source source = reader_source(&r);
    struct mrtd_digest digests[20];
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        digests[i] = dirty(algorithms[i % HAS]);
    }
    assert_int_equal(mrtd_digest_source(digests, 1, &source_once, NULL),
                     MRTD_OK);
    assert_int_equal(mrtd_digest_source(digests, 20, &source, NULL), MRTD_OK);
    assert_int_equal(r.calls, once.calls);
    for (size_t i = 0; i < 20; i++) {
        check_digest(&digests[i], algorithms[i % HAS], MOST);
    }
}

/* The same with whichever engine computes SHA-384 and SHA-512. */
static void test_engines(void **state)
{
    struct mrtd_engine engine;
    (void)state;
    for (size_t i = 0; mrtd_engine_at(i, &engine); i++) {
        if (engine.usable) {
            assert_int_equal(mrtd_engine_force(engine.name), 1);
            check_size(MOST);
            check_size(240);
        }
    }
    assert_int_equal(mrtd_engine_force(NULL), 1);
}

/* On failure the digests are as they were. */
static void check_failure(const struct mrtd_digest *digests, size_t count,
                          const struct mrtd_source *source, enum mrtd_code want,
                          const char *message)
{
    struct mrtd_digest after[3];
    for (int i = 0; i < 2; i++) {
        struct mrtd_error error = {0};
        struct reader *r = source ? source->context : NULL;
        if (r) {
            r->calls = 0;
        }
        memcpy(after, digests, count * sizeof *digests);
        assert_int_equal(
            mrtd_digest_source(after, count, source, i ? &error : NULL), want);
        assert_memory_equal(after, digests, count * sizeof *digests);
        if (i) {
            assert_int_equal(error.code, want);
            assert_true(error.offset == MRTD_NO_OFFSET ||
                        want == MRTD_ERR_READ);
            assert_non_null(strstr(error.message, message));
        }
    }
}

static void test_failing_reads(void **state)
{
    const struct mrtd_digest digests[] = {dirty(MRTD_ALGORITHM_SHA256),
                                          dirty(MRTD_ALGORITHM_SHA384)};
    struct reader whole = {.data = bytes, .size = MOST};
    const struct mrtd_source source = reader_source(&whole);
    struct mrtd_digest copy = digests[0];
    (void)state;
    assert_int_equal(mrtd_digest_source(&copy, 1, &source, NULL), MRTD_OK);
    for (unsigned k = 1; k <= whole.calls; k++) {
        struct reader r = {.data = bytes, .size = MOST, .fail_at = k};
        const struct mrtd_source failing = reader_source(&r);
        check_failure(digests, 2, &failing, MRTD_ERR_READ, "cannot read");
    }
}

static void test_algorithms(void **state)
{
    const struct mrtd_source source = {.data = bytes, .size = MOST};
    (void)state;
    for (int number = -1; number < 300; number++) {
        const enum mrtd_algorithm algorithm = (enum mrtd_algorithm)number;
        const struct mrtd_digest digests[] = {dirty(MRTD_ALGORITHM_SHA256),
                                              dirty(algorithm)};
        if (mrtd_algorithm_size(algorithm) == 0) {
            check_failure(digests, 2, &source, MRTD_ERR_ARGUMENT,
                          "is not the number of a hash algorithm");
        }
    }
}

#define NEITHER "the source has neither data nor a read function"

static void test_arguments(void **state)
{
    const struct mrtd_source nothing = {.size = 8};
    const struct mrtd_digest digest = dirty(MRTD_ALGORITHM_SHA256);
    (void)state;
    check_failure(&digest, 1, &nothing, MRTD_ERR_ARGUMENT, NEITHER);
    check_failure(&digest, 1, NULL, MRTD_ERR_ARGUMENT, NEITHER);
    check_failure(&digest, 0, &nothing, MRTD_ERR_ARGUMENT, NEITHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),      cmocka_unit_test(test_one_pass),
        cmocka_unit_test(test_engines),    cmocka_unit_test(test_failing_reads),
        cmocka_unit_test(test_algorithms), cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests_name("digest", tests, fill, NULL);
}
