/* SPDX-License-Identifier: Apache-2.0 */
/* Untrusted CBOR, read with libcbor. Items may be NULL: then the answer is NULL
 * or false. What is returned is borrowed, but for read_item(). */
#ifndef REFERENCE_CBOR_READ_H
#define REFERENCE_CBOR_READ_H

#include <stdbool.h>

#include <cbor.h>

#include "reference/cbor_check.h"

/*
 * The bytes as one whole item that cbor_check() accepts, to be released with
 * cbor_decref(); NULL if they are not, with *fault filled.
 */
cbor_item_t *read_item(const unsigned char *bytes, size_t size,
                       struct cbor_fault *fault);

/* What a tag of that number is on; NULL if it is not one. */
cbor_item_t *read_tagged(cbor_item_t *item, uint64_t tag);

bool read_is_int(cbor_item_t *item, int value);
bool read_is_text(cbor_item_t *item, const char *text);
/* Is it a byte string in one piece? */
bool read_is_bytes(cbor_item_t *item);

/* The value of a map's key; NULL if there is none. */
cbor_item_t *read_member(cbor_item_t *map, int key);
/* The index-th item of an array; NULL if there is none. */
cbor_item_t *read_element(cbor_item_t *array, size_t index);

#endif
