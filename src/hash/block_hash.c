/* SPDX-License-Identifier: Apache-2.0 */
#include "hash/block_hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "hash/sha256.h"

#if defined(MRTD_LIBCRYPTO)
#include <openssl/evp.h>
#endif

struct block_hash {
    const uint8_t *salt;
    size_t salt_size;
    bool salt_first;
    size_t size;
#if defined(MRTD_LIBCRYPTO)
    EVP_MD *algorithm;
    EVP_MD_CTX *begun;   /* with the salt in it, where that is first */
    EVP_MD_CTX *context; /* of the block at hand */
#else
    struct sha256 begun;
#endif
};

size_t block_hash_size(const struct block_hash *hash)
{
    return hash->size;
}

static enum mrtd_code no_memory(struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                     "out of memory for the root hash");
}

#if defined(MRTD_LIBCRYPTO)
/* Names of dm-verity that are others in libcrypto (cryptsetup 2.7.0,
 * lib/crypto_backend/crypto_openssl.c, crypt_hash_alg). */
static const char *libcrypto_name(const char *name)
{
    return strcmp(name, "blake2b-512") == 0   ? "blake2b512"
           : strcmp(name, "blake2s-256") == 0 ? "blake2s256"
                                              : name;
}

/* libcrypto knows more names of an algorithm than dm-verity: in capital
 * letters, and numbers. */
static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return *name >= 'a' && *name <= 'z' && name[strspn(name, letters)] == '\0';
}

static bool begin(struct block_hash *h)
{
    h->begun = EVP_MD_CTX_new();
    h->context = EVP_MD_CTX_new();
    return h->begun && h->context &&
           EVP_DigestInit_ex2(h->begun, h->algorithm, NULL) == 1 &&
           (!h->salt_first ||
            EVP_DigestUpdate(h->begun, h->salt, h->salt_size) == 1);
}

bool block_hash_digest(struct block_hash *h, const uint8_t *block, size_t size,
                       uint8_t *digest)
{
    return EVP_MD_CTX_copy_ex(h->context, h->begun) == 1 &&
           EVP_DigestUpdate(h->context, block, size) == 1 &&
           (h->salt_first ||
            EVP_DigestUpdate(h->context, h->salt, h->salt_size) == 1) &&
           EVP_DigestFinal_ex(h->context, digest, NULL) == 1;
}

static void clear(struct block_hash *h)
{
    EVP_MD_free(h->algorithm);
    EVP_MD_CTX_free(h->begun);
    EVP_MD_CTX_free(h->context);
}

/* libcrypto does not say whether it lacks an algorithm or memory: one that each
 * libcrypto has is asked for, too. */
static enum mrtd_code find(struct block_hash *h, const char *name)
{
    const char *known = is_name(name) ? libcrypto_name(name) : "";
    /* libcrypto 3.0 reads through NULL where memory was short as it began. */
    if (OPENSSL_init_crypto(0, NULL) != 1 ||
        !OSSL_LIB_CTX_get0_global_default()) {
        return MRTD_ERR_MEMORY;
    }
    h->algorithm = EVP_MD_fetch(NULL, known, NULL);
    if (!h->algorithm) {
        EVP_MD *other = EVP_MD_fetch(NULL, "SHA256", NULL);
        EVP_MD_free(other);
        h->algorithm = other ? EVP_MD_fetch(NULL, known, NULL) : NULL;
        if (!h->algorithm) {
            return other ? MRTD_ERR_UNSUPPORTED : MRTD_ERR_MEMORY;
        }
    }
    const int size = EVP_MD_get_size(h->algorithm);
    /* An extendable output is not a digest of a size that is known. */
    const bool is_xof = EVP_MD_get_flags(h->algorithm) & EVP_MD_FLAG_XOF;
    h->size = size > 0 ? (size_t)size : 0;
    return h->size == 0 || h->size > MRTD_MAX_DIGEST_SIZE || is_xof
               ? MRTD_ERR_UNSUPPORTED
               : MRTD_OK;
}

#define MISSING "libcrypto has no hash algorithm of the name"
#else
static bool begin(struct block_hash *h)
{
    sha256_init(&h->begun);
    if (h->salt_first) {
        sha256_update(&h->begun, h->salt, h->salt_size);
    }
    return true;
}

bool block_hash_digest(struct block_hash *h, const uint8_t *block, size_t size,
                       uint8_t *digest)
{
    struct sha256 stream = h->begun;
    sha256_update(&stream, block, size);
    if (!h->salt_first) {
        sha256_update(&stream, h->salt, h->salt_size);
    }
    sha256_final(&stream, digest);
    return true;
}

static void clear(struct block_hash *h)
{
    (void)h;
}

static enum mrtd_code find(struct block_hash *h, const char *name)
{
    h->size = SHA256_SIZE;
    return strcmp(name, "sha256") == 0 ? MRTD_OK : MRTD_ERR_UNSUPPORTED;
}

#define MISSING                                                                \
    "this build of the library was made without libcrypto, and has sha256 "    \
    "alone of the algorithms"
#endif

void block_hash_free(struct block_hash *hash)
{
    if (hash) {
        clear(hash);
        free(hash);
    }
}

enum mrtd_code block_hash_new(struct block_hash **hash, const char *algorithm,
                              const uint8_t *salt, size_t salt_size,
                              bool salt_first, struct mrtd_error *error)
{
    struct block_hash *h = calloc(1, sizeof *h);
    if (!h) {
        return no_memory(error);
    }
    h->salt = salt;
    h->salt_size = salt_size;
    h->salt_first = salt_first;
    enum mrtd_code code = find(h, algorithm);
    if (!code && !begin(h)) {
        code = MRTD_ERR_MEMORY;
    }
    if (code) {
        block_hash_free(h);
        return code == MRTD_ERR_MEMORY
                   ? no_memory(error)
                   : error_set(error, code, MRTD_NO_OFFSET,
                               MISSING " that is asked for");
    }
    *hash = h;
    return MRTD_OK;
}
