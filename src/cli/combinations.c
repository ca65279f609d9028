/* SPDX-License-Identifier: Apache-2.0 */
/* Options and files that make no sense together. */
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/options.h"

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

/* Are these two the same file, whatever their names? */
static bool is_same_file(const char *a, const char *b)
{
    struct stat x;
    struct stat y;
    return a && b && strcmp(a, "-") != 0 && strcmp(b, "-") != 0 &&
           stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

void options_outputs(const struct options *options,
                     const char *outputs[OPTIONS_OUTPUTS])
{
    const char *const all[OPTIONS_OUTPUTS] = {options->svg,
                                              options->html,
                                              options->corim,
                                              options->corim_signature,
                                              options->output,
                                              options->tdinfo.tdinfo_output,
                                              options->reference.out_dir};
    memcpy(outputs, all, sizeof all);
}

/* Are two outputs the same file, now or once they are written? */
static bool is_same_output(const char *a, const char *b)
{
    return a && b && (strcmp(a, b) == 0 || is_same_file(a, b));
}

/* Refuses an output that would replace what is read, or another output. */
static enum exit_status check_outputs(const struct options *o)
{
    const char *outputs[OPTIONS_OUTPUTS];
    options_outputs(o, outputs);
    const char *const inputs[] = {o->vars, o->payload, o->manifest,
                                  o->reference.sign};
    const int inputs_count = (int)(sizeof inputs / sizeof *inputs);
    for (size_t i = 0; i < OPTIONS_OUTPUTS; i++) {
        for (size_t k = 0; k < i; k++) {
            if (is_same_output(outputs[i], outputs[k])) {
                return diagnostic_usage("two outputs would be the same file, "
                                        "%s; each needs its own",
                                        printable(outputs[i]));
            }
        }
        for (int k = 0; k < o->file_count + inputs_count; k++) {
            const char *input =
                k < inputs_count ? inputs[k] : o->files[k - inputs_count];
            if (is_same_file(outputs[i], input)) {
                return diagnostic_usage("the output would overwrite an input, "
                                        "%s",
                                        printable(input));
            }
        }
    }
    return EXIT_DONE;
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
        {o->no_newline && o->json, "-n and --json exclude each other"},
        {o->no_newline && o->file_count > 1, "-n is for a single file"},
        {o->vars && o->file_count > 1, "--vars is for a single file"},
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
        {o->tdinfo.mrtd && (o->vmm_count > 0 || o->limit || o->payload ||
                            o->vars || o->permissive),
         "with --mrtd there is no image that --vmm, --vars, --payload, "
         "--permissive or --limit could be for"},
        {o->tdinfo.separator && (o->tdinfo.rtmr[0] || o->tdinfo.rtmr[1]),
         "--separator sets RTMR0 and RTMR1; --rtmr0 and --rtmr1 exclude it"},
        {o->explain && o->json, "--explain and --json exclude each other"},
        {o->explain && o->file_count > 1, "--explain is for a single file"},
        {o->payload && o->command != COMMAND_CHECK &&
             !(o->profile && o->profile->takes_payload),
         "--payload is for VMMs that load it from a file: --vmm "
         "cloud-hypervisor"},
        {o->reference.version && o->command != COMMAND_REFERENCE,
         "--version VERSION is for writing reference values"},
        {o->command == COMMAND_BUNDLE && !o->reference.out_dir,
         "--manifest needs --out-dir FOLDER, which it makes"},
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
        return c->fewest_files == 1
                   ? diagnostic_usage(
                         "no file is given ('-' is standard input)")
                   : diagnostic_usage("%s takes %d files, not %d", c->title,
                                      c->fewest_files, o->file_count);
    }
    return EXIT_DONE;
}

enum exit_status options_check(const struct options *options)
{
    enum exit_status status = check_combination(options);
    if (!status) {
        status = check_outputs(options);
    }
    return status ? status : check_files(options);
}
