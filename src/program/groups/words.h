/* SPDX-License-Identifier: Apache-2.0 */
/* What the program says of all commands together: before and after their list
 * in --help, and of words that other programs have for them and their options.
 */
#ifndef GROUPS_WORDS_H
#define GROUPS_WORDS_H

#include "options/spelling.h"

extern const char words_overview[];
extern const char words_overview_end[];

/* Up to one without words. */
extern const struct spelling_synonym words_of_options[];
extern const struct spelling_synonym words_of_commands[];

#endif
