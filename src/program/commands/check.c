/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: does the MRTD of a quote, a report or a reference value belong to a
 * firmware, launched in any of the known ways? And if not, why?
 */
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "io/diagnostic.h"
#include "model/answer.h"
#include "report/check.h"

/* The firmware, open until open_close(), and the answer about it. */
static enum exit_status make_answer(struct answer *answer,
                                    struct open_files *files,
                                    const struct options *options,
                                    const struct against *against,
                                    const char *name)
{
    struct failure failure;
    *answer = (struct answer){.against = against, .time = options->time};
    const enum exit_status status = expected_open_firmware(
        against, files, &answer->e, &answer->options, &options->launch, name);
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

static void check_one(const struct options *o, const struct against *against,
                      const char *name, struct tally *tally)
{
    struct answer answer;
    struct open_files files;
    enum exit_status status = make_answer(&answer, &files, o, against, name);
    if (status) {
        tally->failure = worst(tally->failure, status);
        return;
    }
    tally->matches += answer.match;
    tally->differing += !answer.match;
    /* Of several images that are no match nothing more is of interest. */
    if (!o->json && (answer.match || o->file_count == 1)) {
        answer_warnings(&answer, open_report_finding, &name);
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
    answer_free(&answer);
    open_close(&files, &answer.e);
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
