/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diagnostic.h"
#include "cli/parallel.h"
#include "cli/size.h"
#include "cli/spelling.h"
#include "reference/claims.h"

#define MAX_JOBS 1024

/* Did this command word come first? */
static bool is_for(const struct options *o, const char *word)
{
    return o->file_count > 0 && strcmp(o->files[0], word) == 0;
}

static enum exit_status take_vmm(struct options *o, const char *value)
{
    if (o->vmm_count == OPTIONS_MAX_VMMS) {
        return diagnostic_usage("--vmm is given more than %d times",
                                OPTIONS_MAX_VMMS);
    }
    o->vmms[o->vmm_count++] = value;
    return EXIT_DONE;
}

static const char *profile_name(size_t index)
{
    const struct mrtd_profile *profile = mrtd_profile_at(index);
    return profile ? profile->name : NULL;
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
            char meant[SPELLING_TEXT];
            return diagnostic_usage(
                "there is no VMM profile '%s'; 'mrtd-calc --vmm help' lists "
                "them%s",
                printable(o->vmms[i]),
                spelling_meant(meant, "", o->vmms[i], profile_name));
        }
    }
    o->profile = o->profiles[0];
    o->profile_given = o->vmm_count > 0;
    return EXIT_DONE;
}

static enum exit_status take_limit(struct options *o, const char *value)
{
    if (!size_parse(value, &o->limit)) {
        return diagnostic_usage(
            "--limit needs a number of bytes above 0, as 64G, not "
            "'%s'",
            printable(value));
    }
    return EXIT_DONE;
}

static enum exit_status take_jobs(struct options *o, const char *value)
{
    char *end = NULL;
    unsigned long jobs = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || jobs == 0 ||
        jobs > MAX_JOBS) {
        return diagnostic_usage("--jobs needs a number from 1 to %d, not '%s'",
                                MAX_JOBS, printable(value));
    }
    o->jobs = (unsigned)jobs;
    return EXIT_DONE;
}

static enum exit_status take_kind(struct options *o, const char *value)
{
    o->kind = claims_kind_find(value);
    if (o->kind < 0) {
        return diagnostic_usage("--kind needs %s, not '%s'", claims_kind_names,
                                printable(value));
    }
    return EXIT_DONE;
}

/* The program's; or, with a value, which reference takes, the firmware's. */
static enum exit_status take_version(struct options *o, const char *value)
{
    if (!value) {
        o->version = true;
        return EXIT_DONE;
    }
    if (!*value) {
        return diagnostic_usage("--version of reference needs the firmware's "
                                "version");
    }
    if (o->reference.version) {
        return diagnostic_usage("--version is given twice");
    }
    o->reference.version = value;
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
    OPTION_TAKE, /* take() is called with its argument, NULL if it has none */
};

struct option_rule {
    const char *name;
    char letter; /* or 0 */
    enum option_kind kind;
    const char *value; /* what its argument is; NULL: takes none */
    size_t field;
    enum exit_status (*take)(struct options *o, const char *value);
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
    FLAG("check", 'c', lists, ON_ALL),
    FLAG("help", 'h', help, ON_ALL),
    TAKE("version", 0, NULL, take_version, ON_ALL),
    FLAG("verbose", 'v', verbose, ON(VERSION)),

    TAKE("vmm", 0, "a name", take_vmm, (ON_IMAGES & ~ON(CHECK)) | ON(LINT)),
    TEXT("vars", "a file name", vars,
         (ON_IMAGES & ~ON(CHECK_LISTS) & ~ON(DIFF)) | ON(LINT)),
    TAKE("image-format", 0, "tdvf or igvm", image_format_take,
         ON_IMAGES | ON(LINT)),
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
    FLAG("force", 0, force, ON(SHOW) | ON(TDINFO) | ON(REFERENCE)),

    FLAG("all", 0, all, ON(DIFF)),

    TEXT("format", "a list of formats", reference.formats, ON(REFERENCE)),
    TEXT("out-dir", "a folder", reference.out_dir, ON(REFERENCE) | ON(BUNDLE)),
    TEXT("id", "a name", reference.id, ON(REFERENCE)),
    TEXT("entity", "a name", reference.entity, ON(REFERENCE)),
    TEXT("vendor", "a name", reference.vendor,
         ON(REFERENCE) | ON(VERIFY) | ON(CHECK)),
    TEXT("model", "a name", reference.model,
         ON(REFERENCE) | ON(VERIFY) | ON(CHECK)),
    TEXT("class-id", "a UUID", reference.class_id,
         ON(REFERENCE) | ON(VERIFY) | ON(CHECK)),
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

static const char *option_name(size_t index)
{
    return index < RULES ? rules[index].name : NULL;
}

uint64_t options_bit(const char *name)
{
    for (size_t i = 0; name && i < RULES; i++) {
        if (strcmp(rules[i].name, name) == 0) {
            return UINT64_C(1) << i;
        }
    }
    return 0;
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

enum exit_status options_check_given(const struct options *o)
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

/* --- Words ---------------------------------------------------------------- */

/* The command line, and how far it has been read. */
struct words {
    char **words;
    int count;
    int next;
    bool dashes; /* "--" has been read: only operands are left */
};

/* The rule of "--name", "--name=value" or "-x", or NULL; *value as attached. */
static const struct option_rule *find_rule(const char *word, const char **value)
{
    const bool is_long = word[0] == '-' && word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const size_t len = is_long ? strcspn(name, "=") : strlen(name);
    *value = name[len] == '=' ? name + len + 1 : NULL;
    if (word[0] != '-') {
        return NULL;
    }
    for (size_t i = 0; i < RULES; i++) {
        const struct option_rule *rule = &rules[i];
        if (is_long ? strlen(rule->name) == len &&
                          memcmp(rule->name, name, len) == 0
                    : len == 1 && rule->letter == *name) {
            return rule;
        }
    }
    return NULL;
}

/*
 * Says of what is none of ours which option was meant. An abbreviation is
 * none, since a new option could change what it means; neither are letters
 * behind one dash, of which one could be -h.
 */
static enum exit_status bad_option(const char *word)
{
    char meant[SPELLING_TEXT] = "";
    const bool is_long = word[1] == '-';
    const char *name = word + 1 + is_long;
    const char *foreign = spelling_foreign_option(name);
    if (foreign) {
        return diagnostic_usage("there is no option '%s': %s", printable(word),
                                foreign);
    }
    if (is_long || name[1]) {
        spelling_meant(meant, "--", name, option_name);
    }
    if (!is_long && name[1] && !*meant) {
        return diagnostic_usage("there is no option '%s'; letters are not "
                                "joined, neither to each other nor to an "
                                "argument",
                                printable(word));
    }
    return diagnostic_usage("there is no option '%s'%s", printable(word),
                            meant);
}

/* The option's argument: what is attached to it, or the next word, unless that
 * is an option as well. */
static enum exit_status take_argument(struct words *w, const char *word,
                                      const char **value)
{
    const char *unused;
    if (*value) {
        return EXIT_DONE;
    }
    const char *next = w->next < w->count ? w->words[w->next] : NULL;
    if (!next) {
        return diagnostic_usage("option '%s' needs an argument",
                                printable(word));
    }
    if (strcmp(next, "--") == 0 || find_rule(next, &unused)) {
        return diagnostic_usage("option '%s' needs an argument, and '%s' is an "
                                "option; a file of that name needs ./ before "
                                "it",
                                printable(word), printable(next));
    }
    w->next++;
    *value = next;
    return EXIT_DONE;
}

static enum exit_status take_option(struct options *o, struct words *w,
                                    const char *word)
{
    const char *value;
    const struct option_rule *rule = find_rule(word, &value);
    if (!rule) {
        return bad_option(word);
    }
    const uint64_t bit = options_bit(rule->name);
    const bool takes =
        rule->value || (rule->take == take_version && is_for(o, "reference"));
    if (rule->value && rule->take != take_vmm && o->given & bit) {
        return diagnostic_usage("--%s is given twice", rule->name);
    }
    if (!takes && value) {
        return diagnostic_usage("option '%s' takes no argument",
                                printable(word));
    }
    enum exit_status status =
        takes ? take_argument(w, word, &value) : EXIT_DONE;
    if (status) {
        return status;
    }
    o->given |= bit;
    char *field = (char *)o + rule->field;
    switch (rule->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return EXIT_DONE;
    case OPTION_TEXT:
        if (!value || !*value) {
            return diagnostic_usage("--%s needs %s", rule->name, rule->value);
        }
        *(const char **)field = value;
        return EXIT_DONE;
    default:
        return rule->take(o, value);
    }
}

static enum exit_status check(struct options *o)
{
    enum exit_status status = take_vmms(o);
    if (!status) {
        status = options_check_given(o);
    }
    return status ? status : options_check(o);
}

/* All words: options into *o, operands into its files. */
static enum exit_status take_words(struct options *o, struct words *w,
                                   bool *before_dashes)
{
    enum exit_status status = EXIT_DONE;
    *before_dashes = false;
    while (!status && w->next < w->count) {
        char *word = w->words[w->next++];
        if (w->dashes || word[0] != '-' || !word[1]) {
            /* Over what has been read already. */
            o->files[o->file_count++] = word;
            *before_dashes |= !w->dashes;
        } else if (strcmp(word, "--") == 0) {
            w->dashes = true;
        } else {
            status = take_option(o, w, word);
        }
    }
    return status;
}

enum exit_status options_parse(struct options *options, int argc, char **argv)
{
    struct options o = {.command = COMMAND_MEASURE, .files = argv + 1};
    struct words w = {.words = argv, .count = argc, .next = 1};
    bool before_dashes;
    enum exit_status status = take_words(&o, &w, &before_dashes);
    if (!status) {
        status = command_choose(&o, before_dashes);
    }
    if (!status) {
        status = options_check_question(&o);
    }
    if (!status && o.command < COMMAND_VERSION) {
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
