/* SPDX-License-Identifier: Apache-2.0 */
/* What only IGVM files have, for show and JSON. */
#ifndef REPORT_IGVM_H
#define REPORT_IGVM_H

#include <stdio.h>

#include <jansson.h>

#include "model/evaluation.h"

/* Prints it, with the pages for a platform; nothing for other images. */
void igvm_show(FILE *to, const struct mrtd_image *image,
               enum mrtd_igvm_platform_type platform);

/* Null for other images. */
json_t *igvm_json(const struct mrtd_image *image,
                  enum mrtd_igvm_platform_type platform);

#endif
