/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/expected.h"

#include <string.h>
#include <time.h>

#include "io/diagnostic.h"
#include "printable.h"
#include "reference/settings.h"

enum exit_status expected_take_time(struct options *options)
{
    const char *when = options->when;
    options->time = (int64_t)time(NULL);
    if (when && !claims_time(when, strlen(when), &options->time)) {
        return diagnostic_usage("--time needs a date and time as "
                                "2026-01-31T12:00:00Z (RFC 3339), not '%s'",
                                printable(when));
    }
    return EXIT_DONE;
}

enum exit_status expected_open(struct against *against,
                               const struct options *options,
                               const char *option, const char *text,
                               enum claims_kind kind,
                               enum claims_reading reading)
{
    const struct reference_options *o = &options->reference;
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
