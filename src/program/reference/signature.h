/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures, as libcrypto has them. */
#ifndef REFERENCE_SIGNATURE_H
#define REFERENCE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

/* Room for one by a key of key_algorithm(). */
#define SIGNATURE_SIZE 128

/*
 * Signs the data by that digest, or none (NULL); *size is the room, and then
 * the size. One by ECDSA is in DER, and the same every time where libcrypto can
 * do that.
 */
bool signature_make(EVP_PKEY *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    unsigned char *signature, size_t *size);

/*
 * An ECDSA signature's r and s, of which it takes care, in DER; to be freed
 * with OPENSSL_free(). NULL and a size of 0 where memory is short, also for one
 * of these (NULL).
 */
unsigned char *signature_der(BIGNUM *r, BIGNUM *s, size_t *size);

/* 1: it is the key's over the data, 0: it is not, -1: libcrypto has failed. */
int signature_check(EVP_PKEY *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    const unsigned char *signature, size_t size);

/* Is it the key's over the data? */
bool signature_is_right(EVP_PKEY *key, const char *digest,
                        const unsigned char *data, size_t data_size,
                        const unsigned char *signature, size_t size);

#endif
