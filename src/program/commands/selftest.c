/* SPDX-License-Identifier: Apache-2.0 */
/* self-test: does this program, on this CPU, compute what is known? */
#include "commands/commands.h"
#include "io/diagnostic.h"
#include "model/known_answers.h"
#include "report/lines.h"

static enum exit_status test(size_t index)
{
    struct known_result r;
    struct failure failure;
    if (known_answers_compute(index, &r, &failure)) {
        return diagnostic_failure(&failure);
    }
    lines_known_answer(output_stream(), &r);
    if (!r.good) {
        diagnostic("self-test: %s (%s): computed %s, known is %s", r.name,
                   r.vmm, r.computed, r.known);
    }
    return r.good ? EXIT_DONE : EXIT_DIFFERS;
}

static enum exit_status run(void *options)
{
    (void)options;
    const size_t count = known_answers_count();
    enum exit_status status = EXIT_DONE;
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        const enum exit_status one = test(i);
        good += one == EXIT_DONE;
        status = worst(status, one);
    }
    lines_known_answers(output_stream(), good, count);
    return status;
}

const struct command command_self_test = {
    .word = "self-test",
    .title = "self-test",
    .inputs = INPUTS_NONE,
    .size = sizeof(struct files),
    .uses = {{&options_of_all, 0}},
    .run = run,
    .about = "run the built-in known answers",
    .usage = {"self-test"},
    .text = "Computes MRTDs that are known from elsewhere, with each engine of "
            "this CPU. Prints a line for each.",
    .examples = {"mrtd-calc self-test", "mrtd-calc --version -v"},
};
