/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/parallel.h"

enum long_option {
    OPTION_BASE64 = 256,
    OPTION_HELP,
    OPTION_IGNORE_MISSING,
    OPTION_JOBS,
    OPTION_JSON,
    OPTION_LIMIT,
    OPTION_PAYLOAD,
    OPTION_PERMISSIVE,
    OPTION_PLAN,
    OPTION_QUIET,
    OPTION_STATUS,
    OPTION_TAG,
    OPTION_TRACE,
    OPTION_VARS,
    OPTION_VERSION,
    OPTION_VMM,
};

#define MAX_JOBS 1024

static const struct option long_options[] = {
    {"base64", no_argument, NULL, OPTION_BASE64},
    {"check", no_argument, NULL, 'c'},
    {"help", no_argument, NULL, OPTION_HELP},
    {"ignore-missing", no_argument, NULL, OPTION_IGNORE_MISSING},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"json", no_argument, NULL, OPTION_JSON},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"no-newline", no_argument, NULL, 'n'},
    {"payload", required_argument, NULL, OPTION_PAYLOAD},
    {"permissive", no_argument, NULL, OPTION_PERMISSIVE},
    {"plan", no_argument, NULL, OPTION_PLAN},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"status", no_argument, NULL, OPTION_STATUS},
    {"tag", no_argument, NULL, OPTION_TAG},
    {"trace", no_argument, NULL, OPTION_TRACE},
    {"vars", required_argument, NULL, OPTION_VARS},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"vmm", required_argument, NULL, OPTION_VMM},
    {NULL, 0, NULL, 0},
};

static enum exit_status usage(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static enum exit_status usage(const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    diagnostic("%s; try 'mrtd-calc --help'", text);
    return EXIT_USAGE;
}

/* A number of bytes, with K, M, G or T for powers of 1024. */
static bool parse_size(const char *text, uint64_t *size)
{
    static const char suffixes[] = "KMGT";
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno) {
        return false;
    }
    if (*end) {
        const char *suffix = strchr(suffixes, *end);
        if (!suffix || end[1]) {
            return false;
        }
        unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);
        if (value > UINT64_MAX >> shift) {
            return false;
        }
        value <<= shift;
    }
    *size = value;
    return value > 0;
}

static enum exit_status take_file(const char **to, const char *option)
{
    if (*to) {
        return usage("%s is given twice", option);
    }
    if (!*optarg) {
        return usage("%s needs a file name", option);
    }
    *to = optarg;
    return EXIT_DONE;
}

static enum exit_status take_vmm(struct options *o)
{
    if (strcmp(optarg, "help") == 0) {
        o->command = COMMAND_VMM_HELP;
        return EXIT_DONE;
    }
    if (o->profile) {
        return usage("--vmm is given twice");
    }
    o->profile = mrtd_profile_find(optarg);
    if (!o->profile) {
        return usage("there is no VMM profile '%s'; 'mrtd-calc --vmm help' "
                     "lists them",
                     printable(optarg));
    }
    return EXIT_DONE;
}

static enum exit_status take_limit(struct options *o)
{
    if (o->limit) {
        return usage("--limit is given twice");
    }
    if (!parse_size(optarg, &o->limit)) {
        return usage("--limit needs a number of bytes above 0, as 64G, not "
                     "'%s'",
                     printable(optarg));
    }
    return EXIT_DONE;
}

static enum exit_status take_jobs(struct options *o)
{
    char *end = NULL;
    unsigned long jobs = strtoul(optarg, &end, 10);
    if (o->jobs) {
        return usage("--jobs is given twice");
    }
    if (optarg[0] < '0' || optarg[0] > '9' || *end || jobs == 0 ||
        jobs > MAX_JOBS) {
        return usage("--jobs needs a number from 1 to %d, not '%s'", MAX_JOBS,
                     printable(optarg));
    }
    o->jobs = (unsigned)jobs;
    return EXIT_DONE;
}

/* -c and --version are commands, too; --help ends the parsing. */
static enum exit_status take_command(struct options *o, enum command command)
{
    if (o->command != COMMAND_MEASURE && o->command != command) {
        return usage("-c and --version exclude each other");
    }
    o->command = command;
    return EXIT_DONE;
}

static enum exit_status take_option(struct options *o, int option)
{
    bool *flag = NULL;
    switch (option) {
    case 'c':
        return take_command(o, COMMAND_CHECK);
    case OPTION_HELP:
        o->command = COMMAND_HELP;
        return EXIT_DONE;
    case OPTION_VERSION:
        return take_command(o, COMMAND_VERSION);
    case OPTION_JOBS:
        return take_jobs(o);
    case OPTION_LIMIT:
        return take_limit(o);
    case OPTION_PAYLOAD:
        return take_file(&o->payload, "--payload");
    case OPTION_VARS:
        return take_file(&o->vars, "--vars");
    case OPTION_VMM:
        return take_vmm(o);
    case 'v':
        flag = &o->verbose;
        break;
    case 'n':
        flag = &o->no_newline;
        break;
    case OPTION_BASE64:
        flag = &o->base64;
        break;
    case OPTION_IGNORE_MISSING:
        flag = &o->ignore_missing;
        break;
    case OPTION_JSON:
        flag = &o->json;
        break;
    case OPTION_PERMISSIVE:
        flag = &o->permissive;
        break;
    case OPTION_PLAN:
        flag = &o->plan;
        break;
    case OPTION_QUIET:
        flag = &o->quiet;
        break;
    case OPTION_STATUS:
        flag = &o->status;
        break;
    case OPTION_TAG:
        flag = &o->tag;
        break;
    default:
        flag = &o->trace;
        break;
    }
    *flag = true;
    return EXIT_DONE;
}

/* What getopt_long() did not like. */
static enum exit_status bad_option(int result, char **argv)
{
    const char *word = printable(argv[optind - 1]);
    if (result == ':') {
        return usage("option '%s' needs an argument", word);
    }
    if (optopt > ' ' && optopt < 0x7f) {
        return usage("there is no option '-%c'", optopt);
    }
    if (optopt >= OPTION_BASE64) {
        return usage("option '%s' takes no argument", word);
    }
    return usage("there is no option '%s', or it is an ambiguous abbreviation",
                 word);
}

/* Options that make no sense together. */
static enum exit_status check_combination(const struct options *o)
{
    const bool measure = o->command == COMMAND_MEASURE;
    const bool check = o->command == COMMAND_CHECK;
    const bool show = o->command == COMMAND_SHOW;
    const struct {
        bool wrong;
        const char *message;
    } rules[] = {
        {o->command == COMMAND_SELF_TEST &&
             (o->file_count > 0 || o->profile || o->permissive || o->payload ||
              o->vars || o->limit || o->json || o->jobs),
         "self-test takes no files and no options"},
        {!measure && (o->tag || o->no_newline || o->base64),
         "--tag, -n and --base64 are for printing MRTDs, not for -c, show or "
         "self-test"},
        {o->verbose && o->command != COMMAND_VERSION,
         "-v is for --version only"},
        {check && o->json, "--json and -c exclude each other"},
        {check && o->vars, "--vars is for one image, not for -c"},
        {!check && (o->quiet || o->status || o->ignore_missing),
         "--quiet, --status and --ignore-missing are for -c only"},
        {!show && (o->plan || o->trace),
         "--plan and --trace are for the command show only"},
        {o->plan + o->trace + o->json > 1,
         "of --plan, --trace and --json only one can be given"},
        {o->json + o->base64 + o->tag > 1,
         "of --json, --base64 and --tag only one can be given"},
        {o->no_newline && o->json, "-n and --json exclude each other"},
        {o->no_newline && o->file_count > 1, "-n is for a single file"},
        {o->vars && o->file_count > 1, "--vars is for a single file"},
        {o->payload && !(o->profile && o->profile->takes_payload),
         "--payload is for VMMs that load it from a file: --vmm "
         "cloud-hypervisor"},
        {(measure || check || show) && o->file_count == 0,
         "no file is given ('-' is standard input)"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].wrong) {
            return usage("%s", rules[i].message);
        }
    }
    return EXIT_DONE;
}

/* A command, if the first operand is one and does not stand behind "--". */
static void take_command_word(struct options *o, bool before_dashes)
{
    if (o->command != COMMAND_MEASURE || o->file_count == 0 || !before_dashes) {
        return;
    }
    if (strcmp(o->files[0], "show") == 0) {
        o->command = COMMAND_SHOW;
    } else if (strcmp(o->files[0], "self-test") == 0) {
        o->command = COMMAND_SELF_TEST;
    } else {
        return;
    }
    o->files++;
    o->file_count--;
}

enum exit_status options_parse(struct options *options, int argc, char **argv)
{
    /* Operands are gathered in argv, over what has been parsed already. */
    struct options o = {.command = COMMAND_MEASURE, .files = argv + 1};
    int option;
    opterr = 0;
    /* '-': operands are returned in their order, as option 1. */
    while ((option = getopt_long(argc, argv, "-:cnv", long_options, NULL)) !=
           -1) {
        enum exit_status status = EXIT_DONE;
        if (option == '?' || option == ':') {
            status = bad_option(option, argv);
        } else if (option == 1) {
            o.files[o.file_count++] = optarg;
        } else {
            status = take_option(&o, option);
        }
        if (status || o.command == COMMAND_HELP ||
            o.command == COMMAND_VMM_HELP) {
            *options = o;
            return status;
        }
    }
    bool before_dashes = o.file_count > 0;
    while (optind < argc) {
        o.files[o.file_count++] = argv[optind++];
    }
    take_command_word(&o, before_dashes);
    enum exit_status status = check_combination(&o);
    if (status) {
        return status;
    }
    if (!o.jobs) {
        o.jobs = parallel_cores();
    }
    if (!o.profile) {
        o.profile = mrtd_profile_at(0);
    }
    *options = o;
    return EXIT_DONE;
}
