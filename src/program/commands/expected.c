/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/expected.h"

#include <string.h>
#include <time.h>

#include "io/diagnostic.h"
#include "printable.h"
#include "reference/settings.h"

static const struct option_row environment_rows[] = {
    {OPTION("vendor", TEXT, struct environment_options, vendor, OPTION_IS_NAME,
            "vendor, in CoRIMs (default: Intel)")},
    {OPTION("model", TEXT, struct environment_options, model, OPTION_IS_NAME,
            "model, in CoRIMs (default: TDX)")},
    {OPTION("class-id", TEXT, struct environment_options, class_id,
            OPTION_IS("UUID", "a UUID"), "class, in CoRIMs and policies")},
};
const struct option_table environment_options_table =
    OPTION_TABLE(environment_rows);

static const struct option_row time_rows[] = {
    {OPTION("time", TEXT, struct time_options, text,
            OPTION_IS("DATE", "a date and time"),
            "when documents must be valid (default: now)")},
};
const struct option_table time_options_table = OPTION_TABLE(time_rows);

enum exit_status expected_take_time(struct time_options *when)
{
    const char *text = when->text;
    when->time = (int64_t)time(NULL);
    if (text && !claims_time(text, strlen(text), &when->time)) {
        return diagnostic_usage("--time needs a date and time as "
                                "2026-01-31T12:00:00Z (RFC 3339), not '%s'",
                                printable(text));
    }
    return EXIT_DONE;
}

enum exit_status expected_open(struct against *against,
                               const struct environment_options *o,
                               const char *option, const char *text,
                               enum claims_kind kind,
                               enum claims_reading reading)
{
    struct environment_own own = {.vendor = o->vendor, .model = o->model};
    uint8_t id[ENVIRONMENT_UUID_SIZE];
    if (o->class_id) {
        if (!settings_is_uuid(o->class_id)) {
            return diagnostic_usage(SETTINGS_NO_UUID, printable(o->class_id));
        }
        environment_uuid(o->class_id, id);
        own.class_id = id;
    }
    return against_open(against, option, text, kind, reading, &own);
}
