/* SPDX-License-Identifier: Apache-2.0 */
/* lint: which VMMs would load an image, and with which MRTD. */
#include <limits.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/launching.h"
#include "commands/spelling.h"
#include "io/diagnostic.h"
#include "model/acceptance.h"
#include "printable.h"
#include "report/lint.h"

struct lint_options {
    struct files files;
    struct launching launching;
    uint64_t loaders; /* bit i: mrtd_loader_at(i); 0: all */
    bool json;
};

static enum exit_status lint(const struct lint_options *o, const char *name,
                             bool *printed)
{
    struct acceptance r = {.loaders = o->loaders};
    enum exit_status status =
        evaluation_open_files(&r.files, &o->launching.launch, name);
    if (status) {
        return status;
    }
    status = acceptance_make(&r);
    if (!status && o->json) {
        status = lint_print_json(&r);
    } else if (!status) {
        output("%s", *printed ? "\n" : "");
        *printed = true;
        lint_print_text(&r);
    }
    acceptance_close(&r);
    return status ? status : r.loads ? EXIT_DONE : EXIT_DIFFERS;
}

static const char *loader_name(size_t index)
{
    const struct mrtd_loader *loader = mrtd_loader_at(index);
    return loader ? loader->name : NULL;
}

static enum exit_status take_loader(struct lint_options *o, const char *name)
{
    const struct mrtd_loader *loader;
    for (size_t i = 0; (loader = mrtd_loader_at(i)); i++) {
        if (strcmp(loader->name, name) == 0) {
            o->loaders |= UINT64_C(1) << i;
            return EXIT_DONE;
        }
    }
    char meant[SPELLING_TEXT];
    return diagnostic_usage(
        "there is no VMM '%s' to lint for; 'mrtd-calc lint --vmm help' lists "
        "them%s",
        printable(name), spelling_meant(meant, "", name, loader_name));
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
    bool good = true;
    for (unsigned i = 0; good && i < o->launching.vmm_count; i++) {
        good = !take_loader(o, o->launching.vmms[i]);
    }
    return good && launching_check_vars(&o->launching, &o->files);
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct lint_options, json, OPTION_ALONE,
            "print one JSON object for each image")},
};
static const struct option_table table = OPTION_TABLE(rows);

static const struct option_row rows_vmm[] = {
    {.name = "vmm",
     .kind = OPTION_TAKE,
     .repeats = true,
     .argument = OPTION_IS("NAME,...", "a name"),
     .text = "only these; 'lint --vmm help' lists them",
     .take = launching_take_names,
     .question = &help_of_loaders},
};
static const struct option_table table_vmm = OPTION_TABLE(rows_vmm);

#define AT(member) offsetof(struct lint_options, member)
const struct command command_lint = {
    .word = "lint",
    .title = "lint",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct lint_options),
    .uses = {{&table, 0},
             {&table_vmm, AT(launching)},
             {&launching_vars, AT(launching)},
             {&launching_format, AT(launching)},
             {&launching_limit, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say which VMMs would load an image, and whose MRTD is another",
    .usage = {"lint [OPTION]... IMAGE..."},
    .text = "Holds an image against the rules of each VMM, with the message "
            "that the VMM itself would print. Says what it would add and "
            "measure.",
    .examples = {"mrtd-calc lint OVMF.fd",
                 "mrtd-calc lint --vmm qemu,gce OVMF.fd"},
};
