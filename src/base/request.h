/* SPDX-License-Identifier: Apache-2.0 */
/* Structures that the caller fills, of whichever version of the library. */
#ifndef BASE_REQUEST_H
#define BASE_REQUEST_H

#include <stddef.h>

#include "mrtd.h"

/* What is read: a structure whose first member is its struct_size. */
struct request {
    const char *what; /* e.g. "launch request" */
    const char *name; /* e.g. "struct mrtd_launch" */
    size_t first;     /* its size in the first version */
    size_t size;      /* its size in this version */
};

/*
 * Copies the structure at from to the one at to, which is zeros. What an older
 * caller's structure does not have stays 0; what a newer one's has more must be
 * 0, or this fails with MRTD_ERR_ARGUMENT.
 */
enum mrtd_code request_read(const struct request *request, void *to,
                            const void *from, struct mrtd_error *error);

#endif
