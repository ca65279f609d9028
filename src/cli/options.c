/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/parallel.h"
#include "cli/size.h"
#include "reference/claims.h"

#define MAX_JOBS 1024

static enum exit_status take_vmm(struct options *o)
{
    if (strcmp(optarg, "help") == 0) {
        bool lint = o->file_count > 0 && strcmp(o->files[0], "lint") == 0;
        o->command = lint ? COMMAND_LOADER_HELP : COMMAND_VMM_HELP;
        return EXIT_DONE;
    }
    if (o->vmm_count == OPTIONS_MAX_VMMS) {
        return diagnostic_usage("--vmm is given more than %d times",
                                OPTIONS_MAX_VMMS);
    }
    o->vmms[o->vmm_count++] = optarg;
    return EXIT_DONE;
}

/* The argument of --vmm: a profile. lint names loaders with it. */
static enum exit_status take_vmms(struct options *o)
{
    if (o->command == COMMAND_LINT) {
        return EXIT_DONE;
    }
    if (o->vmm_count > 1) {
        return diagnostic_usage("--vmm is given twice");
    }
    o->profile =
        o->vmm_count > 0 ? mrtd_profile_find(o->vmms[0]) : mrtd_profile_at(0);
    if (!o->profile) {
        return diagnostic_usage(
            "there is no VMM profile '%s'; 'mrtd-calc --vmm help' "
            "lists them",
            printable(o->vmms[0]));
    }
    o->profile_given = o->vmm_count > 0;
    return EXIT_DONE;
}

static enum exit_status take_limit(struct options *o)
{
    if (!size_parse(optarg, &o->limit)) {
        return diagnostic_usage(
            "--limit needs a number of bytes above 0, as 64G, not "
            "'%s'",
            printable(optarg));
    }
    return EXIT_DONE;
}

static enum exit_status take_jobs(struct options *o)
{
    char *end = NULL;
    unsigned long jobs = strtoul(optarg, &end, 10);
    if (optarg[0] < '0' || optarg[0] > '9' || *end || jobs == 0 ||
        jobs > MAX_JOBS) {
        return diagnostic_usage("--jobs needs a number from 1 to %d, not '%s'",
                                MAX_JOBS, printable(optarg));
    }
    o->jobs = (unsigned)jobs;
    return EXIT_DONE;
}

static enum exit_status take_kind(struct options *o)
{
    o->kind = claims_kind_find(optarg);
    if (o->kind < 0) {
        return diagnostic_usage("--kind needs %s, not '%s'", claims_kind_names,
                                printable(optarg));
    }
    return EXIT_DONE;
}

/* -c and --version are commands, too; --help ends the parsing. */
static enum exit_status take_command(struct options *o, enum command_id command)
{
    if (o->command != COMMAND_MEASURE && o->command != command) {
        return diagnostic_usage("-c and --version exclude each other");
    }
    o->command = command;
    return EXIT_DONE;
}

static enum exit_status take_lists(struct options *o)
{
    return take_command(o, COMMAND_CHECK_LISTS);
}

static enum exit_status take_version(struct options *o)
{
    return take_command(o, COMMAND_VERSION);
}

static enum exit_status take_help(struct options *o)
{
    o->command = COMMAND_HELP;
    return EXIT_DONE;
}

/* --- The table of options ------------------------------------------------ */

#define ON(id) (1U << COMMAND_##id)
/* Commands on the images that are their operands. */
#define ON_IMAGES                                                              \
    (ON(MEASURE) | ON(CHECK_LISTS) | ON(SHOW) | ON(CHECK) | ON(TDINFO) |       \
     ON(DIFF))
#define ON_ALL UINT_MAX

enum option_kind {
    OPTION_FLAG, /* field is a bool */
    OPTION_TEXT, /* field is a const char *; value says what is needed */
    OPTION_TAKE, /* take() is called, optarg is its argument if value is set */
};

struct option_rule {
    const char *name;
    char letter; /* or 0 */
    enum option_kind kind;
    const char *value; /* what its argument is; NULL: takes none */
    size_t field;
    enum exit_status (*take)(struct options *o);
    unsigned commands; /* that have it: ON() */
};

#define FLAG(name, letter, field, commands)                                    \
    {                                                                          \
        name, letter, OPTION_FLAG, NULL, offsetof(struct options, field),      \
            NULL, commands                                                     \
    }
#define TEXT(name, value, field, commands)                                     \
    {                                                                          \
        name, 0, OPTION_TEXT, value, offsetof(struct options, field), NULL,    \
            commands                                                           \
    }
#define TAKE(name, letter, value, take, commands)                              \
    {                                                                          \
        name, letter, OPTION_TAKE, value, 0, take, commands                    \
    }

#define HEX_48 "96 hexadecimal digits"
#define HEX_64 "1 to 16 hexadecimal digits"

static const struct option_rule rules[] = {
    TAKE("check", 'c', NULL, take_lists, ON_ALL),
    TAKE("help", 0, NULL, take_help, ON_ALL),
    TAKE("version", 0, NULL, take_version, ON_ALL),
    FLAG("verbose", 'v', verbose, ON(VERSION)),

    TAKE("vmm", 0, "a name", take_vmm, (ON_IMAGES & ~ON(CHECK)) | ON(LINT)),
    TEXT("vars", "a file name", vars,
         (ON_IMAGES & ~ON(CHECK_LISTS) & ~ON(DIFF)) | ON(LINT)),
    TEXT("payload", "a file name", payload, ON_IMAGES),
    FLAG("permissive", 0, permissive, ON_IMAGES),
    TAKE("limit", 0, "a number", take_limit, ON_IMAGES | ON(LINT)),
    TAKE("jobs", 0, "a number", take_jobs, ON_IMAGES & ~ON(DIFF)),

    FLAG("tag", 0, tag, ON(MEASURE)),
    FLAG("no-newline", 'n', no_newline, ON(MEASURE)),
    FLAG("base64", 0, base64, ON(MEASURE)),
    FLAG("json", 0, json, (ON_IMAGES & ~ON(CHECK_LISTS)) | ON(LINT)),

    FLAG("quiet", 0, quiet, ON(CHECK_LISTS)),
    FLAG("status", 0, status, ON(CHECK_LISTS)),
    FLAG("ignore-missing", 0, ignore_missing, ON(CHECK_LISTS)),

    FLAG("plan", 0, plan, ON(SHOW)),
    FLAG("trace", 0, trace, ON(SHOW)),
    TEXT("svg", "a file name", svg, ON(SHOW)),
    TEXT("html", "a file name", html, ON(SHOW)),

    TEXT("against", "an MRTD or a file", against, ON(CHECK)),
    TAKE("kind", 0, "a name", take_kind, ON(CHECK)),
    FLAG("explain", 0, explain, ON(CHECK)),

    TEXT("manifest", "a file name", tdinfo.manifest, ON(TDINFO)),
    TEXT("mrtd", HEX_48, tdinfo.mrtd, ON(TDINFO)),
    TEXT("attributes", HEX_64, tdinfo.attributes, ON(TDINFO)),
    TEXT("xfam", HEX_64, tdinfo.xfam, ON(TDINFO)),
    TEXT("mrconfigid", HEX_48, tdinfo.mrconfigid, ON(TDINFO)),
    TEXT("mrowner", HEX_48, tdinfo.mrowner, ON(TDINFO)),
    TEXT("mrownerconfig", HEX_48, tdinfo.mrownerconfig, ON(TDINFO)),
    TEXT("rtmr0", HEX_48, tdinfo.rtmr[0], ON(TDINFO)),
    TEXT("rtmr1", HEX_48, tdinfo.rtmr[1], ON(TDINFO)),
    TEXT("rtmr2", HEX_48, tdinfo.rtmr[2], ON(TDINFO)),
    TEXT("rtmr3", HEX_48, tdinfo.rtmr[3], ON(TDINFO)),
    TEXT("servtd-hash", HEX_48, tdinfo.servtd_hash, ON(TDINFO)),
    TEXT("separator", "a number", tdinfo.separator, ON(TDINFO)),
    TEXT("servtd-attributes", HEX_64, tdinfo.servtd_attributes, ON(TDINFO)),
    {"output", 'o', OPTION_TEXT, "a file name",
     offsetof(struct options, tdinfo.output), NULL, ON(TDINFO)},
    TEXT("tdinfo-output", "a file name", tdinfo.tdinfo_output, ON(TDINFO)),

    FLAG("all", 0, all, ON(DIFF)),
};

#define RULES (sizeof rules / sizeof *rules)
/* getopt_long()'s value of rule i: no character, and not '?', ':' or 1. */
#define RULE_BASE 256

static enum exit_status take_option(struct options *o, size_t index)
{
    const struct option_rule *rule = &rules[index];
    char *field = (char *)o + rule->field;
    if (rule->value && rule->take != take_vmm && o->given >> index & 1) {
        return diagnostic_usage("--%s is given twice", rule->name);
    }
    o->given |= UINT64_C(1) << index;
    switch (rule->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return EXIT_DONE;
    case OPTION_TEXT:
        if (!*optarg) {
            return diagnostic_usage("--%s needs %s", rule->name, rule->value);
        }
        *(const char **)field = optarg;
        return EXIT_DONE;
    default:
        return rule->take(o);
    }
}

/* "printing MRTDs, show or diff": the commands of a mask. */
static const char *list_commands(unsigned commands, char *text, size_t size)
{
    size_t used = 0;
    unsigned left = commands & ((1U << COMMAND_COUNT) - 1);
    text[0] = '\0';
    for (unsigned id = 0; left && used < size; id++) {
        if (!(left >> id & 1)) {
            continue;
        }
        left &= ~(1U << id);
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 used == 0 ? ""
                                 : left    ? ", "
                                           : " or ",
                                 command_at(id)->title);
    }
    return text;
}

/* Refuses options that the command does not have. */
static enum exit_status check_given(const struct options *o)
{
    char text[300];
    for (size_t i = 0; i < RULES; i++) {
        if (o->given >> i & 1 && !(rules[i].commands >> o->command & 1)) {
            return diagnostic_usage(
                "--%s is for %s, not for %s", rules[i].name,
                list_commands(rules[i].commands, text, sizeof text),
                command_at(o->command)->title);
        }
    }
    return EXIT_DONE;
}

/* Commands that need several inputs at once. */
static bool is_stdin_twice(const struct options *o)
{
    int uses = o->against && strcmp(o->against, "-") == 0;
    for (int i = 0; i < o->file_count; i++) {
        uses += strcmp(o->files[i], "-") == 0;
    }
    return uses > 1 &&
           (o->command == COMMAND_DIFF || o->command == COMMAND_CHECK);
}

/* Is an output to go where the firmware is? */
static bool overwrites(const struct options *o)
{
    const char *const outputs[] = {o->svg, o->html, o->tdinfo.output,
                                   o->tdinfo.tdinfo_output};
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        if (outputs[i] && o->file_count > 0 && strcmp(outputs[i], "-") != 0 &&
            strcmp(outputs[i], o->files[0]) == 0) {
            return true;
        }
    }
    return false;
}

/* Options that make no sense together. */
static enum exit_status check_combination(const struct options *o)
{
    bool drawn = o->svg || o->html;
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
         "--svg and --html are written in place of --plan, --trace and "
         "--json"},
        {o->svg && o->html && strcmp(o->svg, o->html) == 0,
         "--svg and --html need a file each"},
        {overwrites(o), "the output would overwrite the firmware"},
        {o->command == COMMAND_CHECK && !o->against,
         "check needs --against X: an MRTD, a quote, reference values"},
        {o->command == COMMAND_TDINFO && !o->tdinfo.mrtd == !o->file_count,
         "tdinfo needs either a firmware file or --mrtd"},
        {o->tdinfo.mrtd && (o->vmm_count > 0 || o->limit || o->payload ||
                            o->vars || o->permissive || o->jobs),
         "with --mrtd there is no image that --vmm, --vars, --payload, "
         "--permissive, --limit or --jobs could be for"},
        {o->tdinfo.separator && (o->tdinfo.rtmr[0] || o->tdinfo.rtmr[1]),
         "--separator sets RTMR0 and RTMR1; --rtmr0 and --rtmr1 exclude it"},
        {o->explain && o->json, "--explain and --json exclude each other"},
        {o->explain && o->file_count > 1, "--explain is for a single file"},
        {o->payload && o->command != COMMAND_CHECK &&
             !(o->profile && o->profile->takes_payload),
         "--payload is for VMMs that load it from a file: --vmm "
         "cloud-hypervisor"},
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

/* A command, if the first operand is one and does not stand behind "--". */
static void take_command_word(struct options *o, bool before_dashes)
{
    if (o->command != COMMAND_MEASURE || o->file_count == 0 || !before_dashes) {
        return;
    }
    for (unsigned id = 0; id < COMMAND_COUNT; id++) {
        const char *word = command_at(id)->word;
        if (word && strcmp(o->files[0], word) == 0) {
            o->command = id;
            o->files++;
            o->file_count--;
            return;
        }
    }
}

/* What getopt_long() did not like. */
static enum exit_status bad_option(int result, char **argv)
{
    const char *word = printable(argv[optind - 1]);
    if (result == ':') {
        return diagnostic_usage("option '%s' needs an argument", word);
    }
    if (optopt > ' ' && optopt < 0x7f) {
        return diagnostic_usage("there is no option '-%c'", optopt);
    }
    if (optopt >= RULE_BASE) {
        return diagnostic_usage("option '%s' takes no argument", word);
    }
    return diagnostic_usage(
        "there is no option '%s', or it is an ambiguous abbreviation", word);
}

/* The table in getopt_long()'s form. */
struct getopt_form {
    struct option longs[RULES + 1];
    char shorts[2 * RULES + 3];
};

static void fill_getopt_form(struct getopt_form *form)
{
    char *letter = form->shorts;
    /* '-': operands are returned in their order, as option 1; ':': a missing
     * argument is told from an unknown option. */
    *letter++ = '-';
    *letter++ = ':';
    for (size_t i = 0; i < RULES; i++) {
        form->longs[i].name = rules[i].name;
        form->longs[i].has_arg =
            rules[i].value ? required_argument : no_argument;
        form->longs[i].val = RULE_BASE + (int)i;
        if (rules[i].letter) {
            *letter++ = rules[i].letter;
            if (rules[i].value) {
                *letter++ = ':';
            }
        }
    }
}

/* The index of the rule for what getopt_long() returned. */
static size_t find_rule(int option)
{
    size_t i = 0;
    if (option >= RULE_BASE) {
        return (size_t)(option - RULE_BASE);
    }
    while (rules[i].letter != option) {
        i++;
    }
    return i;
}

static enum exit_status check(const struct options *o)
{
    enum exit_status status = check_given(o);
    if (!status) {
        status = check_combination(o);
    }
    return status ? status : check_files(o);
}

enum exit_status options_parse(struct options *options, int argc, char **argv)
{
    /* Operands are gathered in argv, over what has been parsed already. */
    struct options o = {.command = COMMAND_MEASURE, .files = argv + 1};
    struct getopt_form form = {0};
    int option;
    fill_getopt_form(&form);
    opterr = 0;
    while ((option = getopt_long(argc, argv, form.shorts, form.longs, NULL)) !=
           -1) {
        enum exit_status status = EXIT_DONE;
        if (option == '?' || option == ':') {
            status = bad_option(option, argv);
        } else if (option == 1) {
            o.files[o.file_count++] = optarg;
        } else {
            status = take_option(&o, find_rule(option));
        }
        if (status || o.command == COMMAND_HELP ||
            o.command == COMMAND_VMM_HELP || o.command == COMMAND_LOADER_HELP) {
            *options = o;
            return status;
        }
    }
    bool before_dashes = o.file_count > 0;
    while (optind < argc) {
        o.files[o.file_count++] = argv[optind++];
    }
    take_command_word(&o, before_dashes);
    enum exit_status status = take_vmms(&o);
    if (!status) {
        status = check(&o);
    }
    if (status) {
        return status;
    }
    if (!o.jobs) {
        o.jobs = parallel_cores();
    }
    *options = o;
    return EXIT_DONE;
}
