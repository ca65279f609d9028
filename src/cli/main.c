/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

static enum exit_status run(const struct options *options)
{
    switch (options->command) {
    case COMMAND_MEASURE:
        return command_measure(options);
    case COMMAND_CHECK:
        return command_check(options);
    case COMMAND_SHOW:
        return command_show(options);
    case COMMAND_SELF_TEST:
        return command_self_test();
    case COMMAND_HELP:
        return command_help();
    case COMMAND_VERSION:
        return command_version();
    case COMMAND_VMM_HELP:
        return command_vmm_help();
    }
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct options options;
    output_init();
    enum exit_status status = options_parse(&options, argc, argv);
    if (!status) {
        status = run(&options);
    }
    return (int)worst(status, output_finish());
}
