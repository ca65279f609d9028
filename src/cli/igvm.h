/* SPDX-License-Identifier: Apache-2.0 */
/* What only IGVM files have, for show and JSON. */
#ifndef CLI_IGVM_H
#define CLI_IGVM_H

#include <jansson.h>

#include "cli/evaluation.h"

/* Prints it; nothing for other images. */
void igvm_show(const struct mrtd_image *image);

/* Null for other images. */
json_t *igvm_json(const struct mrtd_image *image);

/* Writes the CoRIM document for TDX, or its signature, to a file; says on
 * stderr where there is none. */
enum exit_status igvm_save(struct evaluation *e, enum mrtd_igvm_blob_kind kind,
                           const char *name);

#endif
