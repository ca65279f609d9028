/* SPDX-License-Identifier: Apache-2.0 */
/* events: what a TD's event log says, and whether it is that of its quote. */
#include <stddef.h>
#include <stdlib.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "commands/open.h"
#include "groups/boot_options.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "model/boot_answer.h"
#include "model/event_boot.h"
#include "report/event_log.h"

struct events_options {
    struct files files;
    struct launching launching;
    const char *firmware; /* or NULL */
    const char *against;  /* or NULL */
    bool json;
};

static enum exit_status print(const struct events_options *o,
                              const struct event_log *log,
                              const struct event_boot *boot)
{
    if (!o->json) {
        event_log_text(output_stream(), log, boot);
    } else if (!event_log_json(output_stream(), log, boot, o->against)) {
        return diagnostic_no_memory(log->name);
    }
    return log->differs || (boot->is_asked && !boot->match) ? EXIT_DIFFERS
                                                            : EXIT_DONE;
}

/* Beside what the kernel and the other files make, if they were given. */
static enum exit_status show_beside(const struct events_options *o,
                                    const struct event_log *log)
{
    const struct launch_options *launch = &o->launching.launch;
    struct event_boot boot = {.is_asked = false};
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    if (!o->firmware && !boot_answer_is_asked(launch)) {
        return print(o, log, &boot);
    }
    enum exit_status status = open_boot(&files, &e, launch, o->firmware);
    if (status) {
        return status;
    }
    status = event_boot_make(&boot, &e, log, &failure);
    status = status ? diagnostic_failure(&failure) : print(o, log, &boot);
    event_boot_free(&boot);
    open_close(&files, &e);
    return status;
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
    status = status ? diagnostic_failure(&failure) : show_beside(o, &log);
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
    o->launching.guest.platform = MRTD_PLATFORM_TDX;
    o->launching.launch.code_alone = true;
    return launching_check(&o->launching, &o->files, command_events.title,
                           LAUNCHING_FIND) &&
           boot_options_decide(&o->launching, true, false);
}

static const struct option_row rows[] = {
    {OPTION("against", INPUT, struct events_options, against, OPTION_IS_FILE,
            "compare with the registers of this quote or report")},
    {OPTION("firmware-image", INPUT, struct events_options, firmware,
            OPTION_IS_FILE,
            "the image that starts the kernel (default: OVMF, or by the log)")},
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
    .uses = {{OPTION_ROWS(rows), 0},
             {&guest_boot, offsetof(struct events_options, launching)},
             {&boot_rules, offsetof(struct events_options, launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "read a TD's event log, and compare it with a quote",
    .usage = {"events [OPTION]... LOG"},
    .text =
        "Lists the events of a TD's log (CCEL; JSON of Trustee or dstack), "
        "replays them. Says whether RTMR0 to RTMR3 are as it reports, and with "
        "a kernel or a command line which event is not of them, and why.",
    .examples = {"mrtd-calc events /sys/firmware/acpi/tables/data/CCEL",
                 "mrtd-calc events --kernel bzImage --cmdline line.txt "
                 "ccel.bin"},
};
