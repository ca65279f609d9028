/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum mrtd_code error_set(struct mrtd_error *error, enum mrtd_code code,
                         uint64_t offset, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        error->code = code;
        error->offset = offset;
        vsnprintf(error->message, sizeof error->message, format, args);
        va_end(args);
    }
    return code;
}
