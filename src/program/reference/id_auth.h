/* SPDX-License-Identifier: Apache-2.0 */
/* The page that authenticates an ID block (id_block.h): made and read. */
#ifndef REFERENCE_ID_AUTH_H
#define REFERENCE_ID_AUTH_H

#include "reference/id_block.h"

struct evp_pkey_st;

/* What a page says, and of the block beside it. */
struct id_auth {
    bool has_author;      /* ID_KEY is signed by an AUTHOR_KEY */
    bool block_is_signed; /* ID_BLOCK_SIG is ID_KEY's over the block */
    bool key_is_signed;   /* ID_KEY_SIG is AUTHOR_KEY's over ID_KEY */
    /* As a report has them. */
    uint8_t id_key_digest[MRTD_DIGEST_SIZE];
    uint8_t author_key_digest[MRTD_DIGEST_SIZE];
};

/* Signs the block by a private key of P-384, and that key by the author's, or
 * not (NULL). */
enum exit_status id_auth_sign(uint8_t page[ID_AUTH_SIZE],
                              struct evp_pkey_st *id_key,
                              struct evp_pkey_st *author_key, const char *name,
                              const uint8_t block[ID_BLOCK_SIZE],
                              struct failure *failure);

/* Reads the page in a file of this name. What is not laid out as the
 * specification has it is refused; a signature that is wrong is not. */
enum exit_status id_auth_read(struct id_auth *auth, const char *name,
                              const uint8_t page[ID_AUTH_SIZE],
                              const uint8_t block[ID_BLOCK_SIZE],
                              struct failure *failure);

/* The digest of a key of P-384. False: libcrypto has failed. */
bool id_auth_key_digest(uint8_t digest[MRTD_DIGEST_SIZE],
                        struct evp_pkey_st *key);

#endif
