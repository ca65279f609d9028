/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2 * len lower-case digits and a NUL. */
void hex_encode(char *hex, const uint8_t *bytes, size_t len);

/*
 * Decodes 2 * len digits of either case. False, with bytes left as it was, if
 * one of them is not a digit.
 */
bool hex_decode(uint8_t *bytes, const char *hex, size_t len);

#endif
