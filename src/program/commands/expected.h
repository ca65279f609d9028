/* SPDX-License-Identifier: Apache-2.0 */
/* What check and reference --verify compare a firmware with, as it is asked
 * for on the command line; and what reference says of it. */
#ifndef COMMANDS_EXPECTED_H
#define COMMANDS_EXPECTED_H

#include "commands/options.h"
#include "model/against.h"

/* What a CoRIM is said to be about: as given, or NULL. */
struct environment_options {
    const char *vendor;
    const char *model;
    const char *class_id;
};
extern const struct option_table environment_options_table;

/* The time at which documents must be valid. */
struct time_options {
    const char *text; /* or NULL: that of the call */
    int64_t time;     /* in seconds since 1970, once it is taken */
};
extern const struct option_table time_options_table;

/*
 * Reads text, the argument of that option, as against_open() does. A CoRIM's
 * environment may be called as these options say, too.
 */
enum exit_status expected_open(struct against *against,
                               const struct environment_options *environment,
                               const char *option, const char *text,
                               enum claims_kind kind,
                               enum claims_reading reading);

/* Makes the time of the text, before any document is read. */
enum exit_status expected_take_time(struct time_options *when);

#endif
