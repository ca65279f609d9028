/* SPDX-License-Identifier: Apache-2.0 */
/* Digests as text, and the version of the library. */
#ifndef MRTD_TEXT_H
#define MRTD_TEXT_H

#include "mrtd/base.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* Size of a buffer for an MRTD in hexadecimal, with its NUL. */
#define MRTD_HEX_SIZE (2 * MRTD_DIGEST_SIZE + 1)

/* Lower-case hexadecimal, NUL-terminated. */
void mrtd_hex_encode(char hex[MRTD_HEX_SIZE],
                     const uint8_t digest[MRTD_DIGEST_SIZE]);
/*
 * Decodes len characters, which must be 96 hexadecimal digits of either case.
 * Returns 1, or 0 with digest left as it was.
 */
MRTD_MUST_USE int mrtd_hex_decode(uint8_t digest[MRTD_DIGEST_SIZE],
                                  const char *hex, size_t len);
/* The library's version, e.g. "0.1.0". */
const char *mrtd_version(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
