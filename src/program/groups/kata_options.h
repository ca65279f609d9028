/* SPDX-License-Identifier: Apache-2.0 */
/* Options about Kata Containers, and how it starts a guest. */
#ifndef GROUPS_KATA_OPTIONS_H
#define GROUPS_KATA_OPTIONS_H

#include "model/kata.h"
#include "options/options.h"

/* For struct kata_request. */
extern const struct option_table kata_options;

/* Is it said which version and which runtime? False where something was said
 * on stderr. */
bool kata_options_check(struct kata_request *request);

#endif
