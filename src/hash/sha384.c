/* SPDX-License-Identifier: Apache-2.0 */
#include "hash/sha384.h"

#include <string.h>

static void put_big_endian(uint8_t *to, uint64_t word)
{
    /* Compilers make one instruction of this, and not of a loop. */
    to[0] = (uint8_t)(word >> 56);
    to[1] = (uint8_t)(word >> 48);
    to[2] = (uint8_t)(word >> 40);
    to[3] = (uint8_t)(word >> 32);
    to[4] = (uint8_t)(word >> 24);
    to[5] = (uint8_t)(word >> 16);
    to[6] = (uint8_t)(word >> 8);
    to[7] = (uint8_t)word;
}

void sha384_lane_init(struct sha384_state *state, unsigned lane)
{
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        state->word[i][lane] = sha384_initial[i];
    }
}

/* The first words of lane l. */
static void put_words(const struct sha384_state *state, unsigned lane,
                      uint8_t *digest, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_big_endian(digest + 8 * i, state->word[i][lane]);
    }
}

void sha384_lane_digest(const struct sha384_state *state, unsigned lane,
                        uint8_t digest[SHA384_SIZE])
{
    put_words(state, lane, digest, SHA384_SIZE / 8);
}

/* The length in bits, of 128 bits, before end; 1024 bits a block. */
static void put_length(uint8_t *end, uint64_t blocks, size_t rest)
{
    put_big_endian(end - 16, blocks >> 54);
    put_big_endian(end - 8, blocks << 10 | (uint64_t)rest * 8);
}

void sha384_padding(uint8_t block[SHA384_BLOCK], uint64_t blocks)
{
    memset(block, 0, SHA384_BLOCK);
    block[0] = 0x80;
    put_length(block + SHA384_BLOCK, blocks, 0);
}

void sha384_init(struct sha384 *stream, const struct sha384_backend *backend)
{
    memset(stream, 0, sizeof *stream);
    stream->backend = backend;
    sha384_lane_init(&stream->state, 0);
}

void sha512_init(struct sha384 *stream, const struct sha384_backend *backend)
{
    sha384_init(stream, backend);
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        stream->state.word[i][0] = sha512_initial[i];
    }
}

void sha384_update(struct sha384 *stream, const uint8_t *blocks, size_t count)
{
    /* A backend of several lanes compresses the same block in each of them. */
    const uint8_t *lanes[SHA384_MAX_LANES];
    for (unsigned l = 0; l < SHA384_MAX_LANES; l++) {
        lanes[l] = blocks;
    }
    stream->backend->compress(&stream->state, lanes, count);
    stream->blocks += count;
}

void sha384_peek(const struct sha384 *stream, uint8_t digest[SHA384_SIZE])
{
    struct sha384 copy = *stream;
    uint8_t block[SHA384_BLOCK];
    sha384_padding(block, stream->blocks);
    sha384_update(&copy, block, 1);
    sha384_lane_digest(&copy.state, 0, digest);
}

/* Compresses the rest and the padding. */
static void finish(struct sha384 *stream, const uint8_t *rest, size_t size)
{
    /* The padding takes 17 bytes at least: a second block where they do not
     * fit after the rest. */
    uint8_t last[2 * SHA384_BLOCK] = {0};
    const size_t count = size + 17 > SHA384_BLOCK ? 2 : 1;
    memcpy(last, rest, size);
    last[size] = 0x80;
    put_length(last + count * SHA384_BLOCK, stream->blocks, size);
    sha384_update(stream, last, count);
}

void sha384_final(struct sha384 *stream, const uint8_t *rest, size_t size,
                  uint8_t digest[SHA384_SIZE])
{
    finish(stream, rest, size);
    put_words(&stream->state, 0, digest, SHA384_SIZE / 8);
}

void sha512_final(struct sha384 *stream, const uint8_t *rest, size_t size,
                  uint8_t digest[SHA512_SIZE])
{
    finish(stream, rest, size);
    put_words(&stream->state, 0, digest, SHA384_WORDS);
}

void sha384_digest(const void *data, size_t len, uint8_t digest[SHA384_SIZE])
{
    const size_t whole = len - len % SHA384_BLOCK;
    struct sha384 stream;
    sha384_init(&stream, sha384_choose_one(cpu_features()));
    sha384_update(&stream, data, whole / SHA384_BLOCK);
    sha384_final(&stream, (const uint8_t *)data + whole, len - whole, digest);
}
