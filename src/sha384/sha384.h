/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-384 (FIPS 180-4) of a stream. The engine is libcrypto. */
#ifndef SHA384_SHA384_H
#define SHA384_SHA384_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA384_SIZE 48

struct sha384; /* one stream; from sha384_new() */

/* A stream with nothing in it, or NULL: no memory, or libcrypto refuses. */
struct sha384 *sha384_new(void);
void sha384_free(struct sha384 *stream);

/* False if libcrypto fails; the stream is then of no use. */
bool sha384_update(struct sha384 *stream, const void *bytes, size_t len);

/* The digest of what was hashed so far; the stream goes on. On failure digest
 * is left as it was. */
bool sha384_peek(const struct sha384 *stream, uint8_t digest[SHA384_SIZE]);

#endif
