/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "commands/commands.h"
#include "io/diagnostic.h"
#include "printable.h"
#include "reference/json.h"

/* MRTD_SHA384 in the environment names an engine, for tests. */
static enum exit_status choose_engine(void)
{
    const char *name = getenv("MRTD_SHA384");
    if (name && *name && !mrtd_engine_force(name)) {
        diagnostic("MRTD_SHA384: there is no SHA-384 engine '%s', or this CPU "
                   "cannot run it; 'mrtd-calc --version -v' lists them",
                   printable(name));
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    struct call call = {.program = &commands_program};
    output_init();
    json_init();
    enum exit_status status = options_parse(&call, argc, argv);
    if (!status) {
        status = choose_engine();
    }
    if (!status) {
        status = command_run(&call);
    }
    free(call.options);
    return (int)worst(status, output_finish());
}
