/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/signature.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

const bool signature_is_built_in = true;

/* RFC 6979: the same signature every time, where libcrypto has it (from 3.2
 * on); others have no such parameter. */
static bool be_deterministic(EVP_PKEY_CTX *context)
{
    unsigned deterministic = 1;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_uint("nonce-type", &deterministic),
        OSSL_PARAM_construct_end(),
    };
    const OSSL_PARAM *known = EVP_PKEY_CTX_settable_params(context);
    return !known || !OSSL_PARAM_locate_const(known, "nonce-type") ||
           EVP_PKEY_CTX_set_params(context, parameters) == 1;
}

bool signature_make(EVP_PKEY *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    unsigned char *signature, size_t *size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *inner = NULL;
    const bool good =
        context &&
        EVP_DigestSignInit_ex(context, &inner, digest, NULL, NULL, key, NULL) ==
            1 &&
        (!EVP_PKEY_is_a(key, "EC") || be_deterministic(inner)) &&
        EVP_DigestSign(context, signature, size, data, data_size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

unsigned char *signature_der(BIGNUM *r, BIGNUM *s, size_t *size)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    unsigned char *der = NULL;
    int len = 0;
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        len = i2d_ECDSA_SIG(sig, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    *size = len > 0 ? (size_t)len : 0;
    return der;
}

/* 1: it is right, 0: it is not, -1: libcrypto has failed; or, for want of
 * memory, 0 where it has failed. */
static int check_once(EVP_PKEY *key, const char *digest,
                      const unsigned char *data, size_t data_size,
                      const unsigned char *signature, size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result = -1;
    if (context && EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL,
                                           key, NULL) == 1) {
        result = EVP_DigestVerify(context, signature, size, data, data_size);
    }
    EVP_MD_CTX_free(context);
    return result == 0 || result == 1 ? result : -1;
}

int signature_check(EVP_PKEY *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    const unsigned char *signature, size_t size)
{
    const int result =
        check_once(key, digest, data, data_size, signature, size);
    /* libcrypto 3.0 says 0, and no error, also where it cannot copy a context:
     * nothing is called wrong that was not found so twice. */
    return result == 0
               ? check_once(key, digest, data, data_size, signature, size)
               : result;
}
