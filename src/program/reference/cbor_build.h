/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR (RFC 8949) built with libcbor, in the core deterministic encoding of
 * section 4.2.1: shortest heads; the keys of maps are in order as the caller
 * gives them. Every function takes its items over, and NULL (out of memory) for
 * any of them makes the result NULL.
 */
#ifndef REFERENCE_CBOR_BUILD_H
#define REFERENCE_CBOR_BUILD_H

#include <cbor.h>

cbor_item_t *build_int(int64_t value);
cbor_item_t *build_bytes(const void *bytes, size_t size);
/* NULL also where text is not UTF-8. */
cbor_item_t *build_text(const char *text);
cbor_item_t *build_tag(uint64_t tag, cbor_item_t *item);
cbor_item_t *build_array(size_t count, ...);
/* count pairs of key and value. */
cbor_item_t *build_map(size_t count, ...);
/* Appends to an array, if there is one. */
cbor_item_t *build_append(cbor_item_t *array, cbor_item_t *item);
/* A byte string that holds the item. */
cbor_item_t *build_embedded(cbor_item_t *item);

/* Encodes and releases the item; NULL where it is NULL. To be freed. */
unsigned char *build_encode(cbor_item_t *item, size_t *size);

#endif
