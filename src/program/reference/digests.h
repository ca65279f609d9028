/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of a file itself, by which it is known which one it is. */
#ifndef REFERENCE_DIGESTS_H
#define REFERENCE_DIGESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "mrtd.h"

/*
 * SHA-256 and SHA-384 of the bytes, in hexadecimal; SHA-512, which few ask for,
 * where there are 129 bytes for it and not NULL. False where a read fails.
 */
bool digests_make(const struct mrtd_source *source, char hex256[65],
                  char hex384[97], char *hex512);

/* SHA-256 of bytes in memory. */
void digests_of_bytes(const void *bytes, size_t size, char hex256[65]);

#endif
