/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of options: which there are, what they take, which commands have
 * them, and what --help says of them. An option that means another thing with
 * another command has a row for each meaning.
 */
#ifndef COMMANDS_OPTION_TABLE_H
#define COMMANDS_OPTION_TABLE_H

#include "commands/options.h"

enum option_kind {
    OPTION_FLAG, /* field is a bool */
    OPTION_TEXT, /* field is a const char * */
    OPTION_TAKE, /* take() is called with the argument, NULL if it has none */
};

struct option_rule {
    const char *name;
    char letter; /* or 0 */
    enum option_kind kind;
    const char *argument; /* in --help: "FILE"; NULL: it takes none */
    const char *value;    /* what the argument is, in messages: "a file name" */
    const char *text;     /* what it does, in --help */
    size_t field;         /* of struct options */
    enum exit_status (*take)(struct options *options, const char *value);
    unsigned commands; /* that have it: bit i is enum command_id i */
};

/* The index-th row, in the order in which --help has them; NULL after them. */
const struct option_rule *option_rule_at(size_t index);

/* The arguments of --vmm as VMMs, if the command has them. */
enum exit_status option_take_vmms(struct options *options);

#endif
