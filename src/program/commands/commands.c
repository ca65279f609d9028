/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/commands.h"

#include "groups/words.h"

static const struct command *const commands[] = {
    &command_measure,
    &command_check_lists,
    &command_show,
    &command_check,
    &command_lint,
    &command_diff,
    &command_reference,
    &command_bundle, /* first: it has --verify, too */
    &command_verify,
    &command_tdinfo,
    &command_id_block,
    &command_id_verify,
    &command_verity,
    &command_cmdline,
    &command_initdata,
    &command_events,
    &command_evidence,
    &command_self_test,
    NULL,
};

const struct program commands_program = {
    .commands = commands,
    .options_of_others = words_of_options,
    .commands_of_others = words_of_commands,
    .overview = words_overview,
    .overview_end = words_overview_end,
};

bool command_is_word(const char *word)
{
    return command_find(&commands_program, word) != NULL;
}
