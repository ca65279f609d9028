/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-384 (FIPS 180-4) of a stream of whole 128-byte blocks, which is all that
 * an MRTD needs: each operation hashes one or three of them. What is no whole
 * block can only be the end of a stream.
 */
#ifndef HASH_SHA384_H
#define HASH_SHA384_H

#include "hash/backend.h"

/* A stream with one message. */
struct sha384 {
    struct sha384_state state; /* lane 0 */
    uint64_t blocks;           /* blocks compressed so far */
    const struct sha384_backend *backend;
};

/* Starts lane l of the state with the initial hash value. */
void sha384_lane_init(struct sha384_state *state, unsigned lane);
/* Lane l of the state as the digest of a message that was padded. */
void sha384_lane_digest(const struct sha384_state *state, unsigned lane,
                        uint8_t digest[SHA384_SIZE]);
/* The last block of a message of that many whole blocks (section 5.1.2). */
void sha384_padding(uint8_t block[SHA384_BLOCK], uint64_t blocks);

/* A stream with nothing in it; backend has one lane at least. */
void sha384_init(struct sha384 *stream, const struct sha384_backend *backend);
void sha384_update(struct sha384 *stream, const uint8_t *blocks, size_t count);
/* The digest of what was hashed so far; the stream goes on. */
void sha384_peek(const struct sha384 *stream, uint8_t digest[SHA384_SIZE]);

/* The digest of all blocks and of the size bytes after them, fewer than a
 * block; the stream is used up. */
void sha384_final(struct sha384 *stream, const uint8_t *rest, size_t size,
                  uint8_t digest[SHA384_SIZE]);

/* SHA-512 (sections 5.3.5 and 6.4) is the same with another initial value and
 * with all words in the digest; sha384_update() goes between these. */
#define SHA512_SIZE (8 * SHA384_WORDS)
void sha512_init(struct sha384 *stream, const struct sha384_backend *backend);
void sha512_final(struct sha384 *stream, const uint8_t *rest, size_t size,
                  uint8_t digest[SHA512_SIZE]);

/* The digest of len bytes, which need not be whole blocks. */
void sha384_digest(const void *data, size_t len, uint8_t digest[SHA384_SIZE]);

/* --- Choice, select.c -------------------------------------------------- */

/* The index-th backend, NULL after the last; the scalar one is the first. */
const struct sha384_backend *sha384_backend_at(size_t index);

/*
 * Can the backend be used with these features, and does it compress a known
 * block rightly in each of its lanes?
 */
bool sha384_usable(const struct sha384_backend *backend, unsigned features);

/* The backend for one message, and for several at once: the default for these
 * features, or the forced one. Never NULL. */
const struct sha384_backend *sha384_choose_one(unsigned features);
const struct sha384_backend *sha384_choose_many(unsigned features);

#endif
