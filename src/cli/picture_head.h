/* SPDX-License-Identifier: Apache-2.0 */
/* The text above a picture that is a file of its own: name, digests, MRTDs. */
#ifndef CLI_PICTURE_HEAD_H
#define CLI_PICTURE_HEAD_H

#include <stdio.h>

#include "cli/portrait.h"

/* Returns its height in pixels; writes nothing where to is NULL. */
unsigned picture_head(FILE *to, const struct portrait *p);

#endif
