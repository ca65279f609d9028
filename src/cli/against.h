/* SPDX-License-Identifier: Apache-2.0 */
/* What a firmware is checked against: the argument of --against. */
#ifndef CLI_AGAINST_H
#define CLI_AGAINST_H

#include "cli/options.h"
#include "cli/output.h"
#include "reference/claims.h"

struct against {
    const char *name; /* as the user gave it */
    struct claims claims;
    unsigned char *bytes; /* of the file, or NULL where the name says it all */
    size_t size;
};

/* Sets the time at which documents must be valid, before any is read. */
enum exit_status against_take_time(struct options *options);

/*
 * Reads text, the argument of that option: an MRTD in hexadecimal or base64, or
 * the name of a file. What is wrong is said on stderr, and *against holds
 * nothing. What was passed over is said there, too. --vendor, --model and
 * --class-id are taken from the options.
 */
enum exit_status against_open(struct against *against,
                              const struct options *options, const char *option,
                              const char *text, enum claims_kind kind,
                              enum claims_reading reading);
void against_close(struct against *against);

#endif
