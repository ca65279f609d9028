/* SPDX-License-Identifier: Apache-2.0 */
/* The members that a map may have, as a table of its specification (CDDL). */
#ifndef REFERENCE_CBOR_TABLE_H
#define REFERENCE_CBOR_TABLE_H

#include "reference/cbor_read.h"
#include "reference/claims.h"

/* Types of items, to be combined. */
enum {
    TYPE_INT = 1,
    TYPE_TEXT = 2,
    TYPE_BYTES = 4,
    TYPE_ARRAY = 8,
    TYPE_MAP = 16,
    TYPE_TAG = 32,
    TYPE_SIMPLE = 64,
    TYPE_ANY = 127,
    TYPE_UUID = 128, /* TYPE_BYTES of 16 bytes alone */
};

struct table_member {
    int key;
    unsigned types;
    bool required;
};

/* What is made of a member that is not in the table. */
enum table_unknown {
    /* Named if its key is text or negative, where documents are extended;
     * otherwise refused if the reading is exact, and named if not: for what
     * says nothing of values. */
    UNKNOWN_NAMED,
    UNKNOWN_REFUSED, /* it may change what values around it mean */
    UNKNOWN_LEFT,    /* the caller asks table_find_unknown() */
};

struct table {
    const char *name; /* name of such maps in messages */
    const struct table_member *members;
    size_t count;
    enum table_unknown unknown;
};

/* How the reader of a document refuses. */
struct table_reader {
    struct claims *claims;
    struct failure *error;
    const char *tag;      /* code of the reader's refusals */
    const char *document; /* e.g. "CoRIM" */
};

unsigned table_type(cbor_item_t *item);

/*
 * Is the item a map whose members have the types of the table? A member of
 * another type is refused; one that is missing though required is refused if
 * the reading is exact, and otherwise said.
 */
bool table_check(const struct table_reader *r, const struct table *table,
                 cbor_item_t *map);
/* A key as it is named in messages. */
#define TABLE_KEY_SIZE 64
/* Has the map a member that the table does not have? Its key is then named. */
bool table_find_unknown(const struct table *table, cbor_item_t *map,
                        char name[TABLE_KEY_SIZE]);
/* Reads each element of an array, or a map that stands for one element. */
bool table_check_each(const struct table_reader *r, const struct table *table,
                      cbor_item_t *list);

/* Refuses the document: "not a CoRIM: WHAT". */
bool table_malformed(const struct table_reader *r, const char *what);
/*
 * Refuses a document for bytes that cbor_check() refused; in: what they are, or
 * NULL for the whole document, of which the offset is said.
 */
bool table_not_cbor(const struct table_reader *r, const char *in,
                    const struct cbor_fault *fault);

/* An integer of either sign as an int64_t; false if it is too large or none. */
bool table_int(cbor_item_t *item, int64_t *value);

#endif
