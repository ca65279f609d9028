/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold one JSON object: a release's manifest, td-shim's. */
#ifndef MODEL_MANIFEST_JSON_H
#define MODEL_MANIFEST_JSON_H

#include <jansson.h>

#include "failure.h"

/* A file that is larger is no manifest. */
#define MANIFEST_MAX_SIZE (1 << 20)

/* Parses the text of the file of that name; *root is to be freed. */
enum exit_status manifest_json(json_t **root, const char *name,
                               const char *text, size_t size,
                               struct failure *failure);

#endif
