/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: does the MRTD of a quote, a report or a reference value, or SEV-SNP's
 * launch digest, belong to a firmware, launched in any of the known ways? And
 * if not, why?
 */
#include <limits.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "groups/boot_options.h"
#include "groups/initdata_options.h"
#include "groups/launching.h"
#include "groups/rtmr0_options.h"
#include "groups/uki_options.h"
#include "groups/verifying.h"
#include "io/diagnostic.h"
#include "model/answer.h"
#include "printable.h"
#include "report/check.h"

struct check_options {
    struct files files;
    struct launching launching;
    struct environment_options environment;
    struct verifying verifying;
    struct initdata_options initdata;
    const char *against;
    int kind; /* enum claims_kind */
    bool json;
    bool explain;
};

/* The firmware, open until open_close(), and the answer about it. */
static enum exit_status make_answer(struct answer *answer,
                                    struct open_files *files,
                                    const struct check_options *options,
                                    const struct against *against,
                                    const char *name)
{
    struct failure failure;
    *answer = (struct answer){.against = against,
                              .evidence = options->verifying.evidence,
                              .time = options->verifying.when.time,
                              .initdata = options->initdata.compared,
                              .only = options->launching.guest.platform};
    const enum exit_status status =
        expected_open_sources(against, files, &answer->e, &answer->options,
                              &options->launching.launch, name);
    if (status) {
        return status;
    }
    if (answer_make(answer, &failure)) {
        answer_free(answer);
        open_close(files, &answer->e);
        return diagnostic_failure(&failure);
    }
    return EXIT_DONE;
}

/* What became of several firmware files. */
struct tally {
    int matches;
    int differing;
    enum exit_status failure;
};

static void check_one(const struct check_options *o,
                      const struct against *against, const char *name,
                      struct tally *tally)
{
    struct answer answer;
    struct open_files files;
    enum exit_status status = make_answer(&answer, &files, o, against, name);
    if (status) {
        tally->failure = worst(tally->failure, status);
        return;
    }
    const bool is_match = answer_verdict(&answer) == AGAINST_MATCH;
    tally->matches += is_match;
    tally->differing += !is_match;
    /* Of several images that are no match nothing more is of interest. */
    if (!o->json && (is_match || o->files.operand_count == 1)) {
        answer_warnings(&answer, open_report_finding, &name);
    }
    if (o->json) {
        if (!check_print_json(output_stream(), &answer)) {
            tally->failure = diagnostic_no_memory(name);
        }
    } else if (o->files.operand_count > 1) {
        check_print_line(output_stream(), &answer);
    } else {
        check_print(output_stream(), &answer);
    }
    if (o->explain && answer.has_tdx) {
        check_explain(output_stream(), &answer);
    }
    answer_free(&answer);
    open_close(&files, &answer.e);
}

/* The question is which of the files it is: where one matches, those that are
 * no firmware are not it, but one that cannot be read might have been. */
static enum exit_status outcome(const struct tally *tally)
{
    if (tally->matches > 0 && tally->failure != EXIT_IO) {
        return EXIT_DONE;
    }
    return worst(tally->differing > 0 ? EXIT_DIFFERS : EXIT_DONE,
                 tally->failure);
}

/* Is there something to compare, and to explain? */
static enum exit_status check_platform(const struct check_options *o,
                                       const struct against *against)
{
    const enum mrtd_platform only = o->launching.guest.platform;
    struct failure failure;
    if (answer_check_platform(against, only, &failure)) {
        return diagnostic_failure(&failure);
    }
    return o->explain && !answer_asks_tdx(against, only)
               ? diagnostic_usage("--explain is of platform tdx, and nothing "
                                  "here asks for that")
               : EXIT_DONE;
}

/* Do the other options fit what the firmware is checked against? */
static enum exit_status prepare(struct check_options *o,
                                const struct against *against)
{
    const bool is_snp = o->launching.guest.platform == MRTD_PLATFORM_SNP;
    enum exit_status status =
        boot_options_decide(&o->launching, answer_tdinfo(against) != NULL,
                            answer_asks_snp(against, 0))
            ? check_platform(o, against)
            : EXIT_USAGE;
    if (!status && is_snp) {
        struct environment_own own;
        uint8_t id[ENVIRONMENT_UUID_SIZE];
        status = expectation_take_own(&own, id, &o->environment,
                                      o->launching.guest.platform);
    }
    return status ? status
                  : initdata_options_compare(&o->initdata, &against->claims,
                                             o->against);
}

static enum exit_status check_all(const struct check_options *o,
                                  const struct against *against)
{
    struct tally tally = {.failure = EXIT_DONE};
    const bool is_list = o->files.operand_count > 1 && !o->json;
    if (is_list) {
        check_print_against(output_stream(), against, o->verifying.evidence);
    }
    for (int i = 0; i < o->files.operand_count; i++) {
        check_one(o, against, o->files.operands[i], &tally);
    }
    if (is_list && tally.matches == 0 && tally.differing > 0) {
        check_print_none(output_stream());
    }
    return outcome(&tally);
}

static enum exit_status run(void *options)
{
    struct check_options *o = options;
    struct against against;
    enum exit_status status = expectation_take_time(&o->verifying.when);
    if (status) {
        return status;
    }
    status = expected_open(&against, &o->environment, "--against", o->against,
                           o->launching.guest.platform == MRTD_PLATFORM_SNP
                               ? MRTD_PLATFORM_SNP
                               : MRTD_PLATFORM_TDX,
                           (enum claims_kind)o->kind, CLAIMS_LENIENT);
    if (status) {
        return status;
    }
    status = prepare(o, &against);
    status = status ? status : verifying_make(&o->verifying, &against);
    status = status ? status : check_all(o, &against);
    verifying_free(&o->verifying);
    against_close(&against);
    return status;
}

static bool check(void *options)
{
    struct check_options *o = options;
    o->launching.launch.code_alone = true;
    return options_must(o->against,
                        "check needs a value, evidence or reference values: "
                        "mrtd-calc check FIRMWARE --against X") &&
           OPTIONS_EXCLUDE({"--explain", o->explain}, {"--json", o->json}) &&
           options_must(!o->explain || o->files.operand_count <= 1,
                        "--explain is for a single file") &&
           verifying_check(&o->verifying, &o->files, o->against) &&
           launching_check(&o->launching, &o->files, command_check.title,
                           LAUNCHING_FIND);
}

static enum exit_status take_kind(void *options, const char *value)
{
    struct check_options *o = options;
    o->kind = claims_kind_find(value);
    return o->kind >= 0
               ? EXIT_DONE
               : diagnostic_usage("--kind needs " CLAIMS_KINDS ", not '%s'",
                                  printable(value));
}

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct check_options, member, argument, text)

static const struct option_row rows[] = {
    {OWN("json", JSON, json, OPTION_ALONE,
         "print one JSON object for each image")},
    {OWN(
        "against", INPUT, against, OPTION_IS("X", "an MRTD or a file"),
        "an MRTD or launch digest, or a file: quote, TDREPORT, TDINFO, SEV-SNP "
        "report, JSON, reference values, CoRIM, policy")},
    {OPTION_CALL("kind", take_kind, OPTION_IS_NAME,
                 "what X is (default: by its content): " CLAIMS_KINDS)},
    {OWN("explain", FLAG, explain, OPTION_ALONE,
         "also print a script that computes the MRTD")},
};

#define AT(member) offsetof(struct check_options, member)
const struct command command_check = {
    .word = "check",
    .title = "check",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .verifies = true,
    .size = sizeof(struct check_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&environment_options_table, AT(environment)},
             {&time_options_table, AT(verifying.when)},
             {&evidence_options_table, AT(verifying.options)},
             {&verifying_options, AT(verifying)},
             {&initdata_options, AT(initdata)},
             {&guest_platform_check, AT(launching)},
             {&guest_machine, AT(launching)},
             {&boot_rules, AT(launching)},
             {&rtmr0_inputs, AT(launching)},
             {&uki_options, AT(launching)},
             {&launching_images, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "say whether a quote, report or value fits an image; if not, why",
    .usage = {"check [OPTION]... IMAGE... --against X"},
    .text = "Verifies X if it is evidence, and says whose MRTD, or launch "
            "digest of SEV-SNP, of the image X is: which VMM launches it so, "
            "and with what. If X is nobody's, says which reasons were tried "
            "and what to do.",
    .examples = {"mrtd-calc check OVMF.fd --against quote.bin",
                 "mrtd-calc check OVMF.fd --against snp-report.bin"},
};
