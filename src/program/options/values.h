/* SPDX-License-Identifier: Apache-2.0 */
/* What arguments of options stand for. All return false where the text is
 * nothing of the kind. */
#ifndef OPTIONS_VALUES_H
#define OPTIONS_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A decimal number, or a hexadecimal one with 0x, no larger than most. */
bool option_number(const char *text, uint64_t most, uint64_t *number);
/* A number of bytes above 0, with K, M, G or T for powers of 1024. */
bool option_size(const char *text, uint64_t *size);
/* 1 to 16 hexadecimal digits; 0x may be before them. */
bool option_hex_number(const char *text, uint64_t *number);
/* The hexadecimal digits of so many bytes; 0x may be before them. */
bool option_hex_bytes(const char *text, uint8_t *bytes, size_t size);
/* The same of 1 to size bytes; those after them are left as they are. */
bool option_hex_first(const char *text, uint8_t *bytes, size_t size);

#endif
