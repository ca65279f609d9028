/* SPDX-License-Identifier: Apache-2.0 */
/* reference: reference values of firmware files, for attestation services. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "commands/open.h"
#include "commands/publish.h"
#include "groups/launching.h"
#include "groups/publish_options.h"
#include "io/diagnostic.h"
#include "io/warden.h"
#include "model/documents.h"
#include "model/firmware.h"
#include "options/spelling.h"
#include "printable.h"
#include "reference/settings.h"
#include "report/json.h"

struct reference_options {
    struct files files;
    struct launching launching;
    struct environment_options environment;
    struct publish_options publishing;
    const char *output; /* all of these as given, or NULL */
    const char *formats;
    const char *id;
    const char *version;
    const char *entity;
    const char *rvps_key;
    const char *corim_form;
    bool scalar;
    bool debug_check;
};

/* --- Options ------------------------------------------------------------- */

static const char *format_name(const void *context, size_t index)
{
    (void)context;
    const struct reference_format *format = reference_format_at(index);
    return format ? format->name : NULL;
}

/* Can the format hold what the platform measures? Otherwise those that can are
 * named. */
static bool check_register(const struct documents_order *order,
                           const struct reference_format *wanted)
{
    const enum mrtd_platform platform = order->settings->platform;
    const enum mrtd_register id = guest_register(platform)->id;
    const struct reference_format *f;
    char able[200] = "";
    size_t used = 0;
    if (reference_holds(wanted, id)) {
        return true;
    }
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        if (reference_holds(f, id)) {
            used += (size_t)snprintf(able + used, sizeof able - used, "%s%s",
                                     used ? ", " : "", f->name);
        }
    }
    diagnostic_usage("--format %s holds no value of --platform %s; these do: "
                     "%s",
                     wanted->name, mrtd_platform_name(platform), able);
    return false;
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
                                   const struct reference_options *o)
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
        {"signer", o->files.signing.signer, &signer},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *text = texts[i].text ? json_string(texts[i].text) : json_null();
        if (!text) {
            return diagnostic_usage("--%s is not UTF-8: '%s'", texts[i].option,
                                    printable(texts[i].text));
        }
        json_decref(text);
        if (texts[i].text) {
            *texts[i].field = texts[i].text;
        }
    }
    return EXIT_DONE;
}

static enum exit_status take_settings(struct reference_settings *s,
                                      const struct reference_options *o)
{
    enum exit_status status = take_texts(s, o);
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
    s->scalar = o->scalar;
    s->debug_check = o->debug_check;
    struct failure failure;
    return diagnostic_outcome(settings_take_date(s, &failure), &failure);
}

/* Options that one or two formats have. */
static enum exit_status check_use(const struct reference_options *o,
                                  const struct documents_order *order)
{
    const struct {
        bool given;
        const char *option;
        const char *format;
        const char *other; /* or NULL */
    } uses[] = {
        {o->files.signing.keys[0].file, "sign", "corim", NULL},
        {o->environment.vendor, "vendor", "corim", NULL},
        {o->environment.model, "model", "corim", NULL},
        {o->corim_form, "corim-form", "corim", NULL},
        {o->environment.class_id, "class-id", "corim", "dcap-policy"},
        {o->entity, "entity", "corim", "coswid"},
        {o->rvps_key, "rvps-key", "rvps", "rvps-map"},
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

/* --- The command --------------------------------------------------------- */

static enum exit_status write_documents(const struct reference_options *o,
                                        const struct documents_order *order)
{
    struct documents documents;
    enum exit_status status =
        publish_make(&documents, order, o->files.signing.keys[0].file != NULL);
    if (status) {
        return status;
    }
    documents_warn(order, diagnostic_file);
    status = o->publishing.out_dir
                 ? publish_in_folder(&documents, o->publishing.out_dir)
                 : publish_one(&documents, o->output);
    documents_free(&documents);
    return status;
}

static enum exit_status measure(struct reference_firmware *firmware,
                                const struct launch_options *launch,
                                const char *name)
{
    const struct firmware_order order = {.each = open_report_finding,
                                         .context = &name};
    struct open_files files;
    struct evaluation e;
    struct failure failure;
    enum exit_status status = open_evaluation(&files, &e, launch, name);
    memset(firmware, 0, sizeof *firmware);
    if (status) {
        return status;
    }
    status = diagnostic_outcome(
        firmware_measure(firmware, &e, &order, &failure), &failure);
    open_close(&files, &e);
    return status;
}

/* Measures all files; nothing is written if one is refused. */
static enum exit_status measure_and_write(const struct reference_options *o,
                                          struct documents_order *order)
{
    struct reference_firmware *firmware =
        calloc((size_t)o->files.operand_count, sizeof *firmware);
    enum exit_status status = EXIT_DONE;
    if (!firmware) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (int i = 0; i < o->files.operand_count; i++) {
        status = worst(status, measure(&firmware[i], &o->launching.launch,
                                       o->files.operands[i]));
    }
    order->firmware = firmware;
    order->firmware_count = (size_t)o->files.operand_count;
    if (!status) {
        status = write_documents(o, order);
    }
    for (int i = 0; i < o->files.operand_count; i++) {
        firmware_free(&firmware[i]);
    }
    free(firmware);
    return status;
}

static enum exit_status run(void *options)
{
    const struct reference_options *o = options;
    const bool signs = o->files.signing.keys[0].file != NULL;
    struct reference_settings settings =
        settings_default(o->launching.launch.platform);
    struct documents_order order = {.settings = &settings};
    enum exit_status status = take_formats(
        &order, o->formats ? o->formats : reference_format_at(0)->name);
    if (!status) {
        status = take_settings(&settings, o);
    }
    if (!status) {
        status = check_use(o, &order);
    }
    if (!status && signs) {
        status = warden_keys();
    }
    if (!status) {
        status = measure_and_write(o, &order);
    }
    return status;
}

/* --- The command line ---------------------------------------------------- */

/* What -o writes is of the one format. */
static void tell_kind(struct reference_options *o)
{
    const struct reference_format *format =
        o->formats ? reference_format_find(o->formats) : reference_format_at(0);
    for (size_t i = 0; format && i < o->files.output_count; i++) {
        o->files.outputs[i].kind = format->kind;
    }
}

static bool check(void *options)
{
    struct reference_options *o = options;
    tell_kind(o);
    return OPTIONS_EXCLUDE({"-o", o->output},
                           {"--out-dir", o->publishing.out_dir}) &&
           publish_options_check(&o->publishing, &o->files) &&
           options_read_stdin_once(&o->files) &&
           launching_check(&o->launching, &o->files, command_reference.title,
                           LAUNCHING_SEVERAL);
}

/* The firmware's. */
static enum exit_status take_version(void *options, const char *value)
{
    struct reference_options *o = options;
    if (!*value) {
        return diagnostic_usage("--version of reference needs the firmware's "
                                "version");
    }
    o->version = value;
    return EXIT_DONE;
}

#define OWN(name, kind, member, argument, text)                                \
    OPTION(name, kind, struct reference_options, member, argument, text)

static const struct option_row rows[] = {
    {OWN("format", TEXT, formats, OPTION_IS("F,...", "a list of formats"),
         "what is written (default: rvps); '--format help' lists them"),
     .question = &help_of_formats},
    {OWN("output", OUTPUT, output, OPTION_IS_FILE,
         "write the one document there"),
     .letter = 'o'},
};

static const struct option_row rows_content[] = {
    {OWN("id", TEXT, id, OPTION_IS_NAME, "name of the document")},
    {OPTION_CALL("version", take_version,
                 OPTION_IS("VERSION", "the firmware's version"),
                 "version of the firmware")},
    {OWN("entity", TEXT, entity, OPTION_IS_NAME, "who publishes it")},
    {OWN("rvps-key", TEXT, rvps_key, OPTION_IS_NAME,
         "key of the value, for RVPS (default: mr_td, or of SEV-SNP "
         "snp_launch_measurement)")},
    {OWN("scalar", FLAG, scalar, OPTION_ALONE,
         "for rvps-map: one value, not a list")},
    {OWN("debug-check", FLAG, debug_check, OPTION_ALONE,
         "for go-tdx-guest: refuse TDs that can be debugged")},
    {OWN("corim-form", TEXT, corim_form, OPTION_IS_NAME,
         "where the values are in a CoRIM: one of " SETTINGS_CORIM_FORMS)},
};

#define AT(member) offsetof(struct reference_options, member)
const struct command command_reference = {
    .word = "reference",
    .title = "reference",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct reference_options),
    .uses = {{OPTION_ROWS(rows), 0},
             {&publish_options_folder, AT(publishing)},
             {OPTION_ROWS(rows_content), 0},
             {&environment_options_table, AT(environment)},
             {&publish_options_signing, AT(files)},
             {&options_force, AT(files)},
             {&launching_vmms, AT(launching)},
             {&guest_launch, AT(launching)},
             {&launching_images, AT(launching)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .about = "write reference values for attestation services, or verify them",
    .usage = {"reference [OPTION]... IMAGE..."},
    .text = "Writes documents that attestation services read. With --verify, "
            "says whether such a document is right for the images.",
    .examples = {"mrtd-calc reference --format rvps,corim --out-dir values "
                 "OVMF.fd",
                 "mrtd-calc reference --verify values/rvps.json OVMF.fd"},
};
