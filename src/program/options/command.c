/* SPDX-License-Identifier: Apache-2.0 */
#include "options/command.h"

#include <string.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "io/key.h"
#include "io/sandbox.h"
#include "io/warden.h"

static bool is_word(const struct command *c)
{
    return c->word && !c->option;
}

const char *command_word(const void *program, size_t index)
{
    const struct program *p = program;
    const struct command *c;
    for (size_t i = 0; (c = p->commands[i]); i++) {
        if (is_word(c) && index-- == 0) {
            return c->word;
        }
    }
    return NULL;
}

const struct command *command_find(const struct program *p, const char *word)
{
    const struct command *c = NULL;
    for (size_t i = 0; (c = p->commands[i]); i++) {
        if (is_word(c) && strcmp(word, c->word) == 0) {
            break;
        }
    }
    return c;
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
    return c->inputs == INPUTS_BY_COMMAND || writes ||
           f->signing.keys[0].file ||
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
    if (c->verifies && !call->question && !key_begin()) {
        return diagnostic_no_memory(NULL);
    }
    const enum exit_status status =
        call->question ? sandbox_seal() : prepare(c, call->options);
    if (status) {
        return status;
    }
    if (call->question) {
        return call->question->answer(call);
    }
    if (!c->is_long) {
        output_by_lines();
    }
    return c->run(call->options);
}
