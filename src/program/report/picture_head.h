/* SPDX-License-Identifier: Apache-2.0 */
/* The text above a picture that is a file of its own: name, digests, MRTDs. */
#ifndef REPORT_PICTURE_HEAD_H
#define REPORT_PICTURE_HEAD_H

#include <stdio.h>

#include "model/portrait.h"

/* Returns its height in pixels; writes nothing where to is NULL. */
unsigned picture_head(FILE *to, const struct portrait *p);

#endif
