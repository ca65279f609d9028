/* SPDX-License-Identifier: Apache-2.0 */
/* cmdline: the command line that Kata Containers gives a guest. */
#include "commands/commands.h"
#include "groups/kata_options.h"
#include "io/diagnostic.h"
#include "report/kata.h"

struct cmdline_options {
    struct files files;
    struct kata_request kata;
    bool json;
};

static enum exit_status run(void *options)
{
    const struct cmdline_options *o = options;
    struct kata kata;
    struct failure failure;
    const enum exit_status status = kata_make(&kata, &o->kata, &failure);
    if (status) {
        return status == EXIT_USAGE ? diagnostic_usage("%s", failure.message)
                                    : diagnostic_failure(&failure);
    }
    kata_say(&kata, diagnostic_file);
    return kata_print(output_stream(), &kata, o->json)
               ? EXIT_DONE
               : diagnostic_no_memory(NULL);
}

static bool check(void *options)
{
    return kata_options_check(&((struct cmdline_options *)options)->kata);
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct cmdline_options, json, OPTION_ALONE,
            "print one JSON object")},
};

const struct command command_cmdline = {
    .word = "cmdline",
    .title = "cmdline",
    .inputs = INPUTS_NONE,
    .size = sizeof(struct cmdline_options),
    .uses = {{&kata_options, offsetof(struct cmdline_options, kata)},
             {OPTION_ROWS(rows), 0},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "compose the command line of a guest of Kata Containers",
    .usage = {"cmdline --kata VERSION --runtime go|rs [OPTION]..."},
    .text = "Prints the kernel command line that Kata Containers gives a "
            "confidential guest, for --append. It is composed, not captured.",
    .examples = {"mrtd-calc cmdline --kata 3.28.0 --runtime go --platform snp "
                 "--nr-cpus 1",
                 "mrtd-calc cmdline --kata 4.1.0 --runtime go "
                 "--kernel-verity-params \"$LINE\""},
};
