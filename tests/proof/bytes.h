/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the proof, in place of libc's: what C says of memcpy() and memcmp(), in
 * terms of bytes, since the memory model has no void. That libc does so is
 * assumed.
 */
#ifndef PROOF_BYTES_H
#define PROOF_BYTES_H

#include <stddef.h>
#include <stdint.h>

/*@ requires \valid(to + (0 .. size - 1));
    requires \valid_read(from + (0 .. size - 1));
    requires \separated(to + (0 .. size - 1), from + (0 .. size - 1));
    assigns to[0 .. size - 1] \from from[0 .. size - 1];
    assigns \result \from to;
    ensures \forall integer i; 0 <= i < size ==> to[i] == \old(from[i]);
    ensures \result == to;
@*/
uint8_t *memcpy(uint8_t *to, const uint8_t *from, size_t size);

/*@ requires \valid_read(a + (0 .. size - 1));
    requires \valid_read(b + (0 .. size - 1));
    assigns \result \from a[0 .. size - 1], b[0 .. size - 1];
    ensures \result == 0 <==>
      \forall integer i; 0 <= i < size ==> a[i] == b[i];
@*/
int memcmp(const uint8_t *a, const uint8_t *b, size_t size);

/*@ axiomatic Text {
      predicate same_text{L}(char *a, char *b) reads a[0 ..], b[0 ..];
    }
@*/
/*@ assigns \result \from a[0 ..], b[0 ..];
    ensures \result == 0 <==> same_text(a, b);
@*/
int strcmp(const char *a, const char *b);
/* Called only by functions that are not proved. */
/*@ assigns \result \from text[0 ..]; @*/
size_t strlen(const char *text);

#endif
