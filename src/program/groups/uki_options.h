/* SPDX-License-Identifier: Apache-2.0 */
/* Options about a unified kernel image that a TD starts. */
#ifndef GROUPS_UKI_OPTIONS_H
#define GROUPS_UKI_OPTIONS_H

#include "groups/launching.h"

/* For struct launching. */
extern const struct option_table uki_options;

/* The first of them that was given; or NULL. */
const char *uki_options_given(const struct launch_boot *boot);

/* Is there anything that only a unified kernel image has? */
bool uki_options_needed(const struct launch_boot *boot);

/* With such an image: do all options fit it? */
bool uki_options_check(const struct launch_options *options);

#endif
