/* SPDX-License-Identifier: Apache-2.0 */
/* diff: same MRTD or not, and why. */
#include <string.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "io/diagnostic.h"
#include "model/comparison.h"
#include "model/vmms.h"
#include "printable.h"
#include "report/diff.h"

/* The VMM under which the two are compared: that of a saved JSON. */
static enum exit_status choose_vmm(const struct comparison *d,
                                   struct options *options)
{
    const struct side *sides = d->sides;
    for (unsigned i = 0; i < 2; i++) {
        const char *name = sides[i].facts.vmm;
        if (!sides[i].saved) {
            continue;
        }
        if (options->launch.vmm_given &&
            strcmp(name, options->launch.vmm->name) != 0) {
            diagnostic_file(sides[i].name,
                            "it was made for the VMM '%s', not for "
                            "'%s'; compare under one VMM [profile]",
                            printable(name), options->launch.vmm->name);
            return EXIT_REFUSED;
        }
        options->launch.vmm = vmms_find(name, strlen(name));
        if (!options->launch.vmm) {
            diagnostic_file(sides[i].name,
                            "it was made for the VMM '%s', which this "
                            "version does not have [profile]",
                            printable(name));
            return EXIT_REFUSED;
        }
        options->launch.vmm_given = true;
    }
    return EXIT_DONE;
}

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
    return side_read(&w->d.sides[i], &file, &failure)
               ? diagnostic_failure(&failure)
               : EXIT_DONE;
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
    return side_measure(side, &failure) ? diagnostic_failure(&failure)
                                        : EXIT_DONE;
}

static enum exit_status diff(struct work *w, struct options *options)
{
    struct comparison *d = &w->d;
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    for (unsigned i = 0; i < 2 && !status; i++) {
        status = open_side(w, i, options->files[i]);
    }
    if (!status) {
        status = choose_vmm(d, options);
    }
    for (unsigned i = 0; i < 2 && !status; i++) {
        if (!d->sides[i].saved) {
            status = measure_side(w, i, &options->launch);
        }
    }
    if (!status && comparison_make(d, &failure)) {
        status = diagnostic_failure(&failure);
    }
    return status ? status : print(d, options->json);
}

enum exit_status command_diff(struct options *options)
{
    struct work w = {.d = {.options = &options->launch, .all = options->all}};
    for (unsigned i = 0; i < 2; i++) {
        w.inputs[i].fd = -1;
        w.files[i].file.fd = -1;
        w.files[i].vars.fd = -1;
        w.files[i].payload.fd = -1;
    }
    const enum exit_status status = diff(&w, options);
    for (unsigned i = 0; i < 2; i++) {
        open_close(&w.files[i], &w.d.sides[i].evaluation);
        input_close(&w.inputs[i]);
    }
    comparison_free(&w.d);
    return status;
}
