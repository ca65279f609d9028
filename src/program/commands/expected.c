/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/expected.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "io/diagnostic.h"
#include "model/mistaken.h"
#include "printable.h"
#include "reference/settings.h"

/* Hexadecimal digits of which nobody names a file. */
#define DIGITS_MEANT 32

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

/* Is the argument itself an MRTD? Hexadecimal, or base64 that names no file. */
static bool is_mrtd(const char *text)
{
    size_t size = 0;
    const size_t len = strlen(text);
    unsigned char *bytes = claims_decode_text(text, len, &size);
    free(bytes);
    return size == MRTD_DIGEST_SIZE &&
           (len >= MRTD_HEX_SIZE - 1 || input_is_missing(text));
}

/*
 * Reports digits that are meant as an MRTD, but are too few or too many, or not
 * all hexadecimal.
 */
static bool is_wrong_mrtd(const char *option, const char *text)
{
    const size_t prefix = strncasecmp(text, "0x", 2) == 0 ? 2 : 0;
    const size_t len = strlen(text);
    const size_t good =
        prefix + strspn(text + prefix, "0123456789abcdefABCDEF");
    if (good < DIGITS_MEANT || !input_is_missing(text)) {
        return false;
    }
    if (good == len) {
        diagnostic("%s: %zu hexadecimal digits; an MRTD has %d", option,
                   len - prefix, MRTD_HEX_SIZE - 1);
    } else {
        diagnostic("%s: digit %zu is not hexadecimal, and there is no such "
                   "file; an MRTD has %d digits",
                   option, good - prefix + 1, MRTD_HEX_SIZE - 1);
    }
    return true;
}

/*
 * Reports what was skipped; check prints what was taken in spite of its
 * spelling.
 */
static void print_remarks(const struct against *a)
{
    const struct claims *claims = &a->claims;
    for (size_t i = 0; i < claims->remark_count && i < CLAIMS_REMARKS; i++) {
        const struct claims_remark *r = &claims->remarks[i];
        if (!r->is_taken) {
            diagnostic_file(a->name, "note: %s skipped: %s [passed-over]",
                            *r->where ? r->where : "it", r->why);
        }
    }
    if (claims->remark_count > CLAIMS_REMARKS) {
        diagnostic_file(a->name, "note: and %zu more like these [passed-over]",
                        claims->remark_count - CLAIMS_REMARKS);
    }
}

/* A firmware image, more often than not. */
static enum exit_status refuse_large(struct input *input)
{
    const struct mrtd_source source = input_source(input);
    struct failure failure;
    if (!mistaken_tell(input->name, &source, MISTAKEN_FOR_EVIDENCE, &failure)) {
        failure_refused(&failure, input->name, "against-limit",
                        "it has %" PRIu64 " bytes, more than the %zu of any "
                        "quote or reference value",
                        input->size, CLAIMS_MAX_SIZE);
    }
    return diagnostic_failure(&failure);
}

static enum exit_status read_file(struct against *a)
{
    struct input input;
    enum exit_status status = input_open(&input, a->name);
    if (status) {
        return status;
    }
    if (input.size > CLAIMS_MAX_SIZE) {
        status = refuse_large(&input);
        input_close(&input);
        return status;
    }
    a->size = (size_t)input.size;
    a->bytes = malloc(a->size + 1);
    if (!a->bytes) {
        diagnostic_file(a->name, "out of memory");
        status = EXIT_IO;
    } else if (input_read(&input, 0, a->bytes, a->size)) {
        diagnostic_file(a->name, "cannot read: %s [read]", input.problem);
        status = EXIT_IO;
    }
    input_close(&input);
    return status;
}

/* What the user says that the environment of a CoRIM is called. */
static enum exit_status take_own(struct environment_own *own,
                                 uint8_t id[ENVIRONMENT_UUID_SIZE],
                                 const struct environment_options *o)
{
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
                               enum claims_kind kind,
                               enum claims_reading reading)
{
    struct against a = {.name = text};
    struct environment_own own;
    uint8_t id[ENVIRONMENT_UUID_SIZE];
    struct failure failure;
    enum exit_status status = take_own(&own, id, environment);
    const bool direct = (kind == CLAIMS_DETECT || kind == CLAIMS_HEX ||
                         kind == CLAIMS_BASE64) &&
                        is_mrtd(text);
    if (status) {
        return status;
    }
    if (!direct && is_wrong_mrtd(option, text)) {
        return EXIT_USAGE;
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
    print_remarks(&a);
    *against = a;
    return EXIT_DONE;
}

enum exit_status
expected_open_firmware(const struct against *against, struct open_files *files,
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
    return open_evaluation_of(files, e, own, &input);
}
