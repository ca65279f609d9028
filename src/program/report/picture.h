/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of an image as SVG 1.1. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include <stdio.h>

#include "file_kind.h"
#include "model/portrait.h"

/* A file of its own: with name, digests and the MRTD of each VMM. */
extern const struct file_kind kind_picture;
void picture_write_file(FILE *to, const struct portrait *p);

/* An element of an HTML page, as wide as its place: the layout alone. */
void picture_write_inline(FILE *to, const struct portrait *p);

#endif
