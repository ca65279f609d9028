/* SPDX-License-Identifier: Apache-2.0 */
/* The form of untrusted CBOR (RFC 8949), before anything is made of it. */
#ifndef REFERENCE_CBOR_CHECK_H
#define REFERENCE_CBOR_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CoRIMs have some hundred bytes; an item takes some 50 in memory. */
#define CBOR_MAX_SIZE ((size_t)1 << 20)
/* CoRIMs are nested 9 deep. */
#define CBOR_MAX_DEPTH 64

/* Where a fault is of no byte in particular. */
#define CBOR_NO_OFFSET SIZE_MAX

struct cbor_fault {
    const char *message;
    size_t offset;
    bool is_memory; /* not the input's fault */
};

/*
 * Are the bytes one whole item that can be read in one way only? Well-formed,
 * with nothing after it; heads of the shortest form and definite lengths
 * (section 4.2.1); text in UTF-8; no key of a map twice (section 5.6), and each
 * an integer or text; no floating-point number, and no simple value but false,
 * true and null. The order of keys says nothing and is free. *fault is filled
 * if not.
 */
bool cbor_check(const uint8_t *bytes, size_t size, struct cbor_fault *fault);

#endif
