/* SPDX-License-Identifier: Apache-2.0 */
/* The commands: one file each, with its options. All report on stderr what goes
 * wrong. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "options/command.h"

/* The table of them. */
extern const struct program commands_program;
bool command_is_word(const char *word);

extern const struct command command_measure;     /* prints MRTDs */
extern const struct command command_check_lists; /* -c: of such lists */
extern const struct command command_show;        /* describes images */
extern const struct command command_check;       /* whose MRTD is this? */
extern const struct command command_tdinfo;      /* TDINFO and its hashes */
extern const struct command command_events;      /* a TD's event log */
extern const struct command command_evidence;    /* is a quote genuine? */
extern const struct command command_initdata;    /* initdata of a guest */
extern const struct command command_verity;      /* root hashes of images */
extern const struct command command_cmdline;     /* lines of Kata Containers */
extern const struct command command_lint;        /* which VMMs load it */
extern const struct command command_diff;        /* same MRTD or not, and why */
extern const struct command command_reference;   /* writes reference values */
extern const struct command command_verify;      /* compares them with files */
extern const struct command command_bundle;      /* all of a release */
extern const struct command command_id_block;    /* makes ID blocks */
extern const struct command command_id_verify;   /* reads them */
extern const struct command command_self_test;   /* known answers */

/* help.c: what --version and others are answered. */
extern const struct option_question help_of_version;

#endif
