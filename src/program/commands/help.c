/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the program itself. */
#include "commands/commands.h"
#include "io/sandbox.h"
#include "report/about.h"

static enum exit_status tell_version(const struct call *call)
{
    about_version(output_stream(), call->more);
    if (call->more) {
        sandbox_describe();
    }
    return EXIT_DONE;
}

const struct option_question help_of_version = {
    tell_version, "--version is given alone, or with -v"};
