/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement says of a guest's disk image. */
#ifndef REPORT_IMAGE_JSON_H
#define REPORT_IMAGE_JSON_H

#include <jansson.h>

#include "model/image_check.h"

/* That, with the name of the image as it was given. */
json_t *image_json(const struct image_check *check);
/* Adds the member "image" to a measurement where an image was compared. Returns
 * it, or NULL, where there is none or memory is short. */
json_t *image_json_add(const struct evaluation *e, json_t *root);

#endif
