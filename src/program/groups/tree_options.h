/* SPDX-License-Identifier: Apache-2.0 */
/* Options about a disk image and its tree of dm-verity: where both are, and the
 * parameters. */
#ifndef GROUPS_TREE_OPTIONS_H
#define GROUPS_TREE_OPTIONS_H

#include "model/verity.h"
#include "options/options.h"

struct tree_options {
    struct verity_request request;
    const char *params; /* this and the others as given, or NULL */
    const char *hash_device;
    const char *hash_offset;
    bool no_superblock;
};

extern const struct option_table tree_options;

/* Does what is given belong together? False where something was said on
 * stderr. From then on the request is whole. */
bool tree_options_check(struct tree_options *options);

#endif
