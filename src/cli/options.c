/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/input.h"
#include "cli/parallel.h"
#include "cli/size.h"
#include "reference/claims.h"

#define MAX_JOBS 1024

/* Did this command word come first? */
static bool is_for(const struct options *o, const char *word)
{
    return o->file_count > 0 && strcmp(o->files[0], word) == 0;
}

static enum exit_status take_vmm(struct options *o)
{
    if (strcmp(optarg, "help") == 0) {
        o->command = is_for(o, "lint") ? COMMAND_LOADER_HELP : COMMAND_VMM_HELP;
        return EXIT_DONE;
    }
    if (o->vmm_count == OPTIONS_MAX_VMMS) {
        return diagnostic_usage("--vmm is given more than %d times",
                                OPTIONS_MAX_VMMS);
    }
    o->vmms[o->vmm_count++] = optarg;
    return EXIT_DONE;
}

/* The arguments of --vmm: profiles. lint names loaders with it. */
static enum exit_status take_vmms(struct options *o)
{
    if (o->command == COMMAND_LINT) {
        return EXIT_DONE;
    }
    if (o->vmm_count > 1 && o->command != COMMAND_REFERENCE &&
        o->command != COMMAND_VERIFY) {
        return diagnostic_usage("--vmm is given twice");
    }
    o->profiles[0] = mrtd_profile_at(0);
    for (unsigned i = 0; i < o->vmm_count; i++) {
        o->profiles[i] = mrtd_profile_find(o->vmms[i]);
        if (!o->profiles[i]) {
            return diagnostic_usage(
                "there is no VMM profile '%s'; 'mrtd-calc --vmm help' "
                "lists them",
                printable(o->vmms[i]));
        }
    }
    o->profile = o->profiles[0];
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
    if (optarg) {
        return diagnostic_usage("option '--version=%s' takes no argument",
                                printable(optarg));
    }
    return take_command(o, COMMAND_VERSION);
}

/* --version of the command reference: that of the firmware. Its argument may be
 * the next word, as that of other options. */
static enum exit_status take_firmware_version(struct options *o, int argc,
                                              char **argv)
{
    const char *text = optarg;
    if (!text && optind < argc) {
        text = argv[optind++];
    }
    if (!text || !*text) {
        return diagnostic_usage("--version of reference needs the firmware's "
                                "version");
    }
    if (o->reference.version) {
        return diagnostic_usage("--version is given twice");
    }
    o->reference.version = text;
    return EXIT_DONE;
}

static enum exit_status take_format(struct options *o)
{
    if (strcmp(optarg, "help") == 0) {
        o->command = COMMAND_FORMAT_HELP;
    }
    o->reference.formats = optarg;
    return EXIT_DONE;
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
     ON(DIFF) | ON(REFERENCE) | ON(VERIFY))
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
    TAKE("help", 'h', NULL, take_help, ON_ALL),
    TAKE("version", 0, NULL, take_version, ON_ALL),
    FLAG("verbose", 'v', verbose, ON(VERSION)),

    TAKE("vmm", 0, "a name", take_vmm, (ON_IMAGES & ~ON(CHECK)) | ON(LINT)),
    TEXT("vars", "a file name", vars,
         (ON_IMAGES & ~ON(CHECK_LISTS) & ~ON(DIFF)) | ON(LINT)),
    TEXT("payload", "a file name", payload, ON_IMAGES),
    FLAG("permissive", 0, permissive, ON_IMAGES),
    TAKE("limit", 0, "a number", take_limit, ON_IMAGES | ON(LINT) | ON(BUNDLE)),
    TAKE("jobs", 0, "a number", take_jobs, ON(MEASURE) | ON(CHECK_LISTS)),

    FLAG("tag", 0, tag, ON(MEASURE)),
    FLAG("no-newline", 'n', no_newline, ON(MEASURE)),
    FLAG("base64", 0, base64, ON(MEASURE)),
    FLAG("json", 0, json,
         (ON_IMAGES & ~ON(CHECK_LISTS) & ~ON(REFERENCE) & ~ON(VERIFY)) |
             ON(LINT)),

    FLAG("quiet", 0, quiet, ON(CHECK_LISTS)),
    FLAG("status", 0, status, ON(CHECK_LISTS)),
    FLAG("ignore-missing", 0, ignore_missing, ON(CHECK_LISTS)),

    FLAG("plan", 0, plan, ON(SHOW)),
    FLAG("trace", 0, trace, ON(SHOW)),
    TEXT("svg", "a file name", svg, ON(SHOW)),
    TEXT("html", "a file name", html, ON(SHOW)),
    TEXT("corim", "a file name", corim, ON(SHOW)),
    TEXT("corim-signature", "a file name", corim_signature, ON(SHOW)),

    TEXT("against", "an MRTD or a file", against, ON(CHECK)),
    TAKE("kind", 0, "a name", take_kind, ON(CHECK)),
    FLAG("explain", 0, explain, ON(CHECK)),

    TEXT("manifest", "a file name", manifest, ON(TDINFO) | ON(BUNDLE)),
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
     offsetof(struct options, output), NULL, ON(TDINFO) | ON(REFERENCE)},
    TEXT("tdinfo-output", "a file name", tdinfo.tdinfo_output, ON(TDINFO)),

    FLAG("all", 0, all, ON(DIFF)),

    TAKE("format", 0, "a list of formats", take_format, ON(REFERENCE)),
    TEXT("out-dir", "a folder", reference.out_dir, ON(REFERENCE) | ON(BUNDLE)),
    TEXT("id", "a name", reference.id, ON(REFERENCE)),
    TEXT("entity", "a name", reference.entity, ON(REFERENCE)),
    TEXT("vendor", "a name", reference.vendor, ON(REFERENCE)),
    TEXT("model", "a name", reference.model, ON(REFERENCE)),
    TEXT("class-id", "a UUID", reference.class_id, ON(REFERENCE)),
    TEXT("key", "a name, or with --verify a public key's file", reference.key,
         ON(REFERENCE) | ON(VERIFY)),
    FLAG("scalar", 0, reference.scalar, ON(REFERENCE)),
    FLAG("debug-check", 0, reference.debug_check, ON(REFERENCE)),
    TEXT("corim-form", "a name", reference.corim_form, ON(REFERENCE)),
    TEXT("sign", "a private key's file", reference.sign,
         ON(REFERENCE) | ON(BUNDLE)),
    TEXT("signer", "a name", reference.signer, ON(REFERENCE) | ON(BUNDLE)),
    TEXT("passphrase-fd", "a descriptor", reference.passphrase_fd,
         ON(REFERENCE) | ON(BUNDLE)),
    TEXT("verify", "a file name", reference.verify, ON(VERIFY)),
    TEXT("time", "a date and time", when, ON(CHECK) | ON(VERIFY)),
};

#define RULES (sizeof rules / sizeof *rules)
_Static_assert(RULES <= 64, "struct options has a bit for each");
/* getopt_long()'s value of rule i: no character, and not '?', ':' or 1. */
#define RULE_BASE 256

static enum exit_status take_option(struct options *o, size_t index, int argc,
                                    char **argv)
{
    const struct option_rule *rule = &rules[index];
    char *field = (char *)o + rule->field;
    if (rule->value && rule->take != take_vmm && o->given >> index & 1) {
        return diagnostic_usage("--%s is given twice", rule->name);
    }
    if (rule->take == take_version && is_for(o, "reference")) {
        return take_firmware_version(o, argc, argv);
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

/* Does one slip of the finger, or capitals, make one word of the other? */
static bool is_near(const char *a, const char *b)
{
    size_t x = strlen(a);
    size_t y = strlen(b);
    for (; x && y && tolower((unsigned char)*a) == *b; x--, y--) {
        a++;
        b++;
    }
    for (; x && y && a[x - 1] == b[y - 1]; x--) {
        y--;
    }
    return (x <= 1 && y <= 1) ||
           (x == 2 && y == 2 && a[0] == b[1] && a[1] == b[0]);
}

/* A command, if the first operand is one and does not stand behind "--". */
static enum exit_status take_command_word(struct options *o, bool before_dashes)
{
    if (o->command != COMMAND_MEASURE || o->file_count == 0 || !before_dashes) {
        return EXIT_DONE;
    }
    for (unsigned id = 0; id < COMMAND_COUNT; id++) {
        const char *word = command_at(id)->word;
        if (word && strcmp(o->files[0], word) == 0) {
            o->command = id != COMMAND_REFERENCE ? id
                         : o->reference.verify   ? COMMAND_VERIFY
                         : o->manifest           ? COMMAND_BUNDLE
                                                 : id;
            o->files++;
            o->file_count--;
            return EXIT_DONE;
        }
        if (word && is_near(o->files[0], word) &&
            access(o->files[0], F_OK) != 0) {
            return diagnostic_usage("there is no command or file '%s', but a "
                                    "command '%s'",
                                    printable(o->files[0]), word);
        }
    }
    if (o->files[0][0] && !strpbrk(o->files[0], "/.")) {
        input_may_be_command(o->files[0]);
    }
    return EXIT_DONE;
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
        form->longs[i].has_arg = rules[i].value ? required_argument
                                 : rules[i].take == take_version
                                     ? optional_argument
                                     : no_argument;
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
    return status ? status : options_check(o);
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
            status = take_option(&o, find_rule(option), argc, argv);
        }
        if (status || o.command >= COMMAND_HELP) {
            *options = o;
            return status;
        }
    }
    bool before_dashes = o.file_count > 0;
    while (optind < argc) {
        o.files[o.file_count++] = argv[optind++];
    }
    enum exit_status status = take_command_word(&o, before_dashes);
    if (!status) {
        status = take_vmms(&o);
    }
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
