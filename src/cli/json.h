/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the JSON that the program prints. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

#include "cli/output.h"
#include "mrtd.h"

/* Offsets, addresses and sizes go to 2^64 - 1: hexadecimal strings. */
json_t *json_hex64(uint64_t value);
json_t *json_digest(const uint8_t digest[MRTD_DIGEST_SIZE]);
/* A file name, which may be any bytes: what is not UTF-8 is escaped. NULL is
 * null. */
json_t *json_file_name(const char *name);

/* Prints root, NULL if there was no memory for it, as one line and frees it. */
enum exit_status json_print_line(const char *file, json_t *root);

#endif
