/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/digests.h"

#include <stdio.h>

#include <openssl/evp.h>

#include "cli/diagnostic.h"

static bool digest_init(EVP_MD_CTX *context, const EVP_MD *type)
{
    return context && EVP_DigestInit_ex(context, type, NULL) == 1;
}

static bool digest_hex(EVP_MD_CTX *context, char *hex)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_DigestFinal_ex(context, digest, &len) != 1) {
        return false;
    }
    for (unsigned i = 0; i < len; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

enum exit_status digests_make(struct evaluation *e, char hex256[65],
                              char hex384[97])
{
    static _Thread_local char buffer[1 << 16];
    const struct mrtd_source *source = &e->source;
    EVP_MD_CTX *sha256 = EVP_MD_CTX_new();
    EVP_MD_CTX *sha384 = EVP_MD_CTX_new();
    bool good =
        digest_init(sha256, EVP_sha256()) && digest_init(sha384, EVP_sha384());
    bool read = true;
    for (uint64_t at = 0; good && read && at < source->size;) {
        uint64_t left = source->size - at;
        size_t len = left < sizeof buffer ? (size_t)left : sizeof buffer;
        read = source->read(source->context, at, buffer, len) == 0;
        good = read && EVP_DigestUpdate(sha256, buffer, len) == 1 &&
               EVP_DigestUpdate(sha384, buffer, len) == 1;
        at += len;
    }
    good = good && digest_hex(sha256, hex256) && digest_hex(sha384, hex384);
    EVP_MD_CTX_free(sha256);
    EVP_MD_CTX_free(sha384);
    if (!read) {
        return evaluation_read_failed(e);
    }
    if (!good) {
        diagnostic_file(e->name, "libcrypto failed to hash the file");
        return EXIT_IO;
    }
    return EXIT_DONE;
}
