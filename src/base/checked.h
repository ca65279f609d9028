/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic with untrusted operands, in 64 bits. False, with the output left
 * as it was, where the true result does not fit.
 */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

/*@ requires \valid(sum);
    assigns *sum;
    ensures \result <==> a + b <= 18446744073709551615;
    ensures \result ==> *sum == a + b;
    ensures !\result ==> *sum == \old(*sum);
@*/
static inline bool checked_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    if (b > UINT64_MAX - a) {
        return false;
    }
    *sum = a + b;
    return true;
}

/*@ requires \valid(product);
    assigns *product;
    ensures \result <==> a * b <= 18446744073709551615;
    ensures \result ==> *product == a * b;
    ensures !\result ==> *product == \old(*product);
@*/
static inline bool checked_mul(uint64_t a, uint64_t b, uint64_t *product)
{
    if (a != 0 && b > UINT64_MAX / a) {
        return false;
    }
    *product = a * b;
    return true;
}

#endif
