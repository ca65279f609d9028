/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <limits.h>

static const struct command commands[COMMAND_COUNT] = {
    [COMMAND_MEASURE] = {NULL, "printing MRTDs", 1, INT_MAX, command_measure},
    [COMMAND_CHECK_LISTS] = {NULL, "-c", 1, INT_MAX, command_check_lists},
    [COMMAND_SHOW] = {"show", "show", 1, INT_MAX, command_show},
    [COMMAND_CHECK] = {"check", "check", 1, INT_MAX, command_check},
    [COMMAND_TDINFO] = {"tdinfo", "tdinfo", 0, 1, command_tdinfo},
    [COMMAND_LINT] = {"lint", "lint", 1, INT_MAX, command_lint},
    [COMMAND_DIFF] = {"diff", "diff", 2, 2, command_diff},
    [COMMAND_REFERENCE] = {"reference", "reference", 1, INT_MAX,
                           command_reference},
    [COMMAND_VERIFY] = {NULL, "reference --verify", 1, INT_MAX, command_verify},
    [COMMAND_BUNDLE] = {NULL, "reference --manifest", 0, 0, command_bundle},
    [COMMAND_SELF_TEST] = {"self-test", "self-test", 0, 0, command_self_test},
    [COMMAND_VERSION] = {NULL, "--version", 0, INT_MAX, command_version},
    [COMMAND_HELP] = {NULL, "--help", 0, INT_MAX, command_help},
    [COMMAND_VMM_HELP] = {NULL, "--vmm help", 0, INT_MAX, command_vmm_help},
    [COMMAND_LOADER_HELP] = {NULL, "lint --vmm help", 0, INT_MAX,
                             command_loader_help},
    [COMMAND_FORMAT_HELP] = {NULL, "--format help", 0, INT_MAX,
                             command_format_help},
};

const struct command *command_at(enum command_id id)
{
    return &commands[id];
}
