/* SPDX-License-Identifier: Apache-2.0 */
/* A library that was built without libcrypto: no signature is ever checked. */
#include "verify/crypto.h"

bool crypto_is_there(void)
{
    return false;
}

bool crypto_open(struct crypto *crypto)
{
    crypto->context = NULL;
    return true;
}

void crypto_close(struct crypto *crypto)
{
    (void)crypto;
}

enum crypto_answer crypto_ecdsa(const struct crypto *crypto,
                                const struct ecdsa *signature,
                                struct span point, struct span data)
{
    (void)crypto;
    (void)signature;
    (void)point;
    (void)data;
    return CRYPTO_UNKNOWN;
}

enum crypto_answer crypto_certificate(const struct crypto *crypto,
                                      const struct certificate *certificate,
                                      const struct certificate *issuer)
{
    (void)crypto;
    (void)certificate;
    (void)issuer;
    return CRYPTO_UNKNOWN;
}
