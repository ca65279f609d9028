/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "mrtd.h"

/*@ requires error == \null || \valid(error);
    assigns *error;
    ensures \result == code;
@*/
/* Fills *error (which may be NULL) and returns code, for "return error_set()".
 * The text never holds bytes of the input. */
enum mrtd_code error_set(struct mrtd_error *error, enum mrtd_code code,
                         uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
