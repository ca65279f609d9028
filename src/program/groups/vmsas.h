/* SPDX-License-Identifier: Apache-2.0 */
/* Options that write the VMSAs of a launch into files. */
#ifndef GROUPS_VMSAS_H
#define GROUPS_VMSAS_H

#include "model/evaluation.h"
#include "options/options.h"

struct vmsas_options {
    bool dump;       /* vmsa0.bin, vmsa1.bin, ... in the working folder */
    const char *out; /* or NULL: all in one file */
};

extern const struct option_table vmsas_options;

/* After launching_check(). What is written is among the files then. */
bool vmsas_check(const struct vmsas_options *options, struct files *files,
                 const struct launch_options *launch);

/* Writes what was asked for, if anything; outfile_place() puts it in its
 * place. */
enum exit_status vmsas_write(const struct vmsas_options *options,
                             const struct evaluation *e);

#endif
