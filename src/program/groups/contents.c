/* SPDX-License-Identifier: Apache-2.0 */
#include "groups/contents.h"

#include <stdio.h>
#include <string.h>

#include "io/diagnostic.h"
#include "model/firmware_boot.h"
#include "options/spelling.h"
#include "printable.h"
#include "reference/json.h"
#include "reference/settings.h"
#include "report/about.h"

/* --- Formats ------------------------------------------------------------- */

static const char *format_name(const void *context, size_t index)
{
    (void)context;
    const struct reference_format *format = reference_format_at(index);
    return format ? format->name : NULL;
}

/* Room for the names of all formats. */
#define ABLE_SIZE 200

static void add_name(char able[ABLE_SIZE], const char *name)
{
    const size_t used = strlen(able);
    snprintf(able + used, ABLE_SIZE - used, "%s%s", used ? ", " : "", name);
}

/* Can the format hold what the platform measures? Otherwise those that can are
 * named. */
static bool check_register(const struct documents_order *order,
                           const struct reference_format *wanted)
{
    const enum mrtd_platform platform = order->settings->platform;
    const enum mrtd_register id = guest_register(platform)->id;
    const struct reference_format *f;
    char able[ABLE_SIZE] = "";
    if (reference_holds(wanted, id)) {
        return true;
    }
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        if (reference_holds(f, id)) {
            add_name(able, f->name);
        }
    }
    diagnostic_usage("--format %s holds no value of --platform %s; these do: "
                     "%s",
                     wanted->name, mrtd_platform_name(platform), able);
    return false;
}

/* What is asked for beside the launch digest; and of it by name. */
struct beside {
    unsigned asked;
    unsigned named;
};

/* Has the format a place for what is named; or, of all, for anything? */
static bool check_boot(const struct reference_format *wanted,
                       const struct beside *beside)
{
    const enum boot_value_id id =
        reference_homeless(wanted, beside->asked, beside->named);
    const bool is_initdata = id == BOOT_VALUE_INITDATA;
    const struct reference_format *f;
    char able[ABLE_SIZE] = "";
    if (id == BOOT_VALUES) {
        return true;
    }
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        if (f->boot & BOOT_VALUE_BIT(id)) {
            add_name(able, f->name);
        }
    }
    diagnostic_usage("--format %s has no place for %s%s; these have: %s",
                     wanted->name, is_initdata ? "--initdata" : "--register ",
                     is_initdata ? "" : boot_value_names(id)->option, able);
    return false;
}

/* Keys of RVPS are named as that of the launch digest is. */
static enum exit_status check_boots(const struct documents_order *order,
                                    const struct beside *beside)
{
    const char *key = order->settings->key;
    for (size_t i = 0; i < order->format_count; i++) {
        if (!check_boot(order->formats[i], beside)) {
            return EXIT_USAGE;
        }
    }
    return !beside->asked ||
                   boot_value_has_keys(order->settings->platform, key) ||
                   !documents_have_keys(order)
               ? EXIT_DONE
               : diagnostic_usage(
                     "--rvps-key %s: with --register or --initdata "
                     "the key is %s, or a path that ends with "
                     "it or with it and :VERSION; the keys of the "
                     "others are made of it",
                     printable(key),
                     boot_value_beside(order->settings->platform));
}

static enum exit_status add_format(struct documents_order *order,
                                   const char *name)
{
    const struct reference_format *f = reference_format_find(name);
    if (!f) {
        char meant[SPELLING_TEXT];
        return diagnostic_usage(
            "there is no format '%s'; 'mrtd-calc reference "
            "--format help' lists them%s",
            printable(name),
            spelling_meant(meant, "", name, format_name, NULL));
    }
    if (f->is_cbor && !reference_has_cbor) {
        return diagnostic_usage("this program was built without CBOR (libcbor) "
                                "and writes no %s",
                                name);
    }
    if (!check_register(order, f)) {
        return EXIT_USAGE;
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

/* All that becomes part of a document is text in UTF-8. */
static enum exit_status take_texts(struct reference_settings *s,
                                   const struct contents_options *o,
                                   const struct files *files)
{
    const char *signer;
    const struct {
        const char *option;
        const char *text; /* or NULL */
        const char **field;
    } texts[] = {
        {"id", o->id, &s->id},
        {"version", o->version, &s->version},
        {"entity", o->entity, &s->entity},
        {"vendor", o->environment.vendor, &s->vendor},
        {"model", o->environment.model, &s->model},
        {"class-id", o->environment.class_id, &s->class_id},
        {"rvps-key", o->rvps_key, &s->key},
        {"signer", files->signing.signer, &signer},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].text && !json_is_utf8(texts[i].text)) {
            return diagnostic_usage("--%s is not UTF-8: '%s'", texts[i].option,
                                    printable(texts[i].text));
        }
        if (texts[i].text) {
            *texts[i].field = texts[i].text;
        }
    }
    return EXIT_DONE;
}

static enum exit_status take_settings(struct reference_settings *s,
                                      const struct contents_options *o,
                                      const struct files *files)
{
    enum exit_status status = take_texts(s, o, files);
    if (status) {
        return status;
    }
    if (!settings_is_uuid(s->class_id)) {
        return diagnostic_usage(SETTINGS_NO_UUID, printable(s->class_id));
    }
    if (o->corim_form &&
        !settings_find_corim_form(o->corim_form, &s->corim_form)) {
        return diagnostic_usage("--corim-form needs " SETTINGS_CORIM_FORMS
                                ", not '%s'",
                                printable(o->corim_form));
    }
    if (o->expires && !settings_is_expiry(o->expires)) {
        return diagnostic_usage("--expires needs " SETTINGS_EXPIRES
                                ", not '%s'",
                                printable(o->expires));
    }
    s->expires = o->expires;
    s->scalar = o->scalar;
    s->debug_check = o->debug_check;
    struct failure failure;
    return diagnostic_outcome(settings_take_date(s, &failure), &failure);
}

/* Options that one or two formats have. */
static enum exit_status check_use(const struct contents_options *o,
                                  const struct files *files,
                                  const struct documents_order *order)
{
    const struct {
        bool given;
        const char *option;
        const char *format;
        const char *other; /* or NULL */
    } uses[] = {
        {files->signing.keys[0].file, "sign", "corim", NULL},
        {o->environment.vendor, "vendor", "corim", NULL},
        {o->environment.model, "model", "corim", NULL},
        {o->corim_form, "corim-form", "corim", NULL},
        {o->environment.class_id, "class-id", "corim", "dcap-policy"},
        {o->entity, "entity", "corim", "coswid"},
        {o->expires, "expires", "rvps-store", NULL},
        {o->scalar, "scalar", "rvps-map", NULL},
        {o->debug_check, "debug-check", "go-tdx-guest", NULL},
    };
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        const char *other = uses[i].other;
        if (uses[i].given && !documents_have(order, uses[i].format) &&
            !(other && documents_have(order, other))) {
            return diagnostic_usage("--%s is for --format %s%s%s",
                                    uses[i].option, uses[i].format,
                                    other ? " or " : "", other ? other : "");
        }
    }
    if (o->rvps_key && !documents_have_keys(order)) {
        return diagnostic_usage("--rvps-key is for --format rvps, rvps-map or "
                                "rvps-store");
    }
    if (!o->expires && documents_have(order, "rvps-store")) {
        return diagnostic_usage("missing --expires DATE: --format rvps-store "
                                "says of each value when it expires");
    }
    if (order->settings->platform != MRTD_PLATFORM_TDX &&
        (o->environment.vendor || o->environment.model ||
         o->environment.class_id || o->corim_form)) {
        return diagnostic_usage("--vendor, --model, --class-id and "
                                "--corim-form are of TDX: AMD's profile has "
                                "one environment and one form");
    }
    if (documents_have(order, "dcap-policy") &&
        !reference_is_td_class(order->settings->class_id)) {
        return diagnostic_usage(
            "--class-id of a dcap-policy is " REFERENCE_CLASS_TD15
            " (TD 1.5) or " REFERENCE_CLASS_TD10 " (TD 1.0), not '%s'",
            printable(order->settings->class_id));
    }
    return EXIT_DONE;
}

const char *contents_formats(const struct contents_options *o)
{
    return o->formats ? o->formats : reference_format_at(0)->name;
}

enum exit_status contents_take(const struct contents_options *o,
                               const struct files *files,
                               const struct launch_options *launch,
                               bool has_initdata, struct documents_order *order,
                               struct reference_settings *settings)
{
    const unsigned initdata =
        has_initdata ? BOOT_VALUE_BIT(BOOT_VALUE_INITDATA) : 0;
    const struct beside beside = {firmware_boot_asked(launch) | initdata,
                                  firmware_boot_named(launch) | initdata};
    enum exit_status status = take_formats(order, contents_formats(o));
    if (!status) {
        status = take_settings(settings, o, files);
    }
    if (!status) {
        status = check_use(o, files, order);
    }
    return status ? status : check_boots(order, &beside);
}

/* --- Tables -------------------------------------------------------------- */

/* The firmware's. */
static enum exit_status take_version(void *options, const char *value)
{
    struct contents_options *o = options;
    if (!*value) {
        return diagnostic_usage("--version of reference needs the firmware's "
                                "version");
    }
    o->version = value;
    return EXIT_DONE;
}

static enum exit_status tell_formats(const struct call *call)
{
    (void)call;
    about_formats(output_stream());
    return EXIT_DONE;
}

static const struct option_question help_of_formats = {
    tell_formats, "--format help is given alone, or after 'reference' alone"};

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct contents_options, member, argument, text)

static const struct option_row rows_format[] = {
    {OWN("format", TEXT, formats, OPTION_IS("F,...", "a list of formats"),
         "what is written (default: rvps); '--format help' lists them"),
     .question = &help_of_formats},
};
const struct option_table contents_format = OPTION_TABLE(rows_format);

static const struct option_row rows_content[] = {
    {OWN("id", TEXT, id, OPTION_IS_NAME, "name of the document")},
    {OPTION_CALL("version", take_version,
                 OPTION_IS("VERSION", "the firmware's version"),
                 "version of the firmware")},
    {OWN("entity", TEXT, entity, OPTION_IS_NAME, "who publishes it")},
    {OWN("rvps-key", TEXT, rvps_key, OPTION_IS_NAME,
         "key of the value, for RVPS (default: mr_td, or of SEV-SNP "
         "snp_launch_measurement)")},
    {OWN("expires", TEXT, expires, OPTION_IS("DATE", "a date and time"),
         "for rvps-store: when the values expire")},
    {OWN("scalar", FLAG, scalar, OPTION_ALONE,
         "for rvps-map: one value, not a list")},
    {OWN("debug-check", FLAG, debug_check, OPTION_ALONE,
         "for go-tdx-guest: refuse TDs that can be debugged")},
    {OWN("corim-form", TEXT, corim_form, OPTION_IS_NAME,
         "where the values are in a CoRIM: one of " SETTINGS_CORIM_FORMS)},
};
const struct option_table contents_options = OPTION_TABLE(rows_content);
