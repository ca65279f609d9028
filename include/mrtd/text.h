/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as text, and the version of the library. */
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

/* Writes 2 * size lower-case hexadecimal digits and a NUL. */
void mrtd_hex_encode(char *hex, const uint8_t *bytes, size_t size);
/*
 * Decodes len characters, which must be 2 * size hexadecimal digits of either
 * case. Returns 1, or 0 with bytes left as they were.
 */
MRTD_MUST_USE int mrtd_hex_decode(uint8_t *bytes, size_t size, const char *hex,
                                  size_t len);
/* The library's version, e.g. "0.1.0". */
const char *mrtd_version(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
