/* SPDX-License-Identifier: Apache-2.0 */
/* Values as all our JSON documents have them; docs/json.md. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "io/output.h"
#include "mrtd.h"

/* Offsets, addresses and sizes go to 2^64 - 1: hexadecimal strings. */
json_t *json_hex64(uint64_t value);
json_t *json_digest(const uint8_t digest[MRTD_DIGEST_SIZE]);
/* Counts stay below 2^53: numbers. */
json_t *json_count(uint64_t value);
/* MRTD_NO_OFFSET and MRTD_NO_SECTION become null. */
json_t *json_offset(uint64_t offset);
json_t *json_section(uint32_t section);
/* "guid-table": how JSON and diff call a locator. */
const char *json_locator_name(enum mrtd_locator locator);
/* A file name, which may be any bytes: what is not UTF-8 is escaped. NULL is
 * null. */
json_t *json_file_name(const char *name);

/*
 * To be called first: makes json_output() notice every allocation of jansson
 * that failed, since a list would lack an item otherwise.
 */
void json_init(void);
/* Has one failed so far? */
bool json_no_memory(void);

/*
 * Reads a manifest: a file with one JSON object. Says on stderr what is wrong;
 * otherwise *root is to be freed.
 */
enum exit_status json_read_manifest(const char *name, json_t **root);

/*
 * Prints root as one line and frees it. Where it is NULL, for want of memory,
 * says so about the file.
 */
enum exit_status json_output(const char *name, json_t *root);

/*
 * A list that may be long is not built: it is printed where json_slot() stands
 * in root, by a function that prints the items with a comma between them. It
 * allocates nothing and reads nothing, so that it cannot fail, and a line is
 * printed whole or not at all.
 */
struct json_list {
    void (*print)(const void *context);
    const void *context;
};
json_t *json_slot(void);

/* json_output() with a list for each slot, in the order of the text; the last
 * of the count lists may have none. */
enum exit_status json_output_lists(const char *name, json_t *root,
                                   const struct json_list *lists, size_t count);

/* Prints text, which is ASCII, as a JSON string. */
void json_print_text(const char *text);

struct mrtd_finding;

/* A warning or note: severity, code, section, offset, message. */
json_t *json_finding(const struct mrtd_finding *finding);

#endif
