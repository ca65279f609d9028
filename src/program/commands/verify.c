/* SPDX-License-Identifier: Apache-2.0 */
/* reference --verify: is what a document says true of the firmware files? */
#include <limits.h>

#include "commands/commands.h"
#include "commands/expected.h"
#include "commands/verify.h"
#include "groups/boot_options.h"
#include "groups/initdata_options.h"
#include "groups/launching.h"
#include "io/diagnostic.h"
#include "io/key.h"
#include "model/firmware.h"
#include "model/verification.h"
#include "reference/dsse.h"
#include "report/lines.h"

struct verify_options {
    struct files files;
    struct launching launching;
    struct verify_request request;
    struct initdata_options initdata;
};

/* The signature, with --key. */
static enum exit_status verify_signature(const struct against *document,
                                         struct evp_pkey_st *key)
{
    const char *name = document->name;
    const char *algorithm = key_algorithm(key);
    struct failure failure;
    if (!algorithm) {
        return diagnostic_no_memory(name);
    }
    const enum exit_status status =
        document->claims.is_enveloped
            ? dsse_verify(key, name, document->bytes, document->size, &failure)
            : cose_verify(key, name, document->bytes, document->size, &failure);
    if (!status) {
        lines_result(output_stream(), name, "signature OK", algorithm);
        return EXIT_DONE;
    }
    if (status == EXIT_DIFFERS) {
        lines_result(output_stream(), name, "signature FAILED", NULL);
    }
    return diagnostic_failure(&failure);
}

static enum exit_status compare(struct verification *v,
                                const struct launch_options *own,
                                const struct reference_firmware *firmware,
                                const char *name)
{
    struct verification_names claimed;
    struct failure failure;
    if (verification_compare(v, own, firmware, name, &claimed, &failure)) {
        /* Where memory is short, nothing is known. */
        if (failure.status != EXIT_IO) {
            lines_result(output_stream(), name, "FAILED", NULL);
        }
        return diagnostic_failure(&failure);
    }
    lines_result(output_stream(), name, "OK", claimed.text);
    return EXIT_DONE;
}

enum exit_status verify_firmware(struct verification *v,
                                 const struct launch_options *own,
                                 const struct evaluation *e, const char *name)
{
    const char *file = e->name;
    struct reference_firmware firmware;
    struct failure failure;
    struct firmware_order order = verification_order(v);
    order.each = open_report_finding;
    order.context = &file;
    order.say = diagnostic_file;
    if (firmware_measure(&firmware, e, &order, &failure)) {
        return diagnostic_failure(&failure);
    }
    const enum exit_status status = compare(v, own, &firmware, name);
    firmware_free(&firmware);
    return status;
}

/* --- The document -------------------------------------------------------- */

/* What can be said before any firmware is looked at. */
static enum exit_status verify_form(const struct against *document,
                                    struct evp_pkey_st *key)
{
    if (key) {
        return verify_signature(document, key);
    }
    if (document->claims.is_enveloped ||
        (document->size > 0 && document->bytes[0] == 0xd2)) {
        diagnostic_file(document->name,
                        "note: its signature is not verified; --key PUB.pem "
                        "does [signature]");
    }
    return EXIT_DONE;
}

/* All but the key, which was read before. */
static enum exit_status verify(const struct verify_request *o,
                               const struct verify_subject *subject,
                               struct evp_pkey_st *key)
{
    struct against document;
    struct failure failure;
    /* What is signed is a CoRIM, or a statement in an envelope; nothing else is
     * looked for. */
    enum exit_status status = expected_open(
        &document, &o->environment, "--verify", o->document, subject->platform,
        key ? CLAIMS_SIGNED : CLAIMS_DETECT, CLAIMS_EXACT);
    if (status) {
        return status;
    }
    struct verification v = {
        .document = &document, .is_strict = o->strict, .time = o->when.time};
    subject->ask(subject->context, &v);
    if (verification_begin(&v, diagnostic_file, &failure)) {
        against_close(&document);
        return diagnostic_failure(&failure);
    }
    status = verify_form(&document, key);
    if (!status) {
        status = subject->compare(subject->context, &v);
    }
    if (verification_end(&v, &failure)) {
        status = worst(status, diagnostic_failure(&failure));
    }
    against_close(&document);
    return status;
}

enum exit_status verify_document(struct verify_request *request,
                                 const struct verify_subject *subject)
{
    struct evp_pkey_st *key = NULL;
    if (request->key && !reference_has_cbor) {
        return diagnostic_usage("this program was built without CBOR (libcbor) "
                                "and verifies no signatures: no --key");
    }
    enum exit_status status = expectation_take_time(&request->when);
    if (!status && request->key) {
        status = key_read_public(&key, request->key, false);
    }
    if (!status) {
        status = verify(request, subject, key);
    }
    key_free(key);
    return status;
}

/* --- Firmware files ------------------------------------------------------ */

static void ask(const void *context, struct verification *v)
{
    const struct verify_options *o = context;
    verification_ask(v, &o->launching.launch,
                     initdata_options_made(&o->initdata));
}

static enum exit_status verify_file(struct verification *v, const char *name)
{
    struct open_files files;
    struct evaluation e;
    struct launch_options own;
    enum exit_status status =
        expected_open_firmware(v->document, &files, &e, &own, v->options, name);
    if (!status) {
        status = verify_firmware(v, &own, &e, name);
        open_close(&files, &e);
    }
    return status;
}

static enum exit_status verify_files(void *context, struct verification *v)
{
    const struct verify_options *o = context;
    enum exit_status status = EXIT_DONE;
    for (int i = 0; i < o->files.operand_count; i++) {
        status = worst(status, verify_file(v, o->files.operands[i]));
    }
    return status;
}

static enum exit_status run(void *options)
{
    struct verify_options *o = options;
    const struct verify_subject subject = {o->launching.launch.platform, ask,
                                           verify_files, o};
    const enum exit_status status = initdata_options_take(&o->initdata);
    return status ? status : verify_document(&o->request, &subject);
}

static bool check(void *options)
{
    struct verify_options *o = options;
    return options_read_stdin_once(&o->files) &&
           launching_check(&o->launching, &o->files, command_verify.title,
                           LAUNCHING_SEVERAL) &&
           boot_options_with_mrtd(&o->launching) &&
           initdata_options_check(&o->initdata, o->launching.launch.platform);
}

static const struct option_row rows[] = {
    {OPTION("verify", INPUT, struct verify_request, document, OPTION_IS_FILE,
            "compare such a document with the images")},
    {OPTION("key", INPUT, struct verify_request, key,
            OPTION_IS("PUB.pem", "a public key's file"),
            "with --verify: the document must be signed by it")},
    {OPTION("strict", FLAG, struct verify_request, strict, OPTION_ALONE,
            "with --verify: fail where its registers, digests of events, "
            "or initdata, are not compared")},
};
const struct option_table verify_options_table = OPTION_TABLE(rows);

#define AT(member) offsetof(struct verify_options, member)
const struct command command_verify = {
    .word = "reference",
    .option = "verify",
    .title = "reference --verify",
    .fewest_files = 1,
    .most_files = INT_MAX,
    .inputs = INPUTS_NAMED,
    .size = sizeof(struct verify_options),
    .uses = {{&verify_options_table, AT(request)},
             {&time_options_table, AT(request.when)},
             {&environment_options_table, AT(request.environment)},
             {&launching_vmms, AT(launching)},
             {&guest_launch, AT(launching)},
             {&launching_images, AT(launching)},
             {&boot_documents, AT(launching)},
             {&initdata_options, AT(initdata)},
             {&options_of_all, 0}},
    .check = check,
    .run = run,
    .usage = {"reference --verify DOCUMENT [OPTION]... IMAGE..."},
};
