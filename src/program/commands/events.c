/* SPDX-License-Identifier: Apache-2.0 */
/* events: what a TD's event log says, and whether it is that of its quote. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "commands/open.h"
#include "groups/boot_options.h"
#include "groups/launching.h"
#include "groups/rtmr0_options.h"
#include "groups/uki_options.h"
#include "groups/verifying.h"
#include "io/diagnostic.h"
#include "model/boot_answer.h"
#include "model/event_boot.h"
#include "options/values.h"
#include "printable.h"
#include "report/event_log.h"

struct events_options {
    struct files files;
    struct launching launching;
    const char *firmware; /* or NULL */
    const char *against;  /* or NULL */
    struct verifying verifying;
    bool json;
    struct event_replacement replacements[EVENT_REPLACE_MOST];
    size_t replacement_count;
};

static enum exit_status print(const struct events_options *o,
                              const struct event_log *log,
                              const struct event_boot *boot)
{
    const struct against_evidence *evidence = o->verifying.evidence;
    if (!o->json) {
        event_log_text(output_stream(), log, boot, evidence);
    } else if (!event_log_json(output_stream(), log, boot, o->against,
                               evidence)) {
        return diagnostic_no_memory(log->name);
    }
    return event_log_verdict(log, boot, evidence) == AGAINST_MATCH
               ? EXIT_DONE
               : EXIT_DIFFERS;
}

/* Measures the file of a replacement. */
static enum exit_status measure(struct event_replacement *replacement,
                                const struct event_log *log)
{
    struct input input;
    struct failure failure;
    enum exit_status status = input_open(&input, replacement->file);
    if (status) {
        return status;
    }
    const struct evaluation_file file = open_as_file(&input);
    status = event_replace_measure(replacement, log, &file, &failure);
    status = status ? diagnostic_failure(&failure) : status;
    input_close(&input);
    return status;
}

static enum exit_status replace(struct events_options *o, struct event_log *log)
{
    struct failure failure;
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; !status && i < o->replacement_count; i++) {
        if (o->replacements[i].file) {
            status = measure(&o->replacements[i], log);
        }
    }
    if (status || o->replacement_count == 0) {
        return status;
    }
    status =
        event_replace(log, o->replacements, o->replacement_count, &failure);
    return status ? diagnostic_failure(&failure) : status;
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

static enum exit_status show(struct events_options *o,
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
    status = status ? diagnostic_failure(&failure) : replace(o, &log);
    status = status ? status : show_beside(o, &log);
    event_log_free(&log);
    free(bytes);
    return status;
}

static enum exit_status run(void *options)
{
    struct events_options *o = options;
    const struct environment_options none = {.vendor = NULL};
    struct against against;
    struct failure failure;
    if (!o->against) {
        return show(o, NULL);
    }
    enum exit_status status = expectation_take_time(&o->verifying.when);
    if (status) {
        return status;
    }
    status = expected_open(&against, &none, "--against", o->against,
                           MRTD_PLATFORM_TDX, CLAIMS_DETECT, CLAIMS_LENIENT);
    if (status) {
        return status;
    }
    const struct mrtd_evidence *evidence =
        event_log_evidence(&against.claims, o->against, &failure);
    status = evidence ? verifying_make(&o->verifying, &against)
                      : diagnostic_failure(&failure);
    status = status ? status : show(o, evidence);
    verifying_free(&o->verifying);
    against_close(&against);
    return status;
}

/* N=HEX or N=@FILE, N as the list of events has it. */
static enum exit_status take_replacement(void *options, const char *value)
{
    struct events_options *o = options;
    char number[16] = "";
    uint64_t index = 0;
    const char *what = strchr(value, '=');
    struct event_replacement r = {.file = NULL};
    const size_t len = what ? (size_t)(what - value) : 0;
    if (len > 0 && len < sizeof number) {
        memcpy(number, value, len);
    }
    if (what && what[1] == '@' && what[2]) {
        r.file = what + 2;
    }
    r.digest.algorithm = MRTD_ALGORITHM_SHA384;
    r.digest.size = MRTD_DIGEST_SIZE;
    if (!option_number(number, MRTD_LOG_MOST_EVENTS - 1, &index) ||
        (!r.file &&
         !option_hex_bytes(what + 1, r.digest.bytes, MRTD_DIGEST_SIZE))) {
        return diagnostic_usage("--replace needs the number of an event and "
                                "its new digest, N=HEX of 96 digits, or the "
                                "file that is measured, N=@FILE, not '%s'",
                                printable(value));
    }
    r.index = (size_t)index;
    for (size_t i = 0; i < o->replacement_count; i++) {
        if (o->replacements[i].index == r.index) {
            return diagnostic_usage("--replace %zu is given twice", r.index);
        }
    }
    if (o->replacement_count == EVENT_REPLACE_MOST) {
        return diagnostic_usage("--replace is given more than %d times",
                                EVENT_REPLACE_MOST);
    }
    o->replacements[o->replacement_count++] = r;
    return EXIT_DONE;
}

_Static_assert(FILES_MOST_INPUTS > EVENT_REPLACE_MOST + 20,
               "there is room beside the files of other options");

/* Files of --replace are inputs as those of other options. */
static bool add_files(struct events_options *o)
{
    for (size_t i = 0; i < o->replacement_count; i++) {
        if (o->replacements[i].file) {
            o->files.inputs[o->files.input_count++] = o->replacements[i].file;
        }
    }
    return options_read_stdin_once(&o->files);
}

static bool check(void *options)
{
    struct events_options *o = options;
    if (!OPTIONS_EXCLUDE({"--replace", o->replacement_count > 0},
                         {"--firmware-image", o->firmware != NULL}) ||
        !options_must(o->replacement_count == 0 ||
                          !boot_answer_is_asked(&o->launching.launch),
                      "--replace excludes --kernel and other options of a "
                      "boot: the log is replayed, and nothing is predicted") ||
        !add_files(o)) {
        return false;
    }
    o->launching.guest.platform = MRTD_PLATFORM_TDX;
    o->launching.launch.code_alone = true;
    return verifying_check(&o->verifying, &o->files, o->against) &&
           launching_check(&o->launching, &o->files, command_events.title,
                           LAUNCHING_FIND) &&
           boot_options_decide(&o->launching, true, false);
}

static const struct option_row rows[] = {
    {OPTION("against", INPUT, struct events_options, against, OPTION_IS_FILE,
            "verify this quote or report, compare with its registers")},
    {OPTION("firmware-image", INPUT, struct events_options, firmware,
            OPTION_IS_FILE,
            "the image that starts the kernel (default: OVMF, or by the log)")},
    {OPTION_CALL("replace", take_replacement,
                 OPTION_IS("N=HEX|N=@FILE", "an event and its replacement"),
                 "replay with that in the place of event N"),
     .repeats = true},
    {OPTION("json", JSON, struct events_options, json, OPTION_ALONE,
            "print one JSON object")},
};

#define AT(member) offsetof(struct events_options, member)
const struct command command_events = {
    .word = "events",
    .title = "events",
    .fewest_files = 1,
    .most_files = 1,
    .inputs = INPUTS_NAMED,
    .verifies = true,
    .size = sizeof(struct events_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&time_options_table, AT(verifying.when)},
             {&evidence_options_table, AT(verifying.options)},
             {&verifying_options, AT(verifying)},
             {&guest_boot, AT(launching)},
             {&boot_rules, AT(launching)},
             {&rtmr0_inputs, AT(launching)},
             {&uki_options, AT(launching)},
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
