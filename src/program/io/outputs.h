/* SPDX-License-Identifier: Apache-2.0 */
/* What may not be replaced by an output: an input, another output, a file of
 * another kind. */
#ifndef IO_OUTPUTS_H
#define IO_OUTPUTS_H

#include "io/files.h"
#include "io/place.h"

/* Of all outputs that the command line names, before anything is read. */
enum exit_status outputs_check(const struct files *files);

/* Of a file in a folder that is an output; name is its path for messages. */
enum exit_status outputs_check_member(const struct files *files,
                                      const char *name,
                                      const struct place *place);

#endif
