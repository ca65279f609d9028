/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMANDS_TDINFO_H
#define COMMANDS_TDINFO_H

#include <stdbool.h>

#include "io/output.h"
#include "mrtd.h"

/* Which of the fields without a default were given. */
struct tdinfo_given {
    bool attributes;
    bool xfam;
};

/*
 * tdinfo_manifest.c: sets the fields that a manifest of td-shim's calculator
 * (td-shim-tee-info-hash) has. What is wrong is said on stderr, and *info and
 * *given are as they were.
 */
enum exit_status tdinfo_read_manifest(struct mrtd_tdinfo *info,
                                      struct tdinfo_given *given,
                                      const char *name);

#endif
