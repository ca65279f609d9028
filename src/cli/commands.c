/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <limits.h>
#include <string.h>

#include "cli/input.h"
#include "cli/sandbox.h"
#include "cli/spelling.h"

static const struct command commands[COMMAND_COUNT] = {
    [COMMAND_MEASURE] = {NULL, "printing MRTDs", 1, INT_MAX, INPUTS_NAMED,
                         command_measure},
    [COMMAND_CHECK_LISTS] = {NULL, "-c", 1, INT_MAX, INPUTS_BY_COMMAND,
                             command_check_lists},
    [COMMAND_SHOW] = {"show", "show", 1, INT_MAX, INPUTS_NAMED, command_show},
    [COMMAND_CHECK] = {"check", "check", 1, INT_MAX, INPUTS_NAMED,
                       command_check},
    [COMMAND_TDINFO] = {"tdinfo", "tdinfo", 0, 1, INPUTS_NAMED, command_tdinfo},
    [COMMAND_LINT] = {"lint", "lint", 1, INT_MAX, INPUTS_NAMED, command_lint},
    [COMMAND_DIFF] = {"diff", "diff", 2, 2, INPUTS_NAMED, command_diff},
    [COMMAND_REFERENCE] = {"reference", "reference", 1, INT_MAX,
                           INPUTS_BY_COMMAND, command_reference},
    [COMMAND_VERIFY] = {NULL, "reference --verify", 1, INT_MAX,
                        INPUTS_BY_COMMAND, command_verify},
    [COMMAND_BUNDLE] = {NULL, "reference --manifest", 0, 0, INPUTS_BY_COMMAND,
                        command_bundle},
    [COMMAND_SELF_TEST] = {"self-test", "self-test", 0, 0, INPUTS_NONE,
                           command_self_test},
    [COMMAND_VERSION] = {NULL, "--version", 0, INT_MAX, INPUTS_NONE,
                         command_version},
    [COMMAND_HELP] = {NULL, "--help", 0, INT_MAX, INPUTS_NONE, command_help},
    [COMMAND_VMM_HELP] = {NULL, "--vmm help", 0, INT_MAX, INPUTS_NONE,
                          command_vmm_help},
    [COMMAND_LOADER_HELP] = {NULL, "lint --vmm help", 0, INT_MAX, INPUTS_NONE,
                             command_loader_help},
    [COMMAND_FORMAT_HELP] = {NULL, "--format help", 0, INT_MAX, INPUTS_NONE,
                             command_format_help},
};

const struct command *command_at(enum command_id id)
{
    return &commands[id];
}

static const char *command_word(size_t index)
{
    size_t words = 0;
    for (unsigned id = 0; id < COMMAND_COUNT; id++) {
        if (commands[id].word && words++ == index) {
            return commands[id].word;
        }
    }
    return NULL;
}

enum exit_status command_choose(struct options *o, bool before_dashes)
{
    if (o->lists) {
        o->command = COMMAND_CHECK_LISTS;
        return EXIT_DONE;
    }
    if (o->file_count == 0 || !before_dashes) {
        return EXIT_DONE;
    }
    for (unsigned id = 0; id < COMMAND_COUNT; id++) {
        if (commands[id].word && strcmp(o->files[0], commands[id].word) == 0) {
            o->command = id != COMMAND_REFERENCE ? id
                         : o->reference.verify   ? COMMAND_VERIFY
                         : o->manifest           ? COMMAND_BUNDLE
                                                 : id;
            o->files++;
            o->file_count--;
            return EXIT_DONE;
        }
    }
    return spelling_check_operands(o->files, o->file_count, command_word);
}

void command_keep_inputs(const struct options *o)
{
    const char *const others[] = {o->vars, o->payload, o->against, o->manifest,
                                  o->reference.verify};
    for (int i = 0; i < o->file_count; i++) {
        input_keep(o->files[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i]) {
            input_keep(others[i]);
        }
    }
}

enum exit_status command_run(struct options *options)
{
    const struct command *c = command_at(options->command);
    if (c->inputs == INPUTS_NAMED) {
        command_keep_inputs(options);
    }
    /* What show prints may have a million lines, and is no verdict. */
    if (options->command != COMMAND_SHOW) {
        output_by_lines();
    }
    (c->inputs == INPUTS_BY_COMMAND ? sandbox_enter : sandbox_seal)(options);
    return c->run(options);
}
