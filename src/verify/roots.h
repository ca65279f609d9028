/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of Intel's and AMD's authorities, as keys: a certificate that has
 * the same name says nothing. Each has the SHA-256 of its
 * SubjectPublicKeyInfo beside it, by which a mistake in either would be seen.
 */
#ifndef VERIFY_ROOTS_H
#define VERIFY_ROOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mrtd.h"
#include "verify/certificate.h"

/* Room for the SubjectPublicKeyInfo of RSA with 4096 bits, the largest. */
#define ROOTS_MAX_INFO 560

enum root_level {
    ROOT_ITSELF,
    ROOT_SIGNS_VCEK,
    ROOT_SIGNS_VLEK
};

struct authority {
    const char *name;           /* its commonName */
    enum mrtd_verify_root root; /* that its chain ends in */
    enum root_level level;
    const char *key;    /* hexadecimal: x and y, or the modulus */
    const char *digest; /* hexadecimal: of its SubjectPublicKeyInfo */
    int64_t not_before; /* of its certificate */
    int64_t not_after;
};

/* The index-th authority, NULL after the last. */
const struct authority *authority_at(size_t index);
/* The one that signs VCEKs, or VLEKs, and has that Name; or NULL. */
const struct authority *authority_find(struct span name);

/* The key of an authority: what a certificate with it would have. The spans of
 * key are of info. */
bool authority_key(const struct authority *authority,
                   uint8_t info[ROOTS_MAX_INFO], struct certificate *key);

/* The root whose key that is; MRTD_ROOT_OWN if it is not built in. */
enum mrtd_verify_root root_of_key(const struct certificate *certificate);

#endif
