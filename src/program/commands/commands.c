/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/commands.h"

#include <limits.h>
#include <string.h>

#include "commands/spelling.h"
#include "io/input.h"
#include "io/sandbox.h"
#include "io/warden.h"

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
    [COMMAND_REFERENCE] = {"reference", "reference", 1, INT_MAX, INPUTS_NAMED,
                           command_reference},
    [COMMAND_VERIFY] = {NULL, "reference --verify", 1, INT_MAX, INPUTS_NAMED,
                        command_verify},
    [COMMAND_BUNDLE] = {NULL, "reference --release", 0, 0, INPUTS_BY_COMMAND,
                        command_bundle},
    [COMMAND_SELF_TEST] = {"self-test", "self-test", 0, 0, INPUTS_NONE,
                           command_self_test},
    [COMMAND_VERSION] = {NULL, "--version", 0, INT_MAX, INPUTS_NONE,
                         command_version},
    [COMMAND_HELP] = {NULL, "--help", 0, INT_MAX, INPUTS_NONE, command_help},
    [COMMAND_VMM_HELP] = {NULL, "--vmm help", 0, INT_MAX, INPUTS_NONE,
                          command_vmm_help},
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

bool command_find(const char *word, enum command_id *id)
{
    for (unsigned i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].word && strcmp(word, commands[i].word) == 0) {
            *id = i;
            return true;
        }
    }
    return false;
}

bool command_is_word(const char *word)
{
    enum command_id id;
    return command_find(word, &id);
}

enum exit_status command_check_operands(const struct options *o)
{
    return spelling_check_operands(o->files, o->file_count, command_word);
}

/* Opens all files that the command line names to be read. */
static enum exit_status keep_inputs(const struct files *f)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < f->input_count; i++) {
        status = input_keep(f->inputs[i]);
    }
    for (int i = 0; !status && i < f->operand_count; i++) {
        status = input_keep(f->operands[i]);
    }
    return status;
}

/* Is there more to do than to read a few files and to print? */
static bool needs_warden(const struct command *c, const struct files *f)
{
    bool writes = false;
    for (size_t i = 0; i < f->output_count; i++) {
        writes |= strcmp(f->outputs[i].path, "-") != 0;
    }
    return c->inputs == INPUTS_BY_COMMAND || writes || f->signing.key ||
           (c->inputs == INPUTS_NAMED &&
            !input_can_keep((size_t)f->operand_count + f->input_count));
}

static enum exit_status prepare_worker(const struct command *c,
                                       const struct files *f)
{
    enum exit_status status = warden_start(f);
    if (status) {
        return status;
    }
    input_raise_limit();
    status = sandbox_seal();
    if (!status) {
        status = keep_inputs(f);
    }
    if (!status && c->inputs == INPUTS_NAMED) {
        warden_close_names();
    }
    return status;
}

enum exit_status command_run(struct options *options)
{
    const struct command *c = command_at(options->command);
    const struct files files = options_files(options);
    enum exit_status status = EXIT_DONE;
    if (needs_warden(c, &files)) {
        status = prepare_worker(c, &files);
    } else {
        if (c->inputs == INPUTS_NAMED) {
            status = keep_inputs(&files);
        }
        status = worst(status, sandbox_seal());
    }
    if (status) {
        return status;
    }
    /* What show prints may have a million lines, and is no verdict. */
    if (options->command != COMMAND_SHOW) {
        output_by_lines();
    }
    return c->run(options);
}
