/* SPDX-License-Identifier: Apache-2.0 */
/* What may not be replaced by an output: an input, another output, a file of
 * another kind. */
#ifndef IO_OUTPUTS_H
#define IO_OUTPUTS_H

#include "commands/options.h"
#include "io/place.h"

/* Of all outputs that the command line names, before anything is read. */
enum exit_status outputs_check(const struct options *options);

/* Of a file in the folder of --out-dir; name is its path for messages. */
enum exit_status outputs_check_member(const struct options *options,
                                      const char *name,
                                      const struct place *place);

#endif
