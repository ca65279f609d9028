/* SPDX-License-Identifier: Apache-2.0 */
/* One value, or something binary, as it is or written as text. */
#ifndef REFERENCE_CLAIMS_ENCODED_H
#define REFERENCE_CLAIMS_ENCODED_H

#include "reference/claims.h"

/* Bytes that are not text: evidence, a CoRIM or a CoSWID. */
bool encoded_read_binary(struct claims *claims, const unsigned char *data,
                         size_t size, const char *wrapping,
                         struct failure *error);

/* Hexadecimal, base64, numbers or hexdumps of an MRTD, or of something binary.
 */
bool encoded_read(struct claims *claims, const char *text, size_t size,
                  bool only_mrtd, struct failure *error);

/* Is it a list of numbers that are bytes, of 48 at least? */
bool encoded_is_numbers(const char *text, size_t size);

/* Has it the tag of a CoRIM, signed or not? */
bool encoded_is_corim(const unsigned char *data, size_t size);

#endif
