/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values as all our documents have them; docs/json.md. */
#ifndef REFERENCE_JSON_H
#define REFERENCE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "mrtd.h"

/* Offsets, addresses and sizes go to 2^64 - 1: hexadecimal strings. */
json_t *json_hex64(uint64_t value);
json_t *json_digest(const uint8_t digest[MRTD_DIGEST_SIZE]);
/* Counts stay below 2^53: numbers. */
json_t *json_count(uint64_t value);
/* MRTD_NO_OFFSET and MRTD_NO_REGION become null. */
json_t *json_offset(uint64_t offset);
json_t *json_section(uint32_t section);
/* "guid-table": how JSON and diff call a locator. */
const char *json_locator_name(enum mrtd_locator locator);
/* Can the text be one of JSON: is it UTF-8? Also true without memory. */
bool json_is_utf8(const char *text);
/* A file name, which may be any bytes: what is not UTF-8 is escaped. NULL is
 * null. */
json_t *json_file_name(const char *name);

/*
 * To be called first: has every allocation of jansson that fails noticed, since
 * a list would lack an item otherwise, and a text that is read a part.
 */
void json_init(void);
/* Has one failed so far? */
bool json_no_memory(void);

/* Room for why a text is not read. */
#define JSON_WHY_SIZE 1000

/* The text's only value, an object, to be freed; or NULL, and why says why
 * unless json_no_memory(). */
json_t *json_read_object(const char *text, size_t size,
                         char why[JSON_WHY_SIZE]);

#endif
