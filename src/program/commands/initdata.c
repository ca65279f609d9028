/* SPDX-License-Identifier: Apache-2.0 */
/* initdata: what a guest's MRCONFIGID or HOST_DATA is by its initdata. */
#include "report/initdata.h"
#include "commands/commands.h"
#include "commands/expected.h"
#include "groups/initdata_options.h"
#include "groups/verifying.h"
#include "io/diagnostic.h"

struct own_options {
    struct files files;
    struct initdata_options initdata;
    const char *against; /* or NULL */
    struct verifying verifying;
    bool json;
};

static enum exit_status show(const struct own_options *o)
{
    const struct initdata_answer *compared = o->initdata.compared;
    const struct against_evidence *evidence = o->verifying.evidence;
    if (!initdata_print(output_stream(), &o->initdata.made, compared, evidence,
                        o->json)) {
        return diagnostic_no_memory(o->initdata.file);
    }
    return !compared || initdata_verdict(compared, evidence) == AGAINST_MATCH
               ? EXIT_DONE
               : EXIT_DIFFERS;
}

static enum exit_status compare(struct own_options *o)
{
    const struct environment_options none = {.vendor = NULL};
    struct against against;
    enum exit_status status = expectation_take_time(&o->verifying.when);
    if (status) {
        return status;
    }
    status = expected_open(&against, &none, "--against", o->against,
                           MRTD_PLATFORM_TDX, CLAIMS_DETECT, CLAIMS_LENIENT);
    if (status) {
        return status;
    }
    status =
        initdata_options_compare(&o->initdata, &against.claims, o->against);
    status = status ? status : verifying_make(&o->verifying, &against);
    status = status ? status : show(o);
    verifying_free(&o->verifying);
    against_close(&against);
    return status;
}

static enum exit_status run(void *options)
{
    struct own_options *o = options;
    o->initdata.file = o->files.operands[0];
    if (o->against) {
        return compare(o);
    }
    const enum exit_status status = initdata_options_take(&o->initdata);
    return status ? status : show(o);
}

static bool check(void *options)
{
    struct own_options *o = options;
    return verifying_check(&o->verifying, &o->files, o->against) &&
           options_read_stdin_once(&o->files);
}

static const struct option_row rows[] = {
    {OPTION("against", INPUT, struct own_options, against, OPTION_IS_FILE,
            "verify this quote or report, compare with its field")},
    {OPTION("json", JSON, struct own_options, json, OPTION_ALONE,
            "print one JSON object")},
};

#define AT(member) offsetof(struct own_options, member)
const struct command command_initdata = {
    .word = "initdata",
    .title = "initdata",
    .fewest_files = 1,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .verifies = true,
    .size = sizeof(struct own_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&time_options_table, AT(verifying.when)},
             {&evidence_options_table, AT(verifying.options)},
             {&verifying_options, AT(verifying)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "print MRCONFIGID and HOST_DATA of an initdata file",
    .usage = {"initdata [OPTION]... FILE"},
    .text = "Hashes the initdata of Confidential Containers (TOML), by whose "
            "digest the host launches a guest. Compares it with a report.",
    .examples = {"mrtd-calc initdata initdata.toml",
                 "mrtd-calc initdata --against quote.bin initdata.toml"},
};
