/* SPDX-License-Identifier: Apache-2.0 */
/* What check and reference --verify compare a firmware with, as it is asked
 * for on the command line. */
#ifndef COMMANDS_EXPECTED_H
#define COMMANDS_EXPECTED_H

#include "commands/options.h"
#include "model/against.h"

/*
 * Reads text, the argument of that option, as against_open() does. --vendor,
 * --model and --class-id say what a CoRIM's environment may be called, too.
 */
enum exit_status expected_open(struct against *against,
                               const struct options *options,
                               const char *option, const char *text,
                               enum claims_kind kind,
                               enum claims_reading reading);

/* Sets the time at which documents must be valid, before any is read. */
enum exit_status expected_take_time(struct options *options);

#endif
