/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFERENCE_BASE64_H
#define REFERENCE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Characters of so many bytes in base64, and a NUL. */
#define BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)

/* Fills BASE64_SIZE(size) characters, without line ends. */
void base64_encode(char *text, const uint8_t *bytes, size_t size);

#endif
