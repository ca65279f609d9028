/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the image formats of which one can be said to be meant. */
#ifndef MODEL_IMAGE_FORMAT_H
#define MODEL_IMAGE_FORMAT_H

#include <stdbool.h>

#define IMAGE_FORMATS "tdvf or igvm"

/* Stores the MRTD_FORMAT_* of that name; false if there is none. */
bool image_format_find(const char *name, unsigned *format);

/* "tdvf" or "igvm"; NULL for 0, where none was said. */
const char *image_format_name(unsigned format);

#endif
