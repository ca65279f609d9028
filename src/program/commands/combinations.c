/* SPDX-License-Identifier: Apache-2.0 */
/* Options and files that make no sense together. */
#include <string.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "io/diagnostic.h"
#include "io/outputs.h"
#include "reference/reference.h"

static bool is_dash(const char *name)
{
    return name && strcmp(name, "-") == 0;
}

/* Commands that need several inputs at once. */
static bool is_stdin_twice(const struct options *o)
{
    const struct reference_options *r = &o->reference;
    const bool verifies = o->command == COMMAND_VERIFY;
    int uses = is_dash(o->against) + is_dash(r->verify) + is_dash(r->sign) +
               is_dash(o->manifest) + (verifies && is_dash(r->key)) +
               (r->passphrase_fd && strcmp(r->passphrase_fd, "0") == 0);
    for (int i = 0; i < o->file_count; i++) {
        uses += is_dash(o->files[i]);
    }
    return uses > 1 &&
           (o->command == COMMAND_DIFF || o->command == COMMAND_CHECK ||
            o->command == COMMAND_REFERENCE || o->command == COMMAND_BUNDLE ||
            verifies);
}

/* What -o writes: NULL if it is not known. */
static const char *type_of_output(const struct options *o)
{
    if (o->command == COMMAND_TDINFO) {
        return "hash";
    }
    const struct reference_format *format =
        o->reference.formats ? reference_format_find(o->reference.formats)
                             : reference_format_at(0);
    return format ? format->extension : NULL;
}

static enum exit_status sign(struct evp_pkey_st *key, const char *signer,
                             const char *name, const char *payload, size_t size,
                             char **out, size_t *out_size)
{
    struct cose_error error = {0};
    unsigned char *bytes = NULL;
    if (!cose_sign(key, signer, (const unsigned char *)payload, size, &bytes,
                   out_size, &error)) {
        diagnostic_file(name, "cannot sign: %s", error.message);
        return error.is_memory ? EXIT_IO : EXIT_REFUSED;
    }
    *out = (char *)bytes;
    return EXIT_DONE;
}

struct files options_files(const struct options *o)
{
    const struct reference_options *r = &o->reference;
    const char *const inputs[] = {
        o->launch.vars, o->launch.payload,
        o->against,     o->manifest,
        r->verify,      o->command == COMMAND_VERIFY ? r->key : NULL};
    const struct output_file outputs[] = {
        {"--svg", "svg", o->svg, false},
        {"--html", "html", o->html, false},
        {"--corim", "corim", o->corim, false},
        {"--corim-signature", "signature", o->corim_signature, false},
        {"-o", type_of_output(o), o->output, false},
        {"--tdinfo-output", "tdinfo", o->tdinfo.tdinfo_output, false},
        {"--out-dir", NULL, r->out_dir, true},
    };
    struct files files = {
        .operands = o->files,
        .operand_count = o->file_count,
        .force = o->force,
        .signing = {r->sign, r->signer, r->passphrase_fd, sign},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        if (inputs[i]) {
            files.inputs[files.input_count++] = inputs[i];
        }
    }
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        if (outputs[i].path) {
            files.outputs[files.output_count++] = outputs[i];
        }
    }
    return files;
}

/* Does a VMM that is meant take a payload? check tries all, and the lines of a
 * list say theirs. */
static bool takes_payload(const struct options *o)
{
    bool takes = o->command == COMMAND_CHECK ||
                 (o->command == COMMAND_CHECK_LISTS && !o->launch.vmm_given) ||
                 (o->launch.vmm && o->launch.vmm->takes_payload);
    for (unsigned i = 0; o->launch.vmm && i < o->launch.vmm_count; i++) {
        takes |= o->launch.vmms[i]->takes_payload;
    }
    return takes;
}

/* Is anything said of an image and its launch? */
static bool says_launch(const struct options *o)
{
    const struct launch_options *l = &o->launch;
    return o->vmm_count > 0 || l->limit || l->payload || l->vars ||
           l->permissive || l->image_format;
}

/* Options that make no sense together. */
static enum exit_status check_combination(const struct options *o)
{
    bool drawn = o->svg || o->html;
    bool saves = o->corim || o->corim_signature;
    const struct {
        bool wrong;
        const char *message;
    } combinations[] = {
        {o->plan + o->trace + o->json > 1,
         "of --plan, --trace and --json only one can be given"},
        {o->json + o->base64 + o->tag > 1,
         "of --json, --base64 and --tag only one can be given"},
        {o->verbose, "-v is for --version and --help"},
        {o->no_newline && o->json, "-n and --json exclude each other"},
        {o->no_newline && (o->file_count > 1 || o->vmm_count > 1),
         "-n is for a single file and VMM"},
        {o->vmm_count > 1 && o->base64,
         "--base64 is for a single VMM: lists of several are hexadecimal"},
        {drawn && o->file_count > 1, "--svg and --html are for a single file"},
        {drawn && (o->plan || o->trace || o->json),
         "--svg and --html are written in place of --plan, --trace, --json"},
        {saves &&
             (drawn || o->plan || o->trace || o->json || o->file_count > 1),
         "--corim and --corim-signature only save, from a single file"},
        {o->command == COMMAND_CHECK && !o->against,
         "check needs an MRTD, a quote or reference values: mrtd-calc check "
         "FIRMWARE --against X"},
        {o->command == COMMAND_TDINFO && !o->tdinfo.mrtd == !o->file_count,
         "tdinfo needs either a firmware file or --mrtd"},
        {o->tdinfo.mrtd && says_launch(o),
         "with --mrtd there is no image that --vmm, --vars, --payload, "
         "--image-format, --permissive or --limit could be for"},
        {o->tdinfo.separator && (o->tdinfo.rtmr[0] || o->tdinfo.rtmr[1]),
         "--separator sets RTMR0 and RTMR1; --rtmr0 and --rtmr1 exclude it"},
        {o->explain && o->json, "--explain and --json exclude each other"},
        {o->explain && o->file_count > 1, "--explain is for a single file"},
        {o->launch.payload && !takes_payload(o),
         "--payload is for VMMs that load it from a file: --vmm "
         "cloud-hypervisor"},
        {o->command == COMMAND_BUNDLE && !o->reference.out_dir,
         "--release needs --out-dir FOLDER, which it makes"},
        {is_dash(o->reference.out_dir),
         "--out-dir is a folder, not standard output; one of that name is "
         "./-"},
        {o->output && o->reference.out_dir,
         "-o and --out-dir exclude each other"},
        {!o->reference.sign != !o->reference.signer,
         "--sign KEY and --signer NAME belong together"},
        {o->reference.passphrase_fd && !o->reference.sign,
         "--passphrase-fd is for --sign"},
        {is_stdin_twice(o), "standard input can be read only once"},
    };
    for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++) {
        if (combinations[i].wrong) {
            return diagnostic_usage("%s", combinations[i].message);
        }
    }
    return EXIT_DONE;
}

static enum exit_status check_vars(const struct options *o)
{
    return !o->launch.vars     ? EXIT_DONE
           : o->file_count > 1 ? diagnostic_usage("--vars is for a single file")
           : o->launch.image_format == MRTD_FORMAT_IGVM
               ? diagnostic_usage("--vars is for a split TDVF image, not for "
                                  "--image-format igvm")
               : EXIT_DONE;
}

static enum exit_status check_files(const struct options *o)
{
    const struct command *c = command_at(o->command);
    if (o->file_count > c->most_files) {
        return c->most_files == 0
                   ? diagnostic_usage("%s takes no files", c->title)
                   : diagnostic_usage("%s takes %d files, not %d", c->title,
                                      c->most_files, o->file_count);
    }
    if (o->file_count < c->fewest_files) {
        return o->svg || o->html
                   ? diagnostic_usage("no file is given ('-' is standard "
                                      "input); --svg and --html name the file "
                                      "that is written")
               : c->fewest_files == 1
                   ? diagnostic_usage(
                         "no file is given ('-' is standard input)")
                   : diagnostic_usage("%s takes %d files, not %d", c->title,
                                      c->fewest_files, o->file_count);
    }
    return EXIT_DONE;
}

enum exit_status options_check_question(struct options *o)
{
    bool vmm_help = false;
    for (unsigned i = 0; i < o->vmm_count; i++) {
        vmm_help |= strcmp(o->vmm_names[i], "help") == 0;
    }
    const char *formats = o->reference.formats;
    const struct {
        bool asked;
        enum command_id id;
        unsigned with; /* options that may be given with it, itself counted */
        const char *text;
    } questions[] = {
        {o->help, COMMAND_HELP, 1U + o->lists + o->verbose,
         "--help is given alone, or after a command alone"},
        {o->version, COMMAND_VERSION, 1U + o->verbose,
         "--version is given alone, or with -v"},
        {vmm_help, COMMAND_VMM_HELP, 1,
         "--vmm help is given alone, or after a command alone"},
        {formats && strcmp(formats, "help") == 0, COMMAND_FORMAT_HELP, 1,
         "--format help is given alone, or after 'reference' alone"},
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (!questions[i].asked) {
            continue;
        }
        if (o->given_count > questions[i].with || o->file_count > 0 ||
            o->vmm_count > 1) {
            return diagnostic_usage("%s; with anything else nothing would be "
                                    "checked",
                                    questions[i].text);
        }
        o->asked = o->command;
        o->command = questions[i].id;
        return EXIT_DONE;
    }
    return EXIT_DONE;
}

enum exit_status options_check(const struct options *options)
{
    enum exit_status status = check_combination(options);
    if (!status) {
        status = check_vars(options);
    }
    if (!status) {
        status = check_files(options);
    }
    const struct files files = options_files(options);
    return status ? status : outputs_check(&files);
}
