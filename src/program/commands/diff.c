/* SPDX-License-Identifier: Apache-2.0 */
/* diff: same MRTD or not, and why. */
#include <string.h>

#include "commands/commands.h"
#include "commands/launching.h"
#include "io/diagnostic.h"
#include "model/comparison.h"
#include "printable.h"
#include "report/diff.h"

struct diff_options {
    struct files files;
    struct launching launching;
    bool all;
    bool json;
};

/* The profile under which the two are compared: that of a saved JSON. */
static enum exit_status choose_profile(const struct comparison *d,
                                       struct launch_options *launch)
{
    const struct side *sides = d->sides;
    for (unsigned i = 0; i < 2; i++) {
        const char *name = sides[i].facts.profile;
        if (!sides[i].saved) {
            continue;
        }
        if (launch->profile_given && strcmp(name, launch->profile->name) != 0) {
            diagnostic_file(sides[i].name,
                            "it was made for the VMM profile '%s', not for "
                            "'%s'; compare under one profile [profile]",
                            printable(name), launch->profile->name);
            return EXIT_REFUSED;
        }
        launch->profile = mrtd_profile_find(name);
        if (!launch->profile) {
            diagnostic_file(sides[i].name,
                            "it was made for the VMM profile '%s', which this "
                            "version does not have [profile]",
                            printable(name));
            return EXIT_REFUSED;
        }
        launch->profile_given = true;
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
    enum exit_status status = EXIT_DONE;
    if (json) {
        status = diff_print_json(d);
    } else {
        diff_print_text(d);
    }
    return worst(status, d->same ? EXIT_DONE : EXIT_DIFFERS);
}

static enum exit_status diff(struct comparison *d, struct diff_options *o)
{
    struct launch_options *launch = &o->launching.launch;
    enum exit_status status = EXIT_DONE;
    for (unsigned i = 0; i < 2 && !status; i++) {
        status = side_open(&d->sides[i], o->files.operands[i]);
    }
    if (!status) {
        status = choose_profile(d, launch);
    }
    for (unsigned i = 0; i < 2 && !status; i++) {
        if (!d->sides[i].saved) {
            status = side_measure(&d->sides[i], launch);
        }
    }
    if (!status) {
        status = compare(d);
    }
    return status ? status : print(d, o->json);
}

static enum exit_status run(void *options)
{
    struct diff_options *o = options;
    struct comparison d = {.options = &o->launching.launch, .all = o->all};
    d.sides[0].input.fd = -1;
    d.sides[1].input.fd = -1;
    enum exit_status status = diff(&d, o);
    comparison_close(&d);
    return status;
}

static bool check(void *options)
{
    struct diff_options *o = options;
    return options_read_stdin_once(&o->files) &&
           launching_check(&o->launching, &o->files, command_diff.title,
                           LAUNCHING_ONE);
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct diff_options, json, OPTION_ALONE,
            "print one JSON object")},
    {OPTION("all", FLAG, struct diff_options, all, OPTION_ALONE,
            "list all that differs")},
};
static const struct option_table table = OPTION_TABLE(rows);

#define AT(member) offsetof(struct diff_options, member)
const struct command command_diff = {
    .word = "diff",
    .title = "diff",
    .fewest_files = 2,
    .most_files = 2,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct diff_options),
    .uses = {{&table, 0},
             {&launching_vmm, AT(launching)},
             {&launching_format, AT(launching)},
             {&launching_how, AT(launching)},
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say whether two images have the same MRTD, and why not",
    .usage = {"diff [OPTION]... A B"},
    .text = "Compares metadata, modules and bytes of two images, and names "
            "what can be the cause. A or B may be saved by 'show --json'.",
    .examples = {"mrtd-calc diff release.fd mine.fd",
                 "mrtd-calc diff --json release.json mine.fd"},
};
