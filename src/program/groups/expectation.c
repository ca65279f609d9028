/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/expectation.h"

#include <string.h>
#include <time.h>

#include "io/diagnostic.h"
#include "printable.h"
#include "reference/claims.h"
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
            "when documents and certificates must be valid (default: now)")},
};
const struct option_table time_options_table = OPTION_TABLE(time_rows);

enum exit_status expectation_take_time(struct time_options *when)
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

enum exit_status expectation_take_own(struct environment_own *own,
                                      uint8_t id[ENVIRONMENT_UUID_SIZE],
                                      const struct environment_options *o,
                                      enum mrtd_platform platform)
{
    if (platform != MRTD_PLATFORM_TDX &&
        (o->vendor || o->model || o->class_id)) {
        return diagnostic_usage("--vendor, --model and --class-id are of TDX: "
                                "AMD's profile of CoRIM has one environment");
    }
    *own = (struct environment_own){.vendor = o->vendor, .model = o->model};
    if (o->class_id) {
        if (!settings_is_uuid(o->class_id)) {
            return diagnostic_usage(SETTINGS_NO_UUID, printable(o->class_id));
        }
        environment_uuid(o->class_id, id);
        own->class_id = id;
    }
    return EXIT_DONE;
}
