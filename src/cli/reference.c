/* SPDX-License-Identifier: Apache-2.0 */
/* reference: reference values of firmware files, for attestation services. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/documents.h"
#include "cli/firmware.h"
#include "cli/json.h"
#include "cli/key.h"

/* A TD of TDX 1.5 in Intel's appraisal policies: guest_td15_id in
 * intel/confidential-computing.tee.dcap 22e09a2, QuoteVerification/appraisal/
 * qal/opa_bin/qal_script.rego. */
#define CLASS_TD_15 "45b734fc-aa4e-4c3d-ad28-e43d08880e68"
/* The last second of the year 9999, with which RFC 3339 ends. */
#define LAST_SECOND 253402300799

/* --- Options ------------------------------------------------------------- */

static enum exit_status add_format(struct documents_order *order,
                                   const char *name)
{
    const struct reference_format *f = reference_format_find(name);
    if (!f) {
        return diagnostic_usage("there is no format '%s'; 'mrtd-calc reference "
                                "--format help' lists them",
                                printable(name));
    }
    if (f->is_cbor && !reference_has_cbor) {
        return diagnostic_usage("this program was built without CBOR (libcbor) "
                                "and writes no %s",
                                name);
    }
    for (size_t i = 0; i < order->format_count; i++) {
        if (order->formats[i] == f) {
            return diagnostic_usage("--format has %s twice", name);
        }
    }
    order->formats[order->format_count++] = f;
    return EXIT_DONE;
}

/* The list of --format. */
static enum exit_status take_formats(struct documents_order *order,
                                     const char *text)
{
    enum exit_status status = EXIT_DONE;
    while (!status) {
        char name[32];
        const size_t len = strcspn(text, ",");
        snprintf(name, sizeof name, "%.*s", len < 31 ? (int)len : 31, text);
        status = add_format(order, name);
        if (!text[len]) {
            break;
        }
        text += len + 1;
    }
    return status;
}

static bool is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof form; i++) {
        if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) ||
                                 isupper((unsigned char)text[i])
                           : text[i] != form[i]) {
            return false;
        }
    }
    return true;
}

/* All that becomes part of a document is text in UTF-8. */
static enum exit_status check_texts(const struct reference_options *o)
{
    const struct {
        const char *option;
        const char *text;
    } texts[] = {
        {"id", o->id},         {"version", o->version}, {"entity", o->entity},
        {"vendor", o->vendor}, {"model", o->model},     {"key", o->key},
        {"signer", o->signer},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *text = texts[i].text ? json_string(texts[i].text) : json_null();
        if (!text) {
            return diagnostic_usage("--%s is not UTF-8: '%s'", texts[i].option,
                                    printable(texts[i].text));
        }
        json_decref(text);
    }
    if (o->class_id && !is_uuid(o->class_id)) {
        return diagnostic_usage("--class-id needs a UUID in lower case, as " //
                                CLASS_TD_15 ", not '%s'",
                                printable(o->class_id));
    }
    return EXIT_DONE;
}

/* SOURCE_DATE_EPOCH as RFC 3339 has it; none: an empty text.
 * reproducible-builds.org/specs/source-date-epoch */
static enum exit_status take_date(char date[24])
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    struct tm tm;
    date[0] = '\0';
    if (!text || !*text) {
        return EXIT_DONE;
    }
    const long long seconds = strtoll(text, &end, 10);
    const time_t t = (time_t)seconds;
    if (!isdigit((unsigned char)text[0]) || *end || seconds > LAST_SECOND ||
        !gmtime_r(&t, &tm)) {
        diagnostic("SOURCE_DATE_EPOCH is not a number of seconds since 1970: "
                   "'%s'",
                   printable(text));
        return EXIT_USAGE;
    }
    strftime(date, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return EXIT_DONE;
}

static enum exit_status take_corim_form(enum reference_corim_form *form,
                                        const char *text)
{
    static const char *const forms[] = {
        [CORIM_MKEY] = "mkey",
        [CORIM_EXTENSION] = "extension",
        [CORIM_SET] = "set",
    };
    *form = CORIM_MKEY;
    for (unsigned i = 0; text && i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(text, forms[i]) == 0) {
            *form = i;
            return EXIT_DONE;
        }
    }
    return text ? diagnostic_usage("--corim-form needs mkey, extension or set, "
                                   "not '%s'",
                                   printable(text))
                : EXIT_DONE;
}

static bool has_format(const struct documents_order *order, const char *name)
{
    for (size_t i = 0; i < order->format_count; i++) {
        if (strcmp(order->formats[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Options that one format has. */
static enum exit_status check_use(const struct reference_options *o,
                                  const struct documents_order *order)
{
    const struct {
        bool given;
        const char *option;
        const char *format;
    } uses[] = {
        {o->sign, "sign", "corim"},
        {o->corim_form, "corim-form", "corim"},
        {o->scalar, "scalar", "rvps-map"},
    };
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        if (uses[i].given && !has_format(order, uses[i].format)) {
            return diagnostic_usage("--%s is for --format %s", uses[i].option,
                                    uses[i].format);
        }
    }
    return EXIT_DONE;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static struct reference_settings
settings_of(const struct reference_options *o, const char *date,
            enum reference_corim_form corim_form)
{
    return (struct reference_settings){
        .id = o->id,
        .version = o->version,
        .entity = or_else(o->entity, "mrtd-calc"),
        .vendor = or_else(o->vendor, "Intel"),
        .model = or_else(o->model, "TDX"),
        .class_id = or_else(o->class_id, CLASS_TD_15),
        .key = or_else(o->key, "mr_td"),
        .scalar = o->scalar,
        .corim_form = corim_form,
        .date = *date ? date : NULL,
    };
}

/* --- What known consumers make of it ------------------------------------- */

/* Trustee 0.21: deps/key-value-storage/src/lib.rs, is_valid_key(). */
static bool is_storable(const char *key)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
    return key[strspn(key, good)] == '\0';
}

static void warn_of_key(const struct reference_settings *s)
{
    if (!is_storable(s->key)) {
        diagnostic("warning: --key %s: Trustee stores it in memory or "
                   "LocalJson only; its LocalFs (the default), Postgres and "
                   "Redis take only letters, digits and ._/- [reference-key]",
                   printable(s->key));
    }
    if (strcmp(s->key, "mr_td") != 0) {
        diagnostic("note: Trustee's default policy looks for mr_td, not for "
                   "%s [reference-key]",
                   printable(s->key));
    }
    if (s->scalar) {
        diagnostic("note: Trustee's default policy looks for a list; a string "
                   "of --scalar needs a policy of its own [reference-key]");
    }
}

static void warn_of_corim(const struct reference_settings *s)
{
    char key[600];
    if (s->corim_form != CORIM_MKEY) {
        diagnostic("warning: Trustee reads no value from this CoRIM; it reads "
                   "--corim-form mkey [reference-corim]");
        return;
    }
    snprintf(key, sizeof key, "%s/%s/claim83/digests", s->vendor, s->model);
    diagnostic("note: Trustee files the value under %s [reference-corim]",
               printable(key));
    if (!is_storable(key)) {
        diagnostic("warning: Trustee's LocalFs (the default), Postgres and "
                   "Redis take only letters, digits and ._/- in such a key; "
                   "choose --vendor and --model so [reference-corim]");
    }
}

static void warn(const struct documents_order *order)
{
    if (has_format(order, "rvps") || has_format(order, "rvps-map")) {
        warn_of_key(order->settings);
    }
    if (has_format(order, "corim")) {
        warn_of_corim(order->settings);
    }
}

/* --- The command --------------------------------------------------------- */

static enum exit_status write_documents(const struct options *o,
                                        const struct documents_order *order)
{
    struct documents documents;
    enum exit_status status = documents_make(&documents, order);
    if (status) {
        return status;
    }
    warn(order);
    status = o->reference.out_dir
                 ? documents_write(&documents, o->reference.out_dir)
                 : documents_write_one(&documents, o->output);
    documents_free(&documents);
    return status;
}

/* Measures all files; nothing is written if one is refused. */
static enum exit_status measure_and_write(const struct options *o,
                                          struct documents_order *order)
{
    struct reference_firmware *firmware =
        calloc((size_t)o->file_count, sizeof *firmware);
    enum exit_status status = EXIT_DONE;
    if (!firmware) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (int i = 0; i < o->file_count; i++) {
        status =
            worst(status, firmware_make(&firmware[i], o, o->files[i], false));
    }
    order->firmware = firmware;
    order->firmware_count = (size_t)o->file_count;
    if (!status) {
        status = write_documents(o, order);
    }
    for (int i = 0; i < o->file_count; i++) {
        firmware_free(&firmware[i]);
    }
    free(firmware);
    return status;
}

enum exit_status command_reference(struct options *options)
{
    const struct reference_options *o = &options->reference;
    enum reference_corim_form form = CORIM_MKEY;
    char date[24];
    struct documents_order order = {.signer = o->signer};
    enum exit_status status = take_formats(
        &order, o->formats ? o->formats : reference_format_at(0)->name);
    if (!status) {
        status = check_texts(o);
    }
    if (!status) {
        status = take_corim_form(&form, o->corim_form);
    }
    if (!status) {
        status = take_date(date);
    }
    if (!status) {
        status = check_use(o, &order);
    }
    if (!status && o->sign) {
        status = key_read_private(&order.key, o->sign, o->passphrase_fd);
    }
    if (status) {
        return status;
    }
    const struct reference_settings settings = settings_of(o, date, form);
    order.settings = &settings;
    status = measure_and_write(options, &order);
    EVP_PKEY_free(order.key);
    return status;
}
