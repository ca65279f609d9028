/* SPDX-License-Identifier: Apache-2.0 */
/* The low-level interface allocates nothing and reads no configuration; EVP's
 * start-up crashes where memory is short. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "reference/digests.h"

#include <openssl/sha.h>

bool digests_make(const struct mrtd_source *source, char hex256[65],
                  char hex384[97], char *hex512)
{
    static _Thread_local char buffer[1 << 16];
    unsigned char digest[SHA512_DIGEST_LENGTH];
    SHA256_CTX sha256;
    SHA512_CTX sha384;
    SHA512_CTX sha512;
    SHA256_Init(&sha256);
    SHA384_Init(&sha384);
    SHA512_Init(&sha512);
    for (uint64_t at = 0; at < source->size;) {
        const uint64_t left = source->size - at;
        const size_t len = left < sizeof buffer ? (size_t)left : sizeof buffer;
        if (source->read(source->context, at, buffer, len) != 0) {
            return false;
        }
        SHA256_Update(&sha256, buffer, len);
        SHA384_Update(&sha384, buffer, len);
        if (hex512) {
            SHA512_Update(&sha512, buffer, len);
        }
        at += len;
    }
    SHA256_Final(digest, &sha256);
    mrtd_hex_encode(hex256, digest, SHA256_DIGEST_LENGTH);
    SHA384_Final(digest, &sha384);
    mrtd_hex_encode(hex384, digest, SHA384_DIGEST_LENGTH);
    if (hex512) {
        SHA512_Final(digest, &sha512);
        mrtd_hex_encode(hex512, digest, SHA512_DIGEST_LENGTH);
    }
    return true;
}

void digests_of_bytes(const void *bytes, size_t size, char hex256[65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX sha256;
    SHA256_Init(&sha256); /* SHA256() would be EVP */
    SHA256_Update(&sha256, bytes, size);
    SHA256_Final(digest, &sha256);
    mrtd_hex_encode(hex256, digest, sizeof digest);
}
