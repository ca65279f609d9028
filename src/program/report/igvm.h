/* SPDX-License-Identifier: Apache-2.0 */
/* What only IGVM files have, for show and JSON. */
#ifndef REPORT_IGVM_H
#define REPORT_IGVM_H

#include <jansson.h>

#include "model/evaluation.h"

/* Prints it; nothing for other images. */
void igvm_show(const struct mrtd_image *image);

/* Null for other images. */
json_t *igvm_json(const struct mrtd_image *image);

/* Writes the CoRIM document for TDX and its signature to the files that the
 * options name; where one is missing says so, and writes neither. */
enum exit_status igvm_save(struct evaluation *e, const char *corim,
                           const char *signature);

#endif
