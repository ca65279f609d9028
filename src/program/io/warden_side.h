/* SPDX-License-Identifier: Apache-2.0 */
/* The warden's side of warden.h. */
#ifndef IO_WARDEN_SIDE_H
#define IO_WARDEN_SIDE_H

#include <sys/types.h>

#include "io/files.h"

/* Serves until the worker ends, and then ends as it did. */
void warden_serve(const struct files *files, int socket, pid_t child)
    __attribute__((noreturn));

#endif
