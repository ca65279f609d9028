/* SPDX-License-Identifier: Apache-2.0 */
/* diff: same value or not, and why. */
#include "report/diff.h"
#include "commands/commands.h"
#include "commands/open.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "model/comparison.h"

struct diff_options {
    struct files files;
    struct launching launching;
    bool all;
    bool json;
};

static enum exit_status print(const struct comparison *d, bool json)
{
    if (!json) {
        diff_print_text(output_stream(), d);
    } else if (!diff_print_json(output_stream(), d)) {
        return diagnostic_no_memory(d->sides[0].name);
    }
    return d->same ? EXIT_DONE : EXIT_DIFFERS;
}

/* The files, and what is found in them. */
struct work {
    struct input inputs[2]; /* fd -1: closed, or in files */
    struct open_files files[2];
    struct comparison d;
};

/* Opens a side, and reads it where it is a saved measurement. */
static enum exit_status open_side(struct work *w, unsigned i, const char *name)
{
    struct failure failure;
    struct input *input = &w->inputs[i];
    const enum exit_status status = input_open(input, name);
    if (status) {
        return status;
    }
    const struct evaluation_file file = open_as_file(input);
    return diagnostic_outcome(
        side_read(&w->d.sides[i], &file, w->d.options->platform, &failure),
        &failure);
}

static enum exit_status measure_side(struct work *w, unsigned i,
                                     const struct launch_options *options)
{
    struct failure failure;
    struct side *side = &w->d.sides[i];
    const struct input input = w->inputs[i];
    w->inputs[i].fd = -1;
    const enum exit_status status =
        open_evaluation_of(&w->files[i], &side->evaluation, options, &input);
    if (status) {
        return status;
    }
    return diagnostic_outcome(side_measure(side, &failure), &failure);
}

static enum exit_status diff(struct work *w, struct diff_options *o)
{
    struct comparison *d = &w->d;
    struct launch_options *launch = &o->launching.launch;
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    for (unsigned i = 0; i < 2 && !status; i++) {
        status = open_side(w, i, o->files.operands[i]);
    }
    if (!status && comparison_choose_vmm(d, launch, &failure)) {
        status = diagnostic_failure(&failure);
    }
    for (unsigned i = 0; i < 2 && !status; i++) {
        if (!d->sides[i].saved) {
            status = measure_side(w, i, launch);
        }
    }
    if (!status && comparison_make(d, &failure)) {
        status = diagnostic_failure(&failure);
    }
    return status ? status : print(d, o->json);
}

static enum exit_status run(void *options)
{
    struct diff_options *o = options;
    struct work w = {.d = {.options = &o->launching.launch, .all = o->all}};
    for (unsigned i = 0; i < 2; i++) {
        w.inputs[i].fd = -1;
        open_nothing(&w.files[i]);
    }
    const enum exit_status status = diff(&w, o);
    for (unsigned i = 0; i < 2; i++) {
        open_close(&w.files[i], &w.d.sides[i].evaluation);
        input_close(&w.inputs[i]);
    }
    comparison_free(&w.d);
    return status;
}

static bool check(void *options)
{
    struct diff_options *o = options;
    return launching_check_pair(&o->launching, &o->files);
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct diff_options, json, OPTION_ALONE,
            "print one JSON object")},
    {OPTION("all", FLAG, struct diff_options, all, OPTION_ALONE,
            "list all that differs")},
};

#define AT(member) offsetof(struct diff_options, member)
const struct command command_diff = {
    .word = "diff",
    .title = "diff",
    .fewest_files = 2,
    .most_files = 2,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct diff_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&launching_vmm, AT(launching)},
             {&guest_platform_lint, AT(launching)},
             {&guest_machine, AT(launching)},
             {&launching_how, AT(launching)},
             {&launching_whole, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say whether two images have the same value, and why not",
    .usage = {"diff [OPTION]... A B"},
    .text = "Compares MRTD or launch digest, metadata, modules and bytes of "
            "two images, and names what can be the cause. Of TDX, A or B may "
            "be saved by 'show --json'.",
    .examples = {"mrtd-calc diff release.fd mine.fd",
                 "mrtd-calc diff --json release.json mine.fd"},
};
