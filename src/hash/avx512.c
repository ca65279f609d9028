/* SPDX-License-Identifier: Apache-2.0 */
/* Eight messages in the lanes of AVX-512 registers. */
#include "hash/backend.h"

#include <immintrin.h>

#define VECTOR           __m512i
#define LANES            8
#define LOAD(p)          _mm512_load_si512(p)
#define STORE(p, v)      _mm512_store_si512(p, v)
#define SET1(x)          _mm512_set1_epi64((long long)(x))
#define ADD(x, y)        _mm512_add_epi64(x, y)
#define XOR3(x, y, z)    _mm512_ternarylogic_epi64(x, y, z, 0x96)
#define CH(x, y, z)      _mm512_ternarylogic_epi64(x, y, z, 0xca)
#define MAJ(x, y, z)     _mm512_ternarylogic_epi64(x, y, z, 0xe8)
#define ROTR(x, n)       _mm512_ror_epi64(x, n)
#define SHR(x, n)        _mm512_srli_epi64(x, n)
#define BIG_SIGMA_0(x)   XOR3(ROTR(x, 28), ROTR(x, 34), ROTR(x, 39))
#define BIG_SIGMA_1(x)   XOR3(ROTR(x, 14), ROTR(x, 18), ROTR(x, 41))
#define SMALL_SIGMA_0(x) XOR3(ROTR(x, 1), ROTR(x, 8), SHR(x, 7))
#define SMALL_SIGMA_1(x) XOR3(ROTR(x, 19), ROTR(x, 61), SHR(x, 6))

static inline __m512i load_big_endian(const uint8_t *bytes)
{
    const __m512i order = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607));
    return _mm512_shuffle_epi8(_mm512_loadu_si512(bytes), order);
}

/* w[i] gets word i of each row r[l], that is lane l: a transposition. */
static inline void transpose(__m512i w[8], const __m512i r[8])
{
    const __m512i low = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    const __m512i high = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    __m512i pair[8];
    __m512i four[8];
    /* Words of two rows side by side, then of four, then of eight. */
    for (unsigned i = 0; i < 8; i += 2) {
        pair[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        pair[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    for (unsigned i = 0; i < 8; i += 4) {
        four[i] = _mm512_permutex2var_epi64(pair[i], low, pair[i + 2]);
        four[i + 1] = _mm512_permutex2var_epi64(pair[i + 1], low, pair[i + 3]);
        four[i + 2] = _mm512_permutex2var_epi64(pair[i], high, pair[i + 2]);
        four[i + 3] = _mm512_permutex2var_epi64(pair[i + 1], high, pair[i + 3]);
    }
    for (unsigned i = 0; i < 4; i++) {
        w[i] = _mm512_shuffle_i64x2(four[i], four[i + 4], 0x44);
        w[i + 4] = _mm512_shuffle_i64x2(four[i], four[i + 4], 0xee);
    }
}

static inline void load_block(__m512i w[16], const uint8_t *const blocks[LANES],
                              size_t n)
{
    __m512i rows[LANES];
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned l = 0; l < LANES; l++) {
            rows[l] = load_big_endian(blocks[l] + n * SHA384_BLOCK +
                                      (size_t)64 * half);
        }
        transpose(w + (size_t)8 * half, rows);
    }
}

#define LOAD_BLOCK(w, blocks, n) load_block(w, blocks, n)

#include "hash/lanes.inc"

const struct sha384_backend sha384_avx512 = {.name = "avx512",
                                             .lanes = LANES,
                                             .features = CPU_AVX512,
                                             .compress = compress};
