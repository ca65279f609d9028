/* SPDX-License-Identifier: Apache-2.0 */
/* lint: which VMMs would load an image, and with which MRTD. */
#include <limits.h>

#include "commands/commands.h"
#include "commands/open.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "model/acceptance.h"
#include "report/lint.h"

struct lint_options {
    struct files files;
    struct launching launching;
    bool json;
};

static enum exit_status lint(const struct lint_options *o, const char *name,
                             bool *printed)
{
    struct open_files files;
    struct failure failure;
    struct acceptance r = {.count = 0};
    enum exit_status status =
        open_sources(&files, &r.files, &o->launching.launch, name);
    if (status) {
        return status;
    }
    status = diagnostic_outcome(acceptance_make(&r, &failure), &failure);
    if (!status && !o->json) {
        FILE *to = output_stream();
        if (*printed) {
            fputc('\n', to);
        }
        *printed = true;
        lint_print_text(to, &r);
    } else if (!status && !lint_print_json(output_stream(), &r)) {
        status = diagnostic_no_memory(name);
    }
    acceptance_free(&r);
    open_close(&files, &r.files);
    return status ? status : r.loads ? EXIT_DONE : EXIT_DIFFERS;
}

static enum exit_status run(void *options)
{
    const struct lint_options *o = options;
    enum exit_status status = EXIT_DONE;
    bool printed = false;
    for (int i = 0; i < o->files.operand_count; i++) {
        status = worst(status, lint(o, o->files.operands[i], &printed));
    }
    return status;
}

static bool check(void *options)
{
    struct lint_options *o = options;
    return launching_check(&o->launching, &o->files, command_lint.title,
                           LAUNCHING_ACCEPT);
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct lint_options, json, OPTION_ALONE,
            "print one JSON object for each image")},
};

static const struct option_row rows_vmm[] = {
    {OPTION_CALL("vmm", launching_take_names, OPTION_IS("NAME,...", "a name"),
                 "only these VMMs; '--vmm help' lists them"),
     .repeats = true, .question = &help_of_vmms},
};

#define AT(member) offsetof(struct lint_options, member)
const struct command command_lint = {
    .word = "lint",
    .title = "lint",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct lint_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {OPTION_ROWS(rows_vmm), AT(launching)},
             {&guest_platform_lint, AT(launching)},
             {&guest_kernel, AT(launching)},
             {&launching_files, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say which VMMs would load an image, and whose MRTD is another",
    .usage = {"lint [OPTION]... IMAGE..."},
    .text = "Holds an image against the rules of each VMM, with the message "
            "that the VMM itself would print. Says what it would add and "
            "measure.",
    .examples = {"mrtd-calc lint OVMF.fd",
                 "mrtd-calc lint --platform snp --vmm qemu OVMF.fd"},
};
