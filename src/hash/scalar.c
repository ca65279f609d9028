/* SPDX-License-Identifier: Apache-2.0 */
/* The reference backend: FIPS 180-4 in C, with its names and its order. */
#include "hash/backend.h"

static uint64_t rotr(uint64_t x, unsigned n)
{
    return x >> n | x << (64 - n);
}

/* Section 4.1.3 */
static uint64_t ch(uint64_t x, uint64_t y, uint64_t z)
{
    return (x & y) ^ (~x & z);
}

static uint64_t maj(uint64_t x, uint64_t y, uint64_t z)
{
    return (x & y) ^ (x & z) ^ (y & z);
}

static uint64_t big_sigma_0(uint64_t x)
{
    return rotr(x, 28) ^ rotr(x, 34) ^ rotr(x, 39);
}

static uint64_t big_sigma_1(uint64_t x)
{
    return rotr(x, 14) ^ rotr(x, 18) ^ rotr(x, 41);
}

static uint64_t small_sigma_0(uint64_t x)
{
    return rotr(x, 1) ^ rotr(x, 8) ^ x >> 7;
}

static uint64_t small_sigma_1(uint64_t x)
{
    return rotr(x, 19) ^ rotr(x, 61) ^ x >> 6;
}

static uint64_t load_big_endian(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        word = word << 8 | bytes[i];
    }
    return word;
}

/* Section 6.4.2 */
static void compress_block(struct sha384_state *state, const uint8_t *block)
{
    uint64_t w[80];
    uint64_t v[SHA384_WORDS]; /* a to h */
    for (unsigned t = 0; t < 16; t++) {
        w[t] = load_big_endian(block + 8 * (size_t)t);
    }
    for (unsigned t = 16; t < 80; t++) {
        w[t] = small_sigma_1(w[t - 2]) + w[t - 7] + small_sigma_0(w[t - 15]) +
               w[t - 16];
    }
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        v[i] = state->word[i][0];
    }
    for (unsigned t = 0; t < 80; t++) {
        uint64_t t1 = v[7] + big_sigma_1(v[4]) + ch(v[4], v[5], v[6]) +
                      sha384_constants[t] + w[t];
        uint64_t t2 = big_sigma_0(v[0]) + maj(v[0], v[1], v[2]);
        v[7] = v[6];
        v[6] = v[5];
        v[5] = v[4];
        v[4] = v[3] + t1;
        v[3] = v[2];
        v[2] = v[1];
        v[1] = v[0];
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        state->word[i][0] += v[i];
    }
}

static void compress(struct sha384_state *state,
                     const uint8_t *const blocks[SHA384_MAX_LANES],
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        compress_block(state, blocks[0] + i * SHA384_BLOCK);
    }
}

const struct sha384_backend sha384_scalar = {
    .name = "scalar", .lanes = 1, .compress = compress};
