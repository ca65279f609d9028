/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcrypto's compression function, which has code for many CPUs. Its low-level
 * interface is used because EVP hides the chaining value; it is deprecated
 * since OpenSSL 3.0, and needs neither configuration file nor allocation.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "hash/backend.h"

#include <openssl/sha.h>

static void compress(struct sha384_state *state,
                     const uint8_t *const blocks[SHA384_MAX_LANES],
                     size_t count)
{
    SHA512_CTX context = {.md_len = SHA384_DIGEST_LENGTH};
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        context.h[i] = state->word[i][0];
    }
    /* Whole blocks and nothing buffered: compressed as they are. */
    SHA384_Update(&context, blocks[0], count * SHA384_BLOCK);
    for (unsigned i = 0; i < SHA384_WORDS; i++) {
        state->word[i][0] = context.h[i];
    }
}

const struct sha384_backend sha384_libcrypto = {
    .name = "libcrypto", .lanes = 1, .compress = compress};
