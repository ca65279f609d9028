/* SPDX-License-Identifier: Apache-2.0 */
/* Options of what is published: where it is written, and who signs it. */
#ifndef COMMANDS_PUBLISHING_H
#define COMMANDS_PUBLISHING_H

#include "commands/options.h"

struct publishing {
    const char *out_dir; /* or NULL */
};

extern const struct option_table publishing_folder;  /* for struct publishing */
extern const struct option_table publishing_signing; /* for struct files */

/* Does what is given belong together? False where something was said on
 * stderr. From then on documents can be signed. */
bool publishing_check(const struct publishing *publishing, struct files *files);

#endif
