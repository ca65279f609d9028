/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures, by libcrypto. It is used in a context of its own, so that neither
 * a configuration file nor what the program has loaded changes an answer.
 */
#ifndef VERIFY_CRYPTO_H
#define VERIFY_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "verify/certificate.h"

/* Bytes of the largest number in an ECDSA signature. */
#define CRYPTO_NUMBER_SIZE 48

struct crypto {
    void *context; /* OSSL_LIB_CTX */
};

enum crypto_answer {
    CRYPTO_RIGHT,
    CRYPTO_WRONG,     /* the signature is not of these bytes and this key */
    CRYPTO_BAD_KEY,   /* not a point of its curve, or RSA of a wrong size */
    CRYPTO_BAD_RANGE, /* r or s is 0, or not less than the curve's order */
    CRYPTO_UNKNOWN,   /* an algorithm that is not known, or not the key's */
    CRYPTO_NO_MEMORY,
};

/* Was the library built with libcrypto? Otherwise every answer is
 * CRYPTO_UNKNOWN. */
bool crypto_is_there(void);

/* False where memory is short. It clears the thread's error queue of
 * libcrypto, as crypto_close does. */
bool crypto_open(struct crypto *crypto);
void crypto_close(struct crypto *crypto);

/* r and s of a signature by ECDSA: as many bytes each as the curve's numbers
 * have, the most significant first. */
struct ecdsa {
    enum key_kind curve; /* KEY_P256 with SHA-256, KEY_P384 with SHA-384 */
    uint8_t r[CRYPTO_NUMBER_SIZE];
    uint8_t s[CRYPTO_NUMBER_SIZE];
};

/* Is it the signature of data by the key whose point, x and y, that is? */
enum crypto_answer crypto_ecdsa(const struct crypto *crypto,
                                const struct ecdsa *signature,
                                struct span point, struct span data);

/* Is the certificate signed with the key of the issuer? Of the issuer only the
 * key is looked at. */
enum crypto_answer crypto_certificate(const struct crypto *crypto,
                                      const struct certificate *certificate,
                                      const struct certificate *issuer);

#endif
