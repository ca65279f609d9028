/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) of a stream of bytes, for where libcrypto is not. */
#ifndef HASH_SHA256_H
#define HASH_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64
#define SHA256_SIZE  32
#define SHA256_WORDS 8

struct sha256 {
    uint32_t state[SHA256_WORDS];
    uint8_t block[SHA256_BLOCK]; /* what is no whole block yet */
    uint64_t size;               /* of all bytes so far */
};

/* A stream with nothing in it. */
void sha256_init(struct sha256 *stream);
/* The next size bytes, however many. */
void sha256_update(struct sha256 *stream, const void *bytes, size_t size);
/* The digest of all bytes; the stream is used up. */
void sha256_final(struct sha256 *stream, uint8_t digest[SHA256_SIZE]);

#endif
