/* SPDX-License-Identifier: Apache-2.0 */
/* FIPS 180-4 in C, with its names and its order, as scalar.c is for SHA-384. */
#include "hash/sha256.h"

#include <string.h>

/* Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of
 * the first sixty-four primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Section 5.3.3: the same of the square roots of the first eight primes. */
static const uint32_t initial[SHA256_WORDS] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotr(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

/* Section 4.1.2 */
static uint32_t ch(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (~x & z);
}

static uint32_t maj(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (x & z) ^ (y & z);
}

static uint32_t big_sigma_0(uint32_t x)
{
    return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

static uint32_t big_sigma_1(uint32_t x)
{
    return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}

static uint32_t small_sigma_0(uint32_t x)
{
    return rotr(x, 7) ^ rotr(x, 18) ^ x >> 3;
}

static uint32_t small_sigma_1(uint32_t x)
{
    return rotr(x, 17) ^ rotr(x, 19) ^ x >> 10;
}

static uint32_t load_big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

/* size bytes, most significant first */
static void store_big_endian(uint8_t *to, uint64_t value, unsigned size)
{
    for (unsigned i = size; i-- > 0; value >>= 8) {
        to[i] = (uint8_t)value;
    }
}

/* Section 6.2.2 */
static void compress(uint32_t state[SHA256_WORDS], const uint8_t *block)
{
    uint32_t w[64];
    uint32_t v[SHA256_WORDS]; /* a to h */
    for (unsigned t = 0; t < 16; t++) {
        w[t] = load_big_endian(block + 4 * (size_t)t);
    }
    for (unsigned t = 16; t < 64; t++) {
        w[t] = small_sigma_1(w[t - 2]) + w[t - 7] + small_sigma_0(w[t - 15]) +
               w[t - 16];
    }
    memcpy(v, state, sizeof v);
    for (unsigned t = 0; t < 64; t++) {
        uint32_t t1 = v[7] + big_sigma_1(v[4]) + ch(v[4], v[5], v[6]) +
                      constants[t] + w[t];
        uint32_t t2 = big_sigma_0(v[0]) + maj(v[0], v[1], v[2]);
        v[7] = v[6];
        v[6] = v[5];
        v[5] = v[4];
        v[4] = v[3] + t1;
        v[3] = v[2];
        v[2] = v[1];
        v[1] = v[0];
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < SHA256_WORDS; i++) {
        state[i] += v[i];
    }
}

void sha256_init(struct sha256 *stream)
{
    memset(stream, 0, sizeof *stream);
    memcpy(stream->state, initial, sizeof initial);
}

void sha256_update(struct sha256 *stream, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        const size_t used = stream->size % SHA256_BLOCK;
        const size_t room = SHA256_BLOCK - used;
        const size_t n = size < room ? size : room;
        /* A whole block is compressed where it is. */
        const uint8_t *block = used > 0 ? stream->block : from;
        if (n < SHA256_BLOCK) {
            memcpy(stream->block + used, from, n);
        }
        if (n == room) {
            compress(stream->state, block);
        }
        stream->size += n;
        from += n;
        size -= n;
    }
}

void sha256_final(struct sha256 *stream, uint8_t digest[SHA256_SIZE])
{
    /* Section 5.1.1: a one, as many zeros as are needed, and the length in bits
     * in the last 8 bytes of a block. */
    static const uint8_t one_and_zeros[SHA256_BLOCK] = {0x80};
    const size_t used = stream->size % SHA256_BLOCK;
    const size_t last = SHA256_BLOCK - 8;
    uint8_t length[8];
    store_big_endian(length, stream->size * 8, sizeof length);
    sha256_update(stream, one_and_zeros,
                  used < last ? last - used : last + SHA256_BLOCK - used);
    sha256_update(stream, length, sizeof length);
    for (unsigned i = 0; i < SHA256_WORDS; i++) {
        store_big_endian(digest + 4 * (size_t)i, stream->state[i], 4);
    }
}
