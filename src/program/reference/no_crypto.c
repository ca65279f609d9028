/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instead of what needs libcrypto. No key is ever read, so that nothing is ever
 * signed, nor found to be signed; keys are refused where they are asked for.
 */
#include "io/diagnostic.h"
#include "io/key.h"
#include "reference/id_auth.h"
#include "reference/signature.h"

#define WITHOUT                                                                \
    "this program was built without libcrypto, and neither makes nor "         \
    "verifies signatures"

const bool signature_is_built_in = false;

bool key_can_begin(void)
{
    return true;
}

bool key_begin(void)
{
    return true;
}

const char *key_algorithm(struct evp_pkey_st *key)
{
    (void)key;
    return NULL;
}

enum exit_status key_read_private(struct evp_pkey_st **key,
                                  const struct signing_key *of, bool is_p384)
{
    return key_read_public(key, of->file, is_p384);
}

enum exit_status key_read_public(struct evp_pkey_st **key, const char *name,
                                 bool is_p384)
{
    (void)is_p384;
    *key = NULL;
    diagnostic_file(name, WITHOUT " [no-crypto]");
    return EXIT_REFUSED;
}

void key_free(struct evp_pkey_st *key)
{
    (void)key;
}

int signature_check(struct evp_pkey_st *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    const unsigned char *signature, size_t size)
{
    (void)key;
    (void)digest;
    (void)data;
    (void)data_size;
    (void)signature;
    (void)size;
    return -1;
}

enum exit_status id_auth_sign(uint8_t page[ID_AUTH_SIZE],
                              struct evp_pkey_st *id_key,
                              struct evp_pkey_st *author_key, const char *name,
                              const uint8_t block[ID_BLOCK_SIZE],
                              struct failure *failure)
{
    (void)page;
    (void)id_key;
    (void)author_key;
    (void)block;
    return failure_refused(failure, name, "no-crypto", WITHOUT);
}

enum exit_status id_auth_read(struct id_auth *auth, const char *name,
                              const uint8_t page[ID_AUTH_SIZE],
                              const uint8_t block[ID_BLOCK_SIZE],
                              struct failure *failure)
{
    (void)auth;
    (void)page;
    (void)block;
    return failure_refused(failure, name, "no-crypto", WITHOUT);
}

bool id_auth_key_digest(uint8_t digest[MRTD_DIGEST_SIZE],
                        struct evp_pkey_st *key)
{
    (void)digest;
    (void)key;
    return false;
}
