/* SPDX-License-Identifier: Apache-2.0 */
/* What check and reference --verify compare a firmware with, as it is asked
 * for on the command line. */
#ifndef COMMANDS_EXPECTED_H
#define COMMANDS_EXPECTED_H

#include "commands/open.h"
#include "groups/expectation.h"
#include "model/against.h"

/*
 * Reads text, the argument of that option: a digest that the platform measures,
 * in hexadecimal or base64, or the name of a file. What is wrong is said on
 * stderr, and *against holds nothing. What was skipped is reported there, too.
 * --vendor, --model and --class-id say what a CoRIM's environment may be
 * called, too.
 */
enum exit_status expected_open(struct against *against,
                               const struct environment_options *environment,
                               const char *option, const char *text,
                               enum mrtd_platform platform,
                               enum claims_kind kind,
                               enum claims_reading reading);

/*
 * As open_evaluation() for a firmware, which is taken for what the input says
 * of that file. *own is a copy of the options' launch, which must stay as long
 * as *e.
 */
enum exit_status
expected_open_firmware(const struct against *against, struct open_files *files,
                       struct evaluation *e, struct launch_options *own,
                       const struct launch_options *options, const char *name);

/* expected_open_firmware() of which there is neither image nor plan. */
enum exit_status
expected_open_sources(const struct against *against, struct open_files *files,
                      struct evaluation *e, struct launch_options *own,
                      const struct launch_options *options, const char *name);

#endif
