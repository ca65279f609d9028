/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the command line that are not known, and what may be meant. */
#ifndef OPTIONS_SPELLING_H
#define OPTIONS_SPELLING_H

#include <stddef.h>

#include "io/output.h"

#define SPELLING_TEXT 240

/* The names that are known, in any order, also more than once; NULL after the
 * last. */
typedef const char *spelling_name_fn(const void *context, size_t index);

/* Words of other programs, with spaces between them, and what is to be typed in
 * their place. The last of a list has no words. */
struct spelling_synonym {
    const char *words;
    const char *use;
};

/*
 * Writes and returns "; did you mean --model?": the names that begin with the
 * word, or else the nearest within two slips of the finger. "" where there is
 * none. The word ends at '=' or NUL; dashes are put before each name.
 */
const char *spelling_meant(char text[SPELLING_TEXT], const char *dashes,
                           const char *word, spelling_name_fn *names,
                           const void *context);

/* What to use instead of the word, or NULL. It ends at '=' or NUL. */
const char *spelling_use(const struct spelling_synonym *synonyms,
                         const char *word);

/*
 * Are the operands meant as files, where no command word comes first? Refused
 * is a first one that is no file but looks like a command, and a command word
 * that does not come first.
 */
enum exit_status
spelling_check_operands(char *const operands[], int count,
                        spelling_name_fn *commands, const void *context,
                        const struct spelling_synonym *synonyms);

#endif
