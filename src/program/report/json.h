/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of one line of JSON; docs/json.md. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "reference/json.h"

/* Prints root as one line and frees it. False: memory is short, as where root
 * is NULL, and nothing was printed. */
bool json_output(FILE *to, json_t *root);
/* The same with what is not ASCII escaped: of texts that others have made. */
bool json_output_ascii(FILE *to, json_t *root);

/*
 * A list that may be long is not built: it is printed where json_slot() is in
 * root, by a function that prints the items with a comma between them. It
 * allocates nothing and reads nothing, so that it cannot fail, and a line is
 * printed whole or not at all.
 */
struct json_list {
    void (*print)(FILE *to, const void *context);
    const void *context;
};
json_t *json_slot(void);

/* json_output() with a list for each slot, in the order of the text; the last
 * of the count lists may have none. */
bool json_output_lists(FILE *to, json_t *root, const struct json_list *lists,
                       size_t count);

/* Prints text, which is ASCII, as a JSON string. */
void json_print_text(FILE *to, const char *text);

/* A warning or note: severity, code, section, offset, message. */
json_t *json_finding(const struct mrtd_finding *finding);

#endif
