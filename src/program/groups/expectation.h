/* SPDX-License-Identifier: Apache-2.0 */
/* Options about documents of expected values: what they are about, and when
 * they must be valid. */
#ifndef GROUPS_EXPECTATION_H
#define GROUPS_EXPECTATION_H

#include "options/options.h"
#include "reference/environment.h"

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

/* Fills *own with what the user says that the environment of a CoRIM is called;
 * id is room for its class. */
enum exit_status expectation_take_own(struct environment_own *own,
                                      uint8_t id[ENVIRONMENT_UUID_SIZE],
                                      const struct environment_options *o,
                                      enum mrtd_platform platform);

/* Makes the time of the text, before any document is read. */
enum exit_status expectation_take_time(struct time_options *when);

#endif
