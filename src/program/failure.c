/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

static void fill(struct failure *f, enum exit_status status, const char *file,
                 const char *code)
{
    f->status = status;
    f->file = file;
    f->code = code;
    f->offset = MRTD_NO_OFFSET;
    f->hint = "";
}

enum exit_status failure_refused(struct failure *failure, const char *file,
                                 const char *code, const char *format, ...)
{
    va_list args;
    fill(failure, EXIT_REFUSED, file, code);
    va_start(args, format);
    vsnprintf(failure->message, sizeof failure->message, format, args);
    va_end(args);
    return failure->status;
}

enum exit_status failure_refused_at(struct failure *failure, const char *file,
                                    const char *code, uint64_t offset,
                                    const char *format, ...)
{
    va_list args;
    fill(failure, EXIT_REFUSED, file, code);
    failure->offset = offset;
    va_start(args, format);
    vsnprintf(failure->message, sizeof failure->message, format, args);
    va_end(args);
    return failure->status;
}

enum exit_status failure_differs(struct failure *failure, const char *file,
                                 const char *code, const char *format, ...)
{
    va_list args;
    fill(failure, EXIT_DIFFERS, file, code);
    va_start(args, format);
    vsnprintf(failure->message, sizeof failure->message, format, args);
    va_end(args);
    return failure->status;
}

enum exit_status failure_usage(struct failure *failure, const char *format, ...)
{
    va_list args;
    fill(failure, EXIT_USAGE, NULL, NULL);
    va_start(args, format);
    vsnprintf(failure->message, sizeof failure->message, format, args);
    va_end(args);
    return failure->status;
}

enum exit_status failure_memory(struct failure *failure, const char *file)
{
    fill(failure, EXIT_IO, file, NULL);
    snprintf(failure->message, sizeof failure->message, "out of memory");
    return failure->status;
}

enum exit_status failure_read(struct failure *failure, const char *file,
                              const char *why)
{
    fill(failure, EXIT_IO, file, "read");
    snprintf(failure->message, sizeof failure->message, "cannot read: %s", why);
    return failure->status;
}

/* What a user of the program can do about it. */
static const char *usual_hint(enum mrtd_code code)
{
    switch (code) {
    case MRTD_ERR_SPLIT_IMAGE:
        return "; join them: --vars FILE, or cat VARS CODE >IMAGE";
    case MRTD_ERR_ATTR_RESERVED:
    case MRTD_ERR_ATTR_AUG_EXTEND:
    case MRTD_ERR_GPA_RANGE:
    case MRTD_ERR_OVERLAP:
    case MRTD_ERR_SEV_TYPE:
    case MRTD_ERR_SEV_PAGE:
    case MRTD_ERR_SEV_OVERLAP:
        return "; --permissive computes the VMM's formula";
    case MRTD_ERR_LIMIT:
        return "; raise it with --limit SIZE";
    case MRTD_ERR_PAYLOAD_NEEDED:
        return "; give it with --payload FILE";
    case MRTD_ERR_VMM_CONTENT:
        return "; --vmm spec computes the specification's formula";
    default:
        return "";
    }
}

enum exit_status failure_library(struct failure *failure, const char *file,
                                 const struct mrtd_error *error,
                                 const char *hint)
{
    fill(failure,
         mrtd_code_class(error->code) == MRTD_CLASS_FAULT ? EXIT_IO
                                                          : EXIT_REFUSED,
         file, mrtd_code_name(error->code));
    failure->offset = error->offset;
    failure->hint = hint ? hint : usual_hint(error->code);
    snprintf(failure->message, sizeof failure->message, "%s", error->message);
    return failure->status;
}
