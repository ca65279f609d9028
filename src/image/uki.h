/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a unified kernel image. */
#ifndef IMAGE_UKI_H
#define IMAGE_UKI_H

#include <stdbool.h>

#include "mrtd.h"

/* The section of that name; or NULL. */
const struct mrtd_uki_section *uki_section(const struct mrtd_uki *uki,
                                           const char *name);

/* Is it one of which the machine, or who starts the image, chooses whether it
 * is measured, and which of several? */
bool uki_is_chosen(const char *name);

#endif
