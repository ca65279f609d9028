/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PEM files; of a program without libcrypto (reference/no_crypto.c) all
 * are refused. */
#ifndef IO_KEY_H
#define IO_KEY_H

#include <stdbool.h>

#include "io/files.h"

/* Has libcrypto what it begins with? Otherwise memory is short, and calls fail
 * as they do for what is wrong. To be asked before the first of them. */
bool key_can_begin(void);

/* The same, and has libcrypto read its configuration, which may name providers
 * of algorithms: for where it cannot be read later. */
bool key_begin(void);

/* "ES384", "ES256" or "EdDSA"; NULL for keys that are not used here, and where
 * memory is short. */
const char *key_algorithm(struct evp_pkey_st *key);

/*
 * Reads a private key; with is_p384 others are refused. A passphrase comes from
 * the descriptor that is named, or, if none is, from the terminal. Says on
 * stderr what is wrong, and warns if others may read the file. To be freed with
 * key_free(); NULL after a failure.
 */
enum exit_status key_read_private(struct evp_pkey_st **key,
                                  const struct signing_key *of, bool is_p384);

/* Reads a public key. */
enum exit_status key_read_public(struct evp_pkey_st **key, const char *name,
                                 bool is_p384);

/* NULL is no key. */
void key_free(struct evp_pkey_st *key);

#endif
