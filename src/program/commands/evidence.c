/* SPDX-License-Identifier: Apache-2.0 */
/* evidence: what a quote or report says, and whether it is genuine. */
#include <limits.h>
#include <stdlib.h>

#include "commands/commands.h"
#include "groups/evidence_options.h"
#include "io/diagnostic.h"
#include "io/input.h"
#include "report/evidence.h"

struct own_options {
    struct files files;
    struct time_options when;
    struct evidence_options evidence;
    bool show_ids;
    bool json;
};

/* What became of the files. */
struct tally {
    enum exit_status status;
    struct evidence_kinds has;
    bool printed;
};

/* The object says all of it: each file has one, and no error follows it. */
static enum exit_status print_json(const struct evidence_answer *a)
{
    return evidence_print_json(output_stream(), a)
               ? a->status
               : diagnostic_no_memory(a->name);
}

static enum exit_status print_text(const struct evidence_answer *a,
                                   struct tally *tally)
{
    FILE *to = output_stream();
    if (tally->printed) {
        fputc('\n', to);
    }
    evidence_print_text(to, a);
    tally->printed = true;
    return a->status == EXIT_REFUSED ? diagnostic_failure(&a->failure)
                                     : a->status;
}

static enum exit_status show(const struct own_options *o,
                             const struct evidence_demands *demands,
                             const char *name, struct tally *tally)
{
    struct evidence_answer answer;
    struct failure failure;
    char *bytes = NULL;
    size_t size = 0;
    enum exit_status status =
        input_small(name, EVIDENCE_MOST_BYTES, "evidence",
                    mrtd_code_name(MRTD_ERR_EVIDENCE_KIND), &bytes, &size);
    if (status) {
        return status;
    }
    status =
        evidence_answer_make(&answer, name, bytes, size, demands, &failure);
    if (status) {
        diagnostic_failure(&failure);
    } else {
        status = o->json ? print_json(&answer) : print_text(&answer, tally);
        evidence_kinds_add(&tally->has, &answer);
    }
    evidence_answer_free(&answer);
    free(bytes);
    return status;
}

static enum exit_status run(void *options)
{
    struct own_options *o = options;
    struct evidence_demands demands;
    struct tally tally = {.status = EXIT_DONE};
    tally.status = expectation_take_time(&o->when);
    if (!tally.status) {
        tally.status =
            evidence_options_take(&o->evidence, o->when.time, &demands);
    }
    if (!tally.status) {
        demands.show_ids = o->show_ids;
        for (int i = 0; i < o->files.operand_count; i++) {
            tally.status = worst(
                tally.status, show(o, &demands, o->files.operands[i], &tally));
        }
        evidence_options_unused(&o->evidence, &tally.has);
    }
    evidence_options_free(&o->evidence);
    return tally.status;
}

static bool check(void *options)
{
    struct own_options *o = options;
    return evidence_options_check(&o->evidence, &o->files);
}

static const struct option_row rows[] = {
    {OPTION("json", JSON, struct own_options, json, OPTION_ALONE,
            "print one JSON object for each file")},
    {OPTION("show-ids", FLAG, struct own_options, show_ids, OPTION_ALONE,
            "show what identifies the machine: PPID, CHIP_ID")},
};

const struct command command_evidence = {
    .word = "evidence",
    .title = "evidence",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .verifies = true,
    .size = sizeof(struct own_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&evidence_options_table, offsetof(struct own_options, evidence)},
             {&time_options_table, offsetof(struct own_options, when)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say whether a quote or report is genuine, and what it says",
    .usage = {"evidence [OPTION]... FILE..."},
    .text = "Verifies the signature of a TDX quote or SEV-SNP report and its "
            "certificates. Says what was verified, what was not, and each "
            "field.",
    .examples = {"mrtd-calc evidence quote.bin",
                 "mrtd-calc evidence --require genuine --vek vcek.der "
                 "report.bin"},
};
