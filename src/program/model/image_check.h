/* SPDX-License-Identifier: Apache-2.0 */
/* Is a guest's disk image the one whose root hash its command line has? */
#ifndef MODEL_IMAGE_CHECK_H
#define MODEL_IMAGE_CHECK_H

#include "model/line_roots.h"

/* A root hash that both have. */
struct image_root {
    const char *parameter;
    struct mrtd_verity verity;
    struct mrtd_verity_root root;
    uint32_t partition; /* 0: all of the image */
};

struct image_check {
    const char *image;
    struct image_root roots[LINE_ROOTS];
    size_t count;
    char unknown[LINE_UNKNOWN][LINE_NAME_SIZE]; /* was compared with nothing */
    size_t unknown_count;
};

/*
 * Computes the root hashes that the line has for the image e->disk, and fills
 * *e->image_check; EXIT_DIFFERS where one is another. Notes are given to
 * e->say.
 */
enum exit_status image_check_make(const struct evaluation *e, const char *line,
                                  struct failure *failure);

#endif
