/* SPDX-License-Identifier: Apache-2.0 */
/* What only IGVM files have, for show and JSON. */
#ifndef REPORT_IGVM_H
#define REPORT_IGVM_H

#include <stdio.h>

#include <jansson.h>

#include "model/evaluation.h"

/* Prints it; nothing for other images. */
void igvm_show(FILE *to, const struct mrtd_image *image);

/* Null for other images. */
json_t *igvm_json(const struct mrtd_image *image);

#endif
