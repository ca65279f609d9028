/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/expected.h"

#include "io/diagnostic.h"

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
    enum exit_status status =
        expectation_take_own(&own, id, environment, platform);
    const bool is_missing = input_is_missing(text);
    const bool may_be_value =
        kind == CLAIMS_DETECT || kind == CLAIMS_HEX || kind == CLAIMS_BASE64;
    const bool direct =
        may_be_value && against_is_value(platform, text, is_missing);
    if (status) {
        return status;
    }
    if (!direct && is_missing &&
        against_check_digits(platform, option, text, may_be_value, &failure)) {
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
