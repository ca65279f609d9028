/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options: rows in tables, of which each command has its own and shares others.
 * What is read goes into the members of structs; --help and completions are
 * made of the same rows.
 */
#ifndef OPTIONS_OPTIONS_H
#define OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "io/files.h"

/* Most rows that a command has, and tables. */
#define OPTIONS_MOST        72
#define OPTIONS_MOST_TABLES 16

struct call;

enum option_kind {
    OPTION_FLAG,    /* the member is a bool */
    OPTION_JSON,    /* the same; errors are objects on standard output, too */
    OPTION_MORE,    /* the same; a question is answered at length */
    OPTION_TEXT,    /* a const char * */
    OPTION_INPUT,   /* the same: a file that is read */
    OPTION_OUTPUT,  /* the same: a file that is written */
    OPTION_FOLDER,  /* the same: a folder that is written */
    OPTION_OPERAND, /* nothing is stored: its argument is an operand */
    OPTION_TAKE,    /* take() is called with the argument */
    /* The same with NAME=FILE, or NAME= without a file; the file is read. */
    OPTION_NAMED,
    OPTION_CHOICE,   /* nothing is stored: it makes the command of another */
    OPTION_QUESTION, /* something is asked of the program itself */
};

/*
 * What is asked instead of any work: by the option, or by "help" for its
 * argument.
 */
struct option_question {
    enum exit_status (*answer)(const struct call *call);
    const char *alone; /* in messages: it is given alone, or with what */
};

struct option_argument {
    const char *name;  /* in --help: "FILE" */
    const char *value; /* what it is, in messages: "a file name" */
};

struct option_row {
    const char *name;
    enum option_kind kind;
    char letter;  /* or 0 */
    bool repeats; /* may be given again, with another argument */
    const struct option_argument *argument; /* or NULL: it takes none */
    const char *text;                       /* what it does, in --help */
    size_t member; /* its offset in the struct that the table is for */
    const struct file_kind *writes; /* an output; NULL: the check says */
    enum exit_status (*take)(void *group, const char *value);
    const struct option_question *question; /* or NULL */
};

struct option_table {
    const struct option_row *rows;
    size_t count;
};

/* A table, and where in a command's options the struct is that it is for. */
struct option_use {
    const struct option_table *table;
    size_t offset;
};

#define OPTION_TABLE(rows)                                                     \
    {                                                                          \
        rows, sizeof(rows) / sizeof *(rows)                                    \
    }

/* The address of a table without a name. */
#define OPTION_ROWS(rows) (&(const struct option_table)OPTION_TABLE(rows))

/* Most members of a row, for a member of that struct. */
#define OPTION(name_, kind_, struct_, member_, argument_, text_)               \
    .name = (name_), .kind = OPTION_##kind_, .argument = (argument_),          \
    .text = (text_), .member = offsetof(struct_, member_)

/* Most members of a row whose argument is taken by a function. */
#define OPTION_CALL(name_, take_, argument_, text_)                            \
    .name = (name_), .kind = OPTION_TAKE, .argument = (argument_),             \
    .text = (text_), .take = (take_)

#define OPTION_CALL_NAMED(name_, take_, argument_, text_)                      \
    .name = (name_), .kind = OPTION_NAMED, .argument = (argument_),            \
    .text = (text_), .take = (take_)

#define OPTION_IS(name, value) (&(const struct option_argument){name, value})
#define OPTION_ALONE           NULL
#define OPTION_IS_FILE         OPTION_IS("FILE", "a file name")
#define OPTION_IS_FOLDER       OPTION_IS("DIR", "a folder")
#define OPTION_IS_NAME         OPTION_IS("NAME", "a name")

/* What every command has. */
extern const struct option_table options_of_all;
/* --force: for struct files. */
extern const struct option_table options_force;

/* --- For the commands' checks: false where something was said on stderr --- */

/* What must be true, and what is said if it is not. */
bool options_must(bool is_true, const char *message);

struct option_given {
    const char *option; /* "--json" */
    bool is;
};

/* No more than one of two, or of several. */
bool options_exclude(const struct option_given *options, size_t count);
#define OPTIONS_EXCLUDE(...)                                                   \
    options_exclude((const struct option_given[]){__VA_ARGS__},                \
                    sizeof((const struct option_given[]){__VA_ARGS__}) /       \
                        sizeof(struct option_given))

/* The outputs are files, and none is standard output, where the command prints
 * something else. */
bool options_write_files(const struct files *files);

/* Standard input is read once, as an operand or by an option. */
bool options_read_stdin_once(const struct files *files);

#endif
