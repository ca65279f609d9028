/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFERENCE_BASE64_H
#define REFERENCE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of so many bytes in base64, and a NUL. */
#define BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)

/* Fills BASE64_SIZE(size) characters, without line ends. */
void base64_encode(char *text, const uint8_t *bytes, size_t size);

/* The other way: len characters of base64 as base64_encode() makes it, and
 * nothing else. Fills len / 4 * 3 bytes at most, and *size; bytes may be where
 * the text is. */
bool base64_decode(uint8_t *bytes, size_t *size, const char *text, size_t len);

#endif
