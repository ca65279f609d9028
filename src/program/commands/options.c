/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/options.h"

#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/option_table.h"
#include "commands/spelling.h"
#include "io/diagnostic.h"
#include "io/parallel.h"
#include "printable.h"

/* The command line, and how far it has been read. */
struct words {
    char **words;
    int count;
    int next;
    bool dashes; /* "--" has been read: only operands are left */
    const struct option_rule *foreign; /* the first that the command lacks */
};

/* "--name", "--name=value" or "-x". */
struct option_word {
    const char *word;
    const char *name;
    size_t len; /* of name */
    bool is_long;
    const char *value; /* what is attached, or NULL */
};

static struct option_word split(const char *word)
{
    struct option_word w = {.word = word,
                            .is_long = word[0] == '-' && word[1] == '-'};
    w.name = word + (w.is_long ? 2 : 1);
    w.len = w.is_long ? strcspn(w.name, "=") : strlen(w.name);
    w.value = w.name[w.len] == '=' ? w.name + w.len + 1 : NULL;
    return w;
}

static bool is_named(const struct option_rule *rule,
                     const struct option_word *w)
{
    return w->is_long ? strlen(rule->name) == w->len &&
                            memcmp(rule->name, w->name, w->len) == 0
                      : w->len == 1 && rule->letter == *w->name;
}

/* The rule of that option for one of these commands, or else for any; NULL if
 * there is no such option. */
static const struct option_rule *find_rule(const struct option_word *w,
                                           unsigned commands)
{
    const struct option_rule *rule;
    const struct option_rule *found = NULL;
    for (size_t i = 0; w->word[0] == '-' && (rule = option_rule_at(i)); i++) {
        if (is_named(rule, w) && rule->commands & commands) {
            return rule;
        }
        if (is_named(rule, w) && !found) {
            found = rule;
        }
    }
    return found;
}

/* The index-th of the names, each once. */
static const char *option_name(size_t index)
{
    const struct option_rule *rule;
    size_t names = 0;
    for (size_t i = 0; (rule = option_rule_at(i)); i++) {
        size_t first = 0;
        while (strcmp(option_rule_at(first)->name, rule->name) != 0) {
            first++;
        }
        if (first == i && names++ == index) {
            return rule->name;
        }
    }
    return NULL;
}

/* "printing MRTDs, show or diff": the commands that have the option. */
static const char *list_commands(const char *name, char *text, size_t size)
{
    const struct option_rule *rule;
    size_t used = 0;
    unsigned left = 0;
    for (size_t i = 0; (rule = option_rule_at(i)); i++) {
        left |= strcmp(rule->name, name) == 0 ? rule->commands : 0;
    }
    left &= (1U << COMMAND_VERSION) - 1;
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

/* Is the next word an option, which no option takes for its argument? */
static bool is_option(struct words w)
{
    if (w.next == w.count) {
        return true;
    }
    const struct option_word at = split(w.words[w.next]);
    return strcmp(at.word, "--") == 0 || find_rule(&at, 0);
}

/* The option's argument: what is attached to it, or the next word, unless that
 * is an option as well. */
static enum exit_status take_argument(struct words *w, struct option_word *at)
{
    if (at->value) {
        return EXIT_DONE;
    }
    if (w->next == w->count) {
        return diagnostic_usage("option '%s' needs an argument",
                                printable(at->word));
    }
    const char *next = w->words[w->next];
    if (is_option(*w)) {
        return diagnostic_usage("option '%s' needs an argument, and '%s' is an "
                                "option; a file of that name needs ./ before "
                                "it",
                                printable(at->word), printable(next));
    }
    w->next++;
    at->value = next;
    return EXIT_DONE;
}

static enum exit_status store(struct options *o, const struct option_rule *rule,
                              const char *value)
{
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

/* Was it given? It is from now on. */
static bool mark_given(struct options *o, const struct option_rule *rule)
{
    bool *given = &o->given[rule - option_rule_at(0)];
    const bool was = *given;
    o->given_count += !was;
    *given = true;
    return was;
}

/* May it be given again? */
static bool repeats(const struct option_rule *rule)
{
    return !rule->argument || strcmp(rule->name, "vmm") == 0;
}

static enum exit_status take_option(struct options *o, struct words *w,
                                    const char *word)
{
    struct option_word at = split(word);
    const struct option_rule *rule = find_rule(&at, 1U << o->command);
    if (!rule) {
        return bad_option(word);
    }
    const bool has = rule->commands >> o->command & 1;
    if (!has && !w->foreign) {
        w->foreign = rule;
    }
    if (mark_given(o, rule) && !repeats(rule)) {
        return diagnostic_usage("--%s is given twice", rule->name);
    }
    if (!rule->argument && at.value) {
        return diagnostic_usage("option '%s' takes no argument",
                                printable(word));
    }
    enum exit_status status =
        rule->argument ? take_argument(w, &at) : EXIT_DONE;
    return status || !has ? status : store(o, rule, at.value);
}

static enum exit_status check_foreign(const struct options *o,
                                      const struct option_rule *rule)
{
    char text[300];
    return rule ? diagnostic_usage("--%s is for %s, not for %s", rule->name,
                                   list_commands(rule->name, text, sizeof text),
                                   command_at(o->command)->title)
                : EXIT_DONE;
}

/* --- Commands ------------------------------------------------------------- */

/* What chooses the command: the first operand, unless it is after "--", and
 * options that make another command of it. */
struct choice {
    const char *operand; /* or NULL */
    enum command_id command;
    bool is_command; /* the operand names it */
    bool lists;
    bool verifies;
    bool releases;
    bool json; /* how errors are said, also those of the command line */
};

/* Reads all words once for that. Which options have an argument is known even
 * where the command is not, but for --version. */
static struct choice scan(struct words w)
{
    struct choice c = {.command = COMMAND_MEASURE};
    unsigned commands = 1U << COMMAND_MEASURE;
    while (w.next < w.count && strcmp(w.words[w.next], "--") != 0) {
        const char *word = w.words[w.next++];
        const struct option_word at = split(word);
        const struct option_rule *rule = find_rule(&at, commands);
        if (word[0] != '-' || !word[1]) {
            c.operand = c.operand ? c.operand : word;
            c.is_command = command_find(c.operand, &c.command);
            commands = 1U << c.command;
        } else if (rule) {
            c.lists |= strcmp(rule->name, "check-list") == 0;
            c.verifies |= strcmp(rule->name, "verify") == 0;
            c.releases |= strcmp(rule->name, "release") == 0;
            c.json |= strcmp(rule->name, "json") == 0;
            w.next += rule->argument && !at.value && !is_option(w);
        }
    }
    return c;
}

static enum command_id choose(const struct choice *c)
{
    if (c->lists) {
        return COMMAND_CHECK_LISTS;
    }
    if (c->command != COMMAND_REFERENCE) {
        return c->command;
    }
    return c->verifies   ? COMMAND_VERIFY
           : c->releases ? COMMAND_BUNDLE
                         : COMMAND_REFERENCE;
}

/* All words but the command: options into *o, operands into its files. */
static enum exit_status take_words(struct options *o, struct words *w,
                                   const char *command)
{
    enum exit_status status = EXIT_DONE;
    while (!status && w->next < w->count) {
        char *word = w->words[w->next++];
        if (w->dashes || word[0] != '-' || !word[1]) {
            if (word != command) {
                /* Over what has been read already. */
                o->files[o->file_count++] = word;
            }
        } else if (strcmp(word, "--") == 0) {
            w->dashes = true;
        } else {
            status = take_option(o, w, word);
        }
    }
    return status;
}

static enum exit_status check(struct options *o)
{
    enum exit_status status = option_take_vmms(o);
    return status ? status : options_check(o);
}

enum exit_status options_parse(struct options *options, int argc, char **argv)
{
    struct options o = {.files = argv + 1};
    struct words w = {.words = argv, .count = argc, .next = 1};
    const struct choice c = scan(w);
    o.command = choose(&c);
    diagnostic_as_json(c.json);
    const bool is_command = c.is_command && !c.lists;
    enum exit_status status = take_words(&o, &w, is_command ? c.operand : NULL);
    if (!status && c.operand && !is_command && !c.lists) {
        status = command_check_operands(&o);
    }
    if (!status) {
        status = check_foreign(&o, w.foreign);
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
