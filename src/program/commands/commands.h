/* SPDX-License-Identifier: Apache-2.0 */
/* The commands: one file each, with its options. All report on stderr what goes
 * wrong. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "commands/options.h"

/* Where the names of inputs come from. */
enum command_inputs {
    INPUTS_NONE,       /* there are none */
    INPUTS_NAMED,      /* the command line */
    INPUTS_BY_COMMAND, /* files, too: the command calls input_keep() for each of
                          them, and then warden_close_names() */
};

struct command {
    const char *word;   /* the operand that chooses it, or NULL */
    const char *option; /* that makes it of another of that word (of any, if
                           that is NULL), or NULL: the word alone does */
    const char *title;  /* in messages */
    int fewest_files;
    int most_files;
    enum command_inputs inputs;
    bool is_long; /* what it prints may have a million lines: no verdict */
    /* Its options, a struct of this size that begins with struct files. */
    size_t size;
    struct option_use uses[OPTIONS_MOST_TABLES]; /* up to one without table */
    /* Do they make sense together? Otherwise that is said. Or NULL: they do. */
    bool (*check)(void *options);
    enum exit_status (*run)(void *options);
    /* For --help: in the list of commands, or NULL; and its own. Commands of
     * one word share a page, that of the word alone. */
    const char *about;
    const char *usage[2];
    const char *text;
    const char *examples[2];
};

/* commands.c: the table, in the order in which messages name them; NULL after
 * the last. */
const struct command *command_at(size_t index);
/* The command of that word, or NULL. */
const struct command *command_find(const char *word);
bool command_is_word(const char *word);
/* The index-th command word, or NULL. */
const char *command_word(size_t index);
/* Does it, in its sandbox. */
enum exit_status command_run(const struct call *call);

extern const struct command command_measure;     /* prints MRTDs */
extern const struct command command_check_lists; /* -c: of such lists */
extern const struct command command_show;        /* describes images */
extern const struct command command_check;       /* whose MRTD is this? */
extern const struct command command_tdinfo;      /* TDINFO and its hashes */
extern const struct command command_lint;        /* which VMMs load it */
extern const struct command command_diff;        /* same MRTD or not, and why */
extern const struct command command_reference;   /* writes reference values */
extern const struct command command_verify;      /* compares them with files */
extern const struct command command_bundle;      /* all of a release */
extern const struct command command_self_test;   /* known answers */

/* help.c: what --help, --version and others are answered. */
extern const struct option_question help_of_command;
extern const struct option_question help_of_version;
extern const struct option_question help_of_vmms;
extern const struct option_question help_of_formats;

#endif
