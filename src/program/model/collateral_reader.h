/* SPDX-License-Identifier: Apache-2.0 */
/* Values of JSON documents of collateral, and what is wrong with one. */
#ifndef MODEL_COLLATERAL_READER_H
#define MODEL_COLLATERAL_READER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "failure.h"

/* What is read, and where: of each value the way there from the document. */
struct place {
    const struct place *up; /* NULL: the document itself */
    const char *name;       /* NULL: an item */
    size_t index;
    const json_t *value; /* NULL: there is no such member or item */
};

struct reader {
    const char *file;
    struct failure *failure;
};

struct place reader_member(const struct place *up, const char *name);
struct place reader_item(const struct place *up, size_t index);

/* Each of these returns false, and fills the failure, where the value is not
 * what is wanted. */

/* False: says that it is not what is wanted, e.g. "an object". */
bool reader_wrong(const struct reader *reader, const struct place *place,
                  const char *wanted);

/* Of a member: a number, so many bytes in hexadecimal, and a time in UTC. */
bool reader_number(const struct reader *reader, const struct place *up,
                   const char *name, uint64_t most, uint64_t *number);
bool reader_hex(const struct reader *reader, const struct place *up,
                const char *name, uint8_t *bytes, size_t size);
bool reader_time(const struct reader *reader, const struct place *up,
                 const char *name, int64_t *time);

/* Zeros for each item of a list that is not empty, to be freed, or NULL. */
void *reader_list(const struct reader *reader, const struct place *place,
                  size_t item_size, size_t *count);

typedef int reader_compare_fn(const void *a, const void *b);

/* No two of the items are the same. */
bool reader_once(const struct reader *reader, const struct place *place,
                 const void *items, size_t count, size_t size,
                 reader_compare_fn *compare);

#endif
