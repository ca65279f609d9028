/* SPDX-License-Identifier: Apache-2.0 */
/* diff: same MRTD or not, and why. */
#include <string.h>

#include "commands/commands.h"
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

static enum exit_status compare(struct comparison *d)
{
    comparison_facts(d);
    if (!d->bytes) {
        return EXIT_DONE;
    }
    enum exit_status status =
        ranges_find(&d->sides[0], &d->sides[1], &d->ranges);
    if (!status &&
        !volume_compare(&d->sides[0].map, &d->sides[1].map, &d->changes)) {
        diagnostic("out of memory");
        status = EXIT_IO;
    }
    return status;
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

static enum exit_status diff(struct comparison *d, struct options *options)
{
    enum exit_status status = EXIT_DONE;
    for (unsigned i = 0; i < 2 && !status; i++) {
        status = side_open(&d->sides[i], options->files[i]);
    }
    if (!status) {
        status = choose_vmm(d, options);
    }
    for (unsigned i = 0; i < 2 && !status; i++) {
        if (!d->sides[i].saved) {
            status = side_measure(&d->sides[i], &options->launch);
        }
    }
    if (!status) {
        status = compare(d);
    }
    return status ? status : print(d, options->json);
}

enum exit_status command_diff(struct options *options)
{
    struct comparison d = {.options = &options->launch, .all = options->all};
    d.sides[0].input.fd = -1;
    d.sides[1].input.fd = -1;
    enum exit_status status = diff(&d, options);
    comparison_close(&d);
    return status;
}
