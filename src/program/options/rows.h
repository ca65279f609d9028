/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of all commands' tables, and words of the command line that are one
 * of them. */
#ifndef OPTIONS_ROWS_H
#define OPTIONS_ROWS_H

#include "options/command.h"

/* A row of a command. */
struct option_place {
    const struct option_row *row; /* or NULL */
    size_t offset;                /* of its struct */
    size_t index;                 /* among the command's rows */
};

/* "--name", "--name=value" or "-x". */
struct option_word {
    const char *word;
    const char *name;
    size_t len; /* of name */
    bool is_long;
    const char *value; /* what is attached, or NULL */
};

struct option_word option_split(const char *word);

/* The index-th row of a command. */
struct option_place option_row_at(const struct command *command, size_t index);

/* The command's row of that option. */
struct option_place option_find(const struct option_word *word,
                                const struct command *command);

/* The row of that option for this command, or else for any of the program; NULL
 * if there is no such option. */
const struct option_row *option_find_any(const struct program *program,
                                         const struct option_word *word,
                                         const struct command *command);

/* A spelling_name_fn for a struct program: the name in the index-th of all
 * rows; one that several commands have comes as often. */
const char *option_name(const void *program, size_t index);

/* "show, diff or lint": the titles of the commands that have the option. */
const char *option_commands(const struct program *program, const char *name,
                            char *text, size_t size);

#endif
