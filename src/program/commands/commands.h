/* SPDX-License-Identifier: Apache-2.0 */
/* The commands: one file each. All report on stderr what goes wrong. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "commands/options.h"
#include "model/evaluation.h"

/* Where the names of inputs come from. */
enum command_inputs {
    INPUTS_NONE,       /* there are none */
    INPUTS_NAMED,      /* the command line */
    INPUTS_BY_COMMAND, /* files, too: the command calls input_keep() for each of
                          them, and then warden_close_names() */
};

struct command {
    const char *word;  /* the operand that chooses it, or NULL */
    const char *title; /* in messages */
    int fewest_files;
    int most_files;
    enum command_inputs inputs;
    enum exit_status (*run)(struct options *options);
};

/* commands.c: the table. */
const struct command *command_at(enum command_id id);
/* Is it a command word? Then *id is its command. */
bool command_find(const char *word, enum command_id *id);
bool command_is_word(const char *word);
/* The files, without a command word before them: one that is neither a command
 * nor a file is refused where something else would be measured instead. */
enum exit_status command_check_operands(const struct options *options);
/* Runs options->command in its sandbox. */
enum exit_status command_run(struct options *options);

/* measure.c: prints the MRTD of each file. */
enum exit_status command_measure(struct options *options);

/* checklist.c: -c, checks lists of MRTDs. */
enum exit_status command_check_lists(struct options *options);

/* show.c: describes each image for people. */
enum exit_status command_show(struct options *options);

/* check.c: whose MRTD is this, and if nobody's, why. */
enum exit_status command_check(struct options *options);

/* tdinfo.c: TDINFO and its hashes. */
enum exit_status command_tdinfo(struct options *options);
/* lint.c: holds each image against the rules of VMMs. */
enum exit_status command_lint(struct options *options);
/* diff.c: same MRTD or not, and why. */
enum exit_status command_diff(struct options *options);
/* reference.c: writes reference values. */
enum exit_status command_reference(struct options *options);
/* bundle.c: all that is published of a release. */
enum exit_status command_bundle(struct options *options);
/* verify.c: is what a document says true of the firmware files? */
enum exit_status command_verify(struct options *options);

/* selftest.c: runs the built-in known answers. */
enum exit_status command_self_test(struct options *options);

/* help.c */
enum exit_status command_help(struct options *options);
enum exit_status command_version(struct options *options);
enum exit_status command_vmm_help(struct options *options);
enum exit_status command_format_help(struct options *options);

#endif
