/* SPDX-License-Identifier: Apache-2.0 */
/* Every backend against libcrypto's EVP, and the choice among them. */
#include "unit.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "hash/sha384.h"

static uint32_t seed = 1;

static uint32_t random_word(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void evp(const uint8_t *bytes, size_t size, uint8_t digest[48])
{
    assert_int_equal(EVP_Digest(bytes, size, digest, NULL, EVP_sha384(), NULL),
                     1);
}

#define MOST_BLOCKS 70

/* Different messages in the lanes, of any alignment, in pieces. */
static void lanes(void **state)
{
    (void)state;
    static uint8_t bytes[SHA384_MAX_LANES][MOST_BLOCKS * SHA384_BLOCK + 8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i / sizeof bytes[0]][i % sizeof bytes[0]] =
            (uint8_t)random_word();
    }
    for (size_t b = 0; sha384_backend_at(b); b++) {
        const struct sha384_backend *backend = sha384_backend_at(b);
        if (!sha384_usable(backend, cpu_features())) {
            print_message("%s: not on this CPU\n", backend->name);
            continue;
        }
        for (size_t blocks = 0; blocks <= MOST_BLOCKS; blocks += 7) {
            struct sha384_state s;
            const uint8_t *at[SHA384_MAX_LANES];
            uint8_t padding[SHA384_BLOCK];
            for (unsigned l = 0; l < backend->lanes; l++) {
                sha384_lane_init(&s, l);
                at[l] = bytes[l] + l;
            }
            for (size_t done = 0; done < blocks;) {
                size_t n = random_word() % (blocks - done) + 1;
                backend->compress(&s, at, n);
                for (unsigned l = 0; l < backend->lanes; l++) {
                    at[l] += n * SHA384_BLOCK;
                }
                done += n;
            }
            sha384_padding(padding, blocks);
            for (unsigned l = 0; l < backend->lanes; l++) {
                at[l] = padding;
            }
            backend->compress(&s, at, 1);
            for (unsigned l = 0; l < backend->lanes; l++) {
                uint8_t got[48];
                uint8_t want[48];
                sha384_lane_digest(&s, l, got);
                evp(bytes[l] + l, blocks * SHA384_BLOCK, want);
                assert_memory_equal(got, want, 48);
            }
        }
    }
}

/* One message through the stream interface, with each backend. */
static void streams(void **state)
{
    (void)state;
    static uint8_t bytes[40 * SHA384_BLOCK];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)random_word();
    }
    for (size_t b = 0; sha384_backend_at(b); b++) {
        struct sha384 s;
        uint8_t got[48];
        uint8_t want[48];
        if (!sha384_usable(sha384_backend_at(b), cpu_features())) {
            continue;
        }
        sha384_init(&s, sha384_backend_at(b));
        for (size_t n = 0; n < 40; n++) {
            sha384_peek(&s, got);
            evp(bytes, n * SHA384_BLOCK, want);
            assert_memory_equal(got, want, 48);
            sha384_update(&s, bytes + n * SHA384_BLOCK, 1);
        }
    }
}

/* The length in the padding is of 128 bits. */
static void padding(void **state)
{
    (void)state;
    uint8_t block[SHA384_BLOCK];
    sha384_padding(block, UINT64_C(0x0123456789abcdef));
    assert_int_equal(block[0], 0x80);
    static const uint8_t length[16] = {0,    0,    0,    0,    0,    0,
                                       0x00, 0x04, 0x8d, 0x15, 0x9e, 0x26,
                                       0xaf, 0x37, 0xbc, 0x00};
    assert_memory_equal(block + 112, length, 16);
}

/* Every subset of the features: nothing is chosen that they do not have. */
static void choice(void **state)
{
    (void)state;
    const unsigned host = cpu_features();
    for (unsigned features = 0; features <= (CPU_AVX2 | CPU_AVX512);
         features++) {
        if (features & ~host) {
            continue;
        }
        const struct sha384_backend *one = sha384_choose_one(features);
        const struct sha384_backend *many = sha384_choose_many(features);
        assert_string_equal(one->name, MRTD_TEST_ENGINE);
        assert_string_equal(many->name, features & CPU_AVX512 ? "avx512"
                                        : features & CPU_AVX2 ? "avx2"
                                                              : one->name);
        for (size_t b = 0; sha384_backend_at(b); b++) {
            const struct sha384_backend *x = sha384_backend_at(b);
            assert_int_equal(sha384_usable(x, features),
                             (x->features & ~features) == 0);
        }
    }
}

static void broken_compress(struct sha384_state *state,
                            const uint8_t *const blocks[SHA384_MAX_LANES],
                            size_t count)
{
    /* Right in all lanes but the last. */
    for (unsigned l = 0; l < 3; l++) {
        struct sha384_state s;
        const uint8_t *at[SHA384_MAX_LANES] = {blocks[l]};
        for (unsigned i = 0; i < SHA384_WORDS; i++) {
            s.word[i][0] = state->word[i][l];
        }
        sha384_scalar.compress(&s, at, count);
        for (unsigned i = 0; i < SHA384_WORDS; i++) {
            state->word[i][l] = s.word[i][0];
        }
    }
}

/* A backend that fails its known answer is not used. */
static void known_answer(void **state)
{
    (void)state;
    struct sha384_backend b = {
        .name = "broken", .lanes = 4, .compress = broken_compress};
    assert_false(sha384_usable(&b, 0));
    b.lanes = 3;
    assert_true(sha384_usable(&b, 0));
    b.features = CPU_AVX2;
    assert_false(sha384_usable(&b, 0));
}

static void engines(void **state)
{
    (void)state;
    struct mrtd_engine e;
    struct mrtd_engine again;
    unsigned one = 0;
    unsigned many = 0;
    size_t count = 0;
    while (mrtd_engine_at(count, &e)) {
        assert_int_equal(mrtd_engine_force(e.name), e.usable);
        mrtd_engine_at(count, &again);
        assert_int_equal(again.for_one, e.usable);
        assert_int_equal(again.for_many, e.usable);
        assert_int_equal(mrtd_engine_force(NULL), 1);
        one += (unsigned)e.for_one;
        many += (unsigned)e.for_many;
        count++;
    }
    assert_true(count >= 2);
    assert_int_equal(one, 1);
    assert_int_equal(many, 1);
    assert_int_equal(mrtd_engine_force("none"), 0);
    assert_int_equal(mrtd_engine_at(count, &e), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes),        cmocka_unit_test(streams),
        cmocka_unit_test(padding),      cmocka_unit_test(choice),
        cmocka_unit_test(known_answer), cmocka_unit_test(engines),
    };
    return cmocka_run_group_tests_name("sha384", tests, NULL, NULL);
}
