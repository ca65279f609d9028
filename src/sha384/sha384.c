/* SPDX-License-Identifier: Apache-2.0 */
#include "sha384/sha384.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct sha384 {
    EVP_MD_CTX *context;
    EVP_MD_CTX *copy; /* for sha384_peek() */
};

struct sha384 *sha384_new(void)
{
    struct sha384 *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->context = EVP_MD_CTX_new();
    s->copy = EVP_MD_CTX_new();
    if (!s->context || !s->copy ||
        EVP_DigestInit_ex(s->context, EVP_sha384(), NULL) != 1) {
        sha384_free(s);
        return NULL;
    }
    return s;
}

void sha384_free(struct sha384 *stream)
{
    if (!stream) {
        return;
    }
    EVP_MD_CTX_free(stream->context);
    EVP_MD_CTX_free(stream->copy);
    free(stream);
}

bool sha384_update(struct sha384 *stream, const void *bytes, size_t len)
{
    return EVP_DigestUpdate(stream->context, bytes, len) == 1;
}

bool sha384_peek(const struct sha384 *stream, uint8_t digest[SHA384_SIZE])
{
    uint8_t out[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_MD_CTX_copy_ex(stream->copy, stream->context) != 1 ||
        EVP_DigestFinal_ex(stream->copy, out, &len) != 1 ||
        len != SHA384_SIZE) {
        return false;
    }
    memcpy(digest, out, SHA384_SIZE);
    return true;
}
