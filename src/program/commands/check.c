/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: does the MRTD of a quote, a report or a reference value belong to a
 * firmware, launched in any of the known ways? And if not, why?
 */
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "io/diagnostic.h"
#include "io/digests.h"
#include "model/answer.h"
#include "report/check.h"

static void report_warning(void *context, const struct mrtd_finding *finding)
{
    const struct answer *answer = context;
    diagnostic_finding(answer->e.name, finding);
}

static enum exit_status open_firmware(struct answer *answer,
                                      const struct options *options,
                                      const struct against *against,
                                      const char *name)
{
    memset(answer, 0, sizeof *answer);
    answer->against = against;
    answer->time = options->time;
    enum exit_status status = against_evaluate(
        against, &answer->e, &answer->options, &options->launch, name);
    if (status) {
        return status;
    }
    status = answer_make(answer);
    if (!status &&
        !digests_make(&answer->e.source, answer->sha256, answer->sha384,
                      claims_need_sha512(&against->claims) ? answer->sha512
                                                           : NULL)) {
        status = evaluation_read_failed(&answer->e);
    }
    if (status) {
        answer_close(answer);
    }
    return status;
}

/* What became of several firmware files. */
struct tally {
    int matches;
    int differing;
    enum exit_status failure;
};

static void check_one(const struct options *o, const struct against *against,
                      const char *name, struct tally *tally)
{
    struct answer answer;
    enum exit_status status = open_firmware(&answer, o, against, name);
    if (status) {
        tally->failure = worst(tally->failure, status);
        return;
    }
    tally->matches += answer.match;
    tally->differing += !answer.match;
    /* Of several images that are no match nothing more is of interest. */
    if (!o->json && (answer.match || o->file_count == 1)) {
        answer_warnings(&answer, report_warning, &answer);
    }
    if (o->json) {
        if (!check_print_json(output_stream(), &answer)) {
            tally->failure = diagnostic_no_memory(name);
        }
    } else if (o->file_count > 1) {
        check_print_line(output_stream(), &answer);
    } else {
        check_print(output_stream(), &answer);
    }
    if (o->explain) {
        check_explain(output_stream(), &answer);
    }
    answer_close(&answer);
}

enum exit_status command_check(struct options *options)
{
    struct against against;
    struct tally tally = {.failure = EXIT_DONE};
    enum exit_status status = expected_take_time(options);
    if (status) {
        return status;
    }
    status = expected_open(&against, options, "--against", options->against,
                           (enum claims_kind)options->kind, CLAIMS_LENIENT);
    if (status) {
        return status;
    }
    if (options->file_count > 1 && !options->json) {
        check_print_against(output_stream(), &against);
    }
    for (int i = 0; i < options->file_count; i++) {
        check_one(options, &against, options->files[i], &tally);
    }
    against_close(&against);
    if (options->file_count > 1 && !options->json && tally.matches == 0 &&
        tally.differing > 0) {
        check_print_none(output_stream());
    }
    /* The question is which of the files it is; those that are no firmware
     * are not it. */
    if (tally.failure == EXIT_IO) {
        return EXIT_IO;
    }
    if (tally.matches > 0) {
        return EXIT_DONE;
    }
    return tally.differing > 0 ? EXIT_DIFFERS : tally.failure;
}
