/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*@ predicate is_digit(integer c) =
      '0' <= c <= '9' || 'a' <= c <= 'f' || 'A' <= c <= 'F';
@*/

/* Writes 2 * len lower-case digits and a NUL. */
/*@ requires \valid(hex + (0 .. 2 * len));
    requires \valid_read(bytes + (0 .. len - 1));
    requires \separated(hex + (0 .. 2 * len), bytes + (0 .. len - 1));
    requires len <= 9223372036854775807;
    assigns hex[0 .. 2 * len];
    ensures hex[2 * len] == 0;
    ensures \forall integer i; 0 <= i < 2 * len ==>
      '0' <= hex[i] <= '9' || 'a' <= hex[i] <= 'f';
@*/
void hex_encode(char *hex, const uint8_t *bytes, size_t len);

/*
 * Decodes 2 * len digits of either case. False, with bytes left as it was, if
 * one of them is not a digit.
 */
/*@ requires \valid_read(hex + (0 .. 2 * len - 1));
    requires \valid(bytes + (0 .. len - 1));
    requires \separated(hex + (0 .. 2 * len - 1), bytes + (0 .. len - 1));
    requires len <= 9223372036854775807;
    assigns bytes[0 .. len - 1];
    ensures \result <==>
      \forall integer i; 0 <= i < 2 * len ==> is_digit(hex[i]);
    ensures !\result ==>
      \forall integer i; 0 <= i < len ==> bytes[i] == \old(bytes[i]);
@*/
bool hex_decode(uint8_t *bytes, const char *hex, size_t len);

#endif
