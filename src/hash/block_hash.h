/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests of many blocks with one salt, as dm-verity has them: of the salt and
 * the block, or of the block and the salt.
 */
#ifndef HASH_BLOCK_HASH_H
#define HASH_BLOCK_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"

struct block_hash;

/*
 * By the algorithm's name as dm-verity has it, "sha256" for one; the salt must
 * stay as long as *hash. MRTD_ERR_UNSUPPORTED where this build, or its
 * libcrypto, has no such algorithm.
 */
enum mrtd_code block_hash_new(struct block_hash **hash, const char *algorithm,
                              const uint8_t *salt, size_t salt_size,
                              bool salt_first, struct mrtd_error *error);
/* The size of a digest, no more than MRTD_MAX_DIGEST_SIZE. */
size_t block_hash_size(const struct block_hash *hash);
/* False where memory is short. */
bool block_hash_digest(struct block_hash *hash, const uint8_t *block,
                       size_t size, uint8_t *digest);
void block_hash_free(struct block_hash *hash);

#endif
