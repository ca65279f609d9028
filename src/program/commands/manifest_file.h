/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold one JSON object: a release's manifest, td-shim's. */
#ifndef COMMANDS_MANIFEST_FILE_H
#define COMMANDS_MANIFEST_FILE_H

#include <jansson.h>

#include "io/output.h"

/* Says on stderr what is wrong; otherwise *root is to be freed. */
enum exit_status manifest_file_read(const char *name, json_t **root);

#endif
