/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/commands.h"

#include <string.h>

#include "io/input.h"
#include "io/sandbox.h"
#include "io/warden.h"

const struct command *command_at(size_t index)
{
    static const struct command *const commands[] = {
        &command_measure,   &command_check_lists, &command_show,
        &command_check,     &command_lint,        &command_diff,
        &command_reference, &command_verify,      &command_bundle,
        &command_tdinfo,    &command_self_test,
    };
    return index < sizeof commands / sizeof *commands ? commands[index] : NULL;
}

const char *command_word(size_t index)
{
    const struct command *c;
    for (size_t i = 0; (c = command_at(i)); i++) {
        if (c->word && !c->option && index-- == 0) {
            return c->word;
        }
    }
    return NULL;
}

const struct command *command_find(const char *word)
{
    const struct command *c = NULL;
    for (size_t i = 0; (c = command_at(i)); i++) {
        if (c->word && !c->option && strcmp(word, c->word) == 0) {
            break;
        }
    }
    return c;
}

bool command_is_word(const char *word)
{
    return command_find(word) != NULL;
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

static enum exit_status prepare(const struct command *c, const struct files *f)
{
    if (needs_warden(c, f)) {
        return prepare_worker(c, f);
    }
    const enum exit_status status =
        c->inputs == INPUTS_NAMED ? keep_inputs(f) : EXIT_DONE;
    return worst(status, sandbox_seal());
}

enum exit_status command_run(const struct call *call)
{
    const struct command *c = call->command;
    const enum exit_status status =
        call->question ? sandbox_seal() : prepare(c, call->options);
    if (status) {
        return status;
    }
    if (call->question) {
        return call->question->answer(c, call->more);
    }
    if (!c->is_long) {
        output_by_lines();
    }
    return c->run(call->options);
}
