/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TDINFO_H
#define CLI_TDINFO_H

#include "cli/output.h"
#include "mrtd.h"

/*
 * tdinfo_manifest.c: sets the fields that a manifest of td-shim's calculator
 * (td-shim-tee-info-hash) has. What is wrong is said on stderr, and *info is as
 * it was.
 */
enum exit_status tdinfo_read_manifest(struct mrtd_tdinfo *info,
                                      const char *name);

#endif
