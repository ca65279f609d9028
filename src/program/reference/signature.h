/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures, as libcrypto has them. */
#ifndef REFERENCE_SIGNATURE_H
#define REFERENCE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

/* Of libcrypto: a key, and a number. */
struct evp_pkey_st;
struct bignum_st;

/* Has this program libcrypto? Otherwise no key can be read, and what is below
 * is not called, or fails. */
extern const bool signature_is_built_in;

/* Room for one by a key of key_algorithm(). */
#define SIGNATURE_SIZE 128

/*
 * Signs the data by that digest, or none (NULL); *size is the room, and then
 * the size. One by ECDSA is in DER, and the same every time where libcrypto can
 * do that.
 */
bool signature_make(struct evp_pkey_st *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    unsigned char *signature, size_t *size);

/*
 * An ECDSA signature's r and s, of which it takes care, in DER; to be freed
 * with OPENSSL_free(). NULL and a size of 0 where memory is short, also for one
 * of these (NULL).
 */
unsigned char *signature_der(struct bignum_st *r, struct bignum_st *s,
                             size_t *size);

/* 1: it is the key's over the data, 0: it is not, -1: libcrypto has failed. */
int signature_check(struct evp_pkey_st *key, const char *digest,
                    const unsigned char *data, size_t data_size,
                    const unsigned char *signature, size_t size);

#endif
