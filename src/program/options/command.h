/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as a table of commands, and what is done with a command line: it is
 * parsed, the command's files are opened, the sandbox is entered, and then the
 * command is called. What goes wrong is said on stderr.
 */
#ifndef OPTIONS_COMMAND_H
#define OPTIONS_COMMAND_H

#include "options/options.h"

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
    bool is_long;  /* what it prints may have a million lines: no verdict */
    bool verifies; /* libcrypto begins before the sandbox, which its
                      configuration is outside of */
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

struct spelling_synonym;

struct program {
    /* In the order in which messages name them; NULL after the last. The first
     * is the one that no word chooses. */
    const struct command *const *commands;
    /* Words that other programs have. */
    const struct spelling_synonym *options_of_others;
    const struct spelling_synonym *commands_of_others;
    /* --help prints these before and after the list of commands. */
    const char *overview;
    const char *overview_end;
};

/* The command of that word, or NULL. */
const struct command *command_find(const struct program *program,
                                   const char *word);
/* A spelling_name_fn for a struct program: the index-th command word. */
const char *command_word(const void *program, size_t index);

/* What is to be done. */
struct call {
    const struct program *program;
    const struct command *command;
    void *options; /* the command's; they begin with struct files */
    const struct option_question *question; /* instead of the command */
    bool more;
};

/* Parses for call->program; on anything wrong returns EXIT_USAGE. After
 * success, free call->options. */
enum exit_status options_parse(struct call *call, int argc, char **argv);

/* Does it, in its sandbox. */
enum exit_status command_run(const struct call *call);

/* help.c: what --help is answered. */
extern const struct option_question help_of_command;

#endif
