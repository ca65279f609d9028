/* SPDX-License-Identifier: Apache-2.0 */
/* The text above a picture that is a file of its own: name, digests, MRTDs. */
#ifndef REPORT_PICTURE_HEAD_H
#define REPORT_PICTURE_HEAD_H

#include <stdio.h>

#include "model/portrait.h"

/* More than a title, what is launched, two digests, and ten of each value. */
#define PICTURE_HEAD_LINES (12 + 10 * PORTRAIT_VMMS)
/* Bytes of a line's text, and a NUL. */
#define PICTURE_LINE_SIZE 200

struct picture_line {
    const char *class; /* CSS class of the line */
    unsigned y;        /* in pixels, as the height of the head is */
    char text[PICTURE_LINE_SIZE];
};

struct picture_head {
    struct picture_line lines[PICTURE_HEAD_LINES];
    unsigned count;
    unsigned height;
};

/* The lines and where they are, so that the height is known before anything is
 * written. */
void picture_head_make(struct picture_head *head, const struct portrait *p);
void picture_head_write(FILE *to, const struct picture_head *head);

#endif
