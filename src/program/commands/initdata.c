/* SPDX-License-Identifier: Apache-2.0 */
/* initdata: what a guest's MRCONFIGID or HOST_DATA is by its initdata. */
#include "report/initdata.h"
#include "commands/commands.h"
#include "commands/expected.h"
#include "groups/initdata_options.h"
#include "io/diagnostic.h"

struct own_options {
    struct files files;
    struct initdata_options initdata;
    const char *against; /* or NULL */
    bool json;
};

static enum exit_status run(void *options)
{
    struct own_options *o = options;
    const struct environment_options none = {.vendor = NULL};
    struct against against = {.name = o->against};
    enum exit_status status = EXIT_DONE;
    o->initdata.file = o->files.operands[0];
    if (!o->against) {
        status = initdata_options_take(&o->initdata);
    } else {
        status =
            expected_open(&against, &none, "--against", o->against,
                          MRTD_PLATFORM_TDX, CLAIMS_DETECT, CLAIMS_LENIENT);
        if (!status) {
            status = initdata_options_compare(&o->initdata, &against.claims,
                                              o->against);
        }
    }
    if (!status && !initdata_print(output_stream(), &o->initdata.made,
                                   o->initdata.compared, o->json)) {
        status = diagnostic_no_memory(o->initdata.file);
    }
    against_close(&against);
    return !status && o->initdata.compared && !o->initdata.compared->same
               ? EXIT_DIFFERS
               : status;
}

static bool check(void *options)
{
    struct own_options *o = options;
    return options_read_stdin_once(&o->files);
}

static const struct option_row rows[] = {
    {OPTION("against", INPUT, struct own_options, against, OPTION_IS_FILE,
            "compare with the field of this quote or report")},
    {OPTION("json", JSON, struct own_options, json, OPTION_ALONE,
            "print one JSON object")},
};

const struct command command_initdata = {
    .word = "initdata",
    .title = "initdata",
    .fewest_files = 1,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct own_options),
    .uses = {{OPTION_ROWS(rows), 0}, {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "print MRCONFIGID and HOST_DATA of an initdata file",
    .usage = {"initdata [OPTION]... FILE"},
    .text = "Hashes the initdata of Confidential Containers (TOML), by whose "
            "digest the host launches a guest. Compares it with a report.",
    .examples = {"mrtd-calc initdata initdata.toml",
                 "mrtd-calc initdata --against quote.bin initdata.toml"},
};
