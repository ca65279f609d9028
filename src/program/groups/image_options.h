/* SPDX-License-Identifier: Apache-2.0 */
/* The option about the disk image of a guest, whose root hash its command line
 * has. */
#ifndef GROUPS_IMAGE_OPTIONS_H
#define GROUPS_IMAGE_OPTIONS_H

#include "groups/launching.h"

/* For struct launching. */
extern const struct option_table image_options;

/* Is there a command line that it is compared with? */
bool image_options_check(const struct launching *launching,
                         const struct files *files);

#endif
