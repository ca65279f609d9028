/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents whose frame is the same for every register. */
#ifndef REFERENCE_WRITE_JSON_H
#define REFERENCE_WRITE_JSON_H

#include <jansson.h>

#include "reference/reference.h"

/* Each writes and frees what it is given; false if memory is short. */

/* A document, indented. */
bool write_json_root(FILE *to, json_t *root);

/* An in-toto statement about the firmware. */
bool write_json_statement(FILE *to, const struct reference_firmware *firmware,
                          json_t *predicate);

#endif
