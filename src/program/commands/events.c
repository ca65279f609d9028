/* SPDX-License-Identifier: Apache-2.0 */
/* events: what a TD's event log says, and whether it is that of its quote. */
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "io/diagnostic.h"
#include "model/event_log.h"
#include "report/event_log.h"

struct events_options {
    struct files files;
    const char *against; /* or NULL */
    bool json;
};

static enum exit_status print(const struct events_options *o,
                              const struct event_log *log)
{
    if (!o->json) {
        event_log_text(output_stream(), log);
    } else if (!event_log_json(output_stream(), log, o->against)) {
        return diagnostic_no_memory(log->name);
    }
    return log->differs ? EXIT_DIFFERS : EXIT_DONE;
}

static enum exit_status show(const struct events_options *o,
                             const struct mrtd_evidence *evidence)
{
    const char *name = o->files.operands[0];
    struct event_log log;
    struct failure failure;
    char *bytes = NULL;
    size_t size = 0;
    enum exit_status status = input_small(
        name, MRTD_LOG_MOST_BYTES, "event log", "event-log", &bytes, &size);
    if (status) {
        return status;
    }
    status = event_log_make(&log, name, bytes, size, evidence, &failure);
    status = status ? diagnostic_failure(&failure) : print(o, &log);
    event_log_free(&log);
    free(bytes);
    return status;
}

static enum exit_status run(void *options)
{
    const struct events_options *o = options;
    const struct environment_options none = {.vendor = NULL};
    struct against against;
    struct failure failure;
    if (!o->against) {
        return show(o, NULL);
    }
    enum exit_status status =
        expected_open(&against, &none, "--against", o->against,
                      MRTD_PLATFORM_TDX, CLAIMS_DETECT, CLAIMS_LENIENT);
    if (status) {
        return status;
    }
    const struct mrtd_evidence *evidence =
        event_log_evidence(&against.claims, o->against, &failure);
    status = evidence ? show(o, evidence) : diagnostic_failure(&failure);
    against_close(&against);
    return status;
}

static bool check(void *options)
{
    struct events_options *o = options;
    return options_read_stdin_once(&o->files);
}

static const struct option_row rows[] = {
    {OPTION("against", INPUT, struct events_options, against, OPTION_IS_FILE,
            "compare with the registers of this quote or report")},
    {OPTION("json", JSON, struct events_options, json, OPTION_ALONE,
            "print one JSON object")},
};

const struct command command_events = {
    .word = "events",
    .title = "events",
    .fewest_files = 1,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct events_options),
    .uses = {{OPTION_ROWS(rows), 0}, {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "read a TD's event log, and compare it with a quote",
    .usage = {"events [OPTION]... LOG"},
    .text = "Lists the events of a TD's log (CCEL; JSON of Trustee or dstack), "
            "replays them. Says whether RTMR0 to RTMR3 are as it reports.",
    .examples = {"mrtd-calc events /sys/firmware/acpi/tables/data/CCEL",
                 "mrtd-calc events --against quote.bin ccel.bin"},
};
