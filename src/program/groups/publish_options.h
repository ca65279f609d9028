/* SPDX-License-Identifier: Apache-2.0 */
/* Options of what is published: where it is written, and who signs it. */
#ifndef GROUPS_PUBLISH_OPTIONS_H
#define GROUPS_PUBLISH_OPTIONS_H

#include "options/options.h"

struct publish_options {
    const char *out_dir; /* or NULL */
};

extern const struct option_table
    publish_options_folder; /* for struct publish_options */
extern const struct option_table publish_options_signing; /* for struct files */

/* Does what is given belong together? False where something was said on
 * stderr. From then on documents can be signed. */
bool publish_options_check(const struct publish_options *publishing,
                           struct files *files);

#endif
