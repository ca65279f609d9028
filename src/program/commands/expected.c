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

static enum exit_status read_file(struct against *a)
{
    struct input input;
    struct failure failure;
    char *bytes = NULL;
    enum exit_status status = input_open(&input, a->name);
    if (status) {
        return status;
    }
    if (input.size > CLAIMS_MAX_SIZE) {
        const struct mrtd_source source = input_source(&input);
        against_refuse_large(a->name, &source, &failure);
        status = diagnostic_failure(&failure);
    } else {
        status = input_load(&input, &bytes, &a->size);
        a->bytes = (unsigned char *)bytes;
    }
    input_close(&input);
    return status;
}

/* What the user says that the environment of a CoRIM is called. */
static enum exit_status take_own(struct environment_own *own,
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

enum exit_status expected_open(struct against *against,
                               const struct environment_options *environment,
                               const char *option, const char *text,
                               enum mrtd_platform platform,
                               enum claims_kind kind,
                               enum claims_reading reading)
{
    struct against a = {.name = text, .platform = platform};
    struct environment_own own;
    uint8_t id[ENVIRONMENT_UUID_SIZE];
    struct failure failure;
    enum exit_status status = take_own(&own, id, environment, platform);
    const bool is_missing = input_is_missing(text);
    const bool may_be_value =
        kind == CLAIMS_DETECT || kind == CLAIMS_HEX || kind == CLAIMS_BASE64;
    const bool direct = may_be_value && against_is_value(text, is_missing);
    if (status) {
        return status;
    }
    if (!direct && is_missing &&
        against_check_digits(option, text, may_be_value, &failure)) {
        return diagnostic_failure(&failure);
    }
    if (!direct) {
        status = read_file(&a);
    }
    if (!status && against_read(&a, kind, reading, &own, &failure)) {
        status = diagnostic_failure(&failure);
    }
    if (status) {
        against_close(&a);
        return status;
    }
    against_remark(&a, diagnostic_file);
    *against = a;
    return EXIT_DONE;
}

enum exit_status
expected_open_sources(const struct against *against, struct open_files *files,
                      struct evaluation *e, struct launch_options *own,
                      const struct launch_options *options, const char *name)
{
    struct input input;
    struct failure failure;
    *own = *options;
    const enum exit_status status = input_open(&input, name);
    if (status) {
        return status;
    }
    const struct evaluation_file file = open_as_file(&input);
    if (against_take_format(against, own, &file, &failure)) {
        input_close(&input);
        return diagnostic_failure(&failure);
    }
    return open_sources_of(files, e, own, &input);
}

enum exit_status
expected_open_firmware(const struct against *against, struct open_files *files,
                       struct evaluation *e, struct launch_options *own,
                       const struct launch_options *options, const char *name)
{
    const enum exit_status status =
        expected_open_sources(against, files, e, own, options, name);
    return status ? status : open_make(files, e);
}
