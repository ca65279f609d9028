/* SPDX-License-Identifier: Apache-2.0 */
/* Four messages in the lanes of AVX2 registers. */
#include "hash/backend.h"

#include <immintrin.h>

#define VECTOR      __m256i
#define LANES       4
#define LOAD(p)     _mm256_load_si256((const __m256i *)(p))
#define STORE(p, v) _mm256_store_si256((__m256i *)(p), v)
#define SET1(x)     _mm256_set1_epi64x((long long)(x))
#define ADD(x, y)   _mm256_add_epi64(x, y)
#define XOR(x, y)   _mm256_xor_si256(x, y)
#define AND(x, y)   _mm256_and_si256(x, y)
#define SHR(x, n)   _mm256_srli_epi64(x, n)
#define ROTR(x, n)  XOR(SHR(x, n), _mm256_slli_epi64(x, 64 - (n)))
#define CH(x, y, z) XOR(AND(x, XOR(y, z)), z)
/* (x & y) ^ (x & z) ^ (y & z) with one operation less */
#define MAJ(x, y, z)     XOR(AND(XOR(x, y), XOR(y, z)), y)
#define BIG_SIGMA_0(x)   XOR(ROTR(x, 28), XOR(ROTR(x, 34), ROTR(x, 39)))
#define BIG_SIGMA_1(x)   XOR(ROTR(x, 14), XOR(ROTR(x, 18), ROTR(x, 41)))
#define SMALL_SIGMA_0(x) XOR(ROTR(x, 1), XOR(ROTR8(x), SHR(x, 7)))
#define SMALL_SIGMA_1(x) XOR(ROTR(x, 19), XOR(ROTR(x, 61), SHR(x, 6)))

/* A rotation by whole bytes is a shuffle. */
static inline __m256i rotate_byte(__m256i x)
{
    const __m256i order = _mm256_broadcastsi128_si256(
        _mm_set_epi64x(0x080f0e0d0c0b0a09, 0x0007060504030201));
    return _mm256_shuffle_epi8(x, order);
}

#define ROTR8(x) rotate_byte(x)

static inline __m256i load_big_endian(const uint8_t *bytes)
{
    const __m256i order = _mm256_broadcastsi128_si256(
        _mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607));
    return _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)bytes),
                               order);
}

/* w[i] gets word i of each row r[l], that is lane l: a transposition. */
static inline void transpose(__m256i w[4], const __m256i r[4])
{
    __m256i even01 = _mm256_unpacklo_epi64(r[0], r[1]);
    __m256i odd01 = _mm256_unpackhi_epi64(r[0], r[1]);
    __m256i even23 = _mm256_unpacklo_epi64(r[2], r[3]);
    __m256i odd23 = _mm256_unpackhi_epi64(r[2], r[3]);
    w[0] = _mm256_permute2x128_si256(even01, even23, 0x20);
    w[1] = _mm256_permute2x128_si256(odd01, odd23, 0x20);
    w[2] = _mm256_permute2x128_si256(even01, even23, 0x31);
    w[3] = _mm256_permute2x128_si256(odd01, odd23, 0x31);
}

static inline void load_block(__m256i w[16], const uint8_t *const blocks[LANES],
                              size_t n)
{
    __m256i rows[LANES];
    for (unsigned quarter = 0; quarter < 4; quarter++) {
        for (unsigned l = 0; l < LANES; l++) {
            rows[l] = load_big_endian(blocks[l] + n * SHA384_BLOCK +
                                      (size_t)32 * quarter);
        }
        transpose(w + (size_t)4 * quarter, rows);
    }
}

#define LOAD_BLOCK(w, blocks, n) load_block(w, blocks, n)

#include "hash/lanes.inc"

const struct sha384_backend sha384_avx2 = {
    .name = "avx2", .lanes = LANES, .features = CPU_AVX2, .compress = compress};
