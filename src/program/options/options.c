/* SPDX-License-Identifier: Apache-2.0 */
#include "options/options.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/diagnostic.h"
#include "io/outputs.h"
#include "options/command.h"
#include "options/rows.h"
#include "options/spelling.h"
#include "printable.h"

static const struct option_row rows_of_all[] = {
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_QUESTION,
     .text = "print this",
     .question = &help_of_command},
};
const struct option_table options_of_all = OPTION_TABLE(rows_of_all);

static const struct option_row rows_force[] = {
    {OPTION("force", FLAG, struct files, force, OPTION_ALONE,
            "replace any file, also of another kind")},
};
const struct option_table options_force = OPTION_TABLE(rows_force);

/* --- One option ----------------------------------------------------------- */

/* The command line, and what has been read of it. */
struct words {
    const struct program *program;
    char **words;
    int count;
    int next;
    bool dashes; /* "--" has been read: only operands are left */
    const struct command *command;
    void *options; /* the command's */
    /* The first that the command lacks, or NULL. */
    const struct option_row *foreign;
    bool given[OPTIONS_MOST]; /* the i-th row of the command */
    unsigned given_count;     /* given options, except the following */
    unsigned beside_count;    /* given options that --help may have beside it */
    const struct option_row *asked; /* the first question, or NULL */
    bool more;
};

/*
 * Says which option was probably meant by one that does not exist. An
 * abbreviation is not accepted, since a new option could change its meaning;
 * neither are letters after one dash, of which one could be -h.
 */
static enum exit_status bad_option(const struct program *program,
                                   const char *word)
{
    char meant[SPELLING_TEXT] = "";
    const bool is_long = word[1] == '-';
    const char *name = word + 1 + is_long;
    const char *foreign = spelling_use(program->options_of_others, name);
    if (foreign) {
        return diagnostic_usage("there is no option '%s': %s", printable(word),
                                foreign);
    }
    if (is_long || name[1]) {
        spelling_meant(meant, "--", name, option_name, program);
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
static bool is_option(const struct words *w)
{
    if (w->next == w->count) {
        return true;
    }
    const struct option_word at = option_split(w->words[w->next]);
    return strcmp(at.word, "--") == 0 ||
           option_find_any(w->program, &at, w->command);
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
    if (is_option(w)) {
        return diagnostic_usage("option '%s' needs an argument, and '%s' is an "
                                "option; a file of that name needs ./ before "
                                "it",
                                printable(at->word), printable(next));
    }
    w->next++;
    at->value = next;
    return EXIT_DONE;
}

/* Adds the file that an option names. */
static void add_file(struct files *files, const struct option_row *row,
                     const char *path)
{
    if (row->kind == OPTION_INPUT || row->kind == OPTION_NAMED) {
        files->inputs[files->input_count++] = path;
    } else {
        struct output_file *file = &files->outputs[files->output_count++];
        *file = (struct output_file){
            .kind = row->writes,
            .path = path,
            .is_folder = row->kind == OPTION_FOLDER,
        };
        if (row->letter) {
            snprintf(file->option, sizeof file->option, "-%c", row->letter);
        } else {
            snprintf(file->option, sizeof file->option, "--%s", row->name);
        }
    }
}

/* The value in the words, which it was read from last. */
static char *in_words(const struct words *w, const char *value)
{
    char *word = w->words[w->next - 1];
    return word + (value - word);
}

static enum exit_status take_named(struct words *w,
                                   const struct option_row *row, void *group,
                                   const char *value)
{
    const enum exit_status status = row->take(group, value);
    const char *file = strchr(value, '=');
    if (!status && file && file[1]) {
        add_file(w->options, row, file + 1);
    }
    return status;
}

static enum exit_status store(struct words *w, const struct option_place *at,
                              const char *value)
{
    const struct option_row *row = at->row;
    char *group = (char *)w->options + at->offset;
    switch (row->kind) {
    case OPTION_QUESTION:
    case OPTION_CHOICE:
        return EXIT_DONE;
    case OPTION_TAKE:
        return row->take(group, value);
    case OPTION_NAMED:
        return take_named(w, row, group, value);
    case OPTION_FLAG:
    case OPTION_JSON:
    case OPTION_MORE:
        *(bool *)(group + row->member) = true;
        return EXIT_DONE;
    default: /* of rows with an argument, all of which have a value */
        if (!row->argument || !value) {
            return EXIT_DONE;
        }
        if (!*value) {
            return diagnostic_usage("--%s needs %s", row->name,
                                    row->argument->value);
        }
        if (row->kind == OPTION_OPERAND) {
            struct files *files = w->options;
            files->operands[files->operand_count++] = in_words(w, value);
            return EXIT_DONE;
        }
        *(const char **)(group + row->member) = value;
        if (row->kind != OPTION_TEXT) {
            add_file(w->options, row, value);
        }
        return EXIT_DONE;
    }
}

/* Is "help" one of the names in the argument? */
static bool names_help(const char *value)
{
    for (;;) {
        const size_t len = strcspn(value, ",");
        if (len == 4 && memcmp(value, "help", len) == 0) {
            return true;
        }
        if (!value[len]) {
            return false;
        }
        value += len + 1;
    }
}

/* Is it the option that makes this command of another? */
static bool is_choice(const struct command *c, const struct option_row *row)
{
    return c->option && strcmp(c->option, row->name) == 0;
}

/* Notes what is asked, and how much is given with it. */
static void count_option(struct words *w, const struct option_row *row,
                         const char *value, bool again)
{
    const bool asks = row->question && (!row->argument || names_help(value));
    if (asks && !w->asked) {
        w->asked = row;
    }
    if (row->argument) {
        /* Several names, of which one is "help", are more than that. */
        w->given_count += asks && strchr(value, ',') ? 2 : 1;
    } else if (row->kind == OPTION_CHOICE || row->kind == OPTION_MORE) {
        w->beside_count++;
        w->more |= row->kind == OPTION_MORE;
    } else {
        w->given_count += !again;
    }
}

static enum exit_status take_option(struct words *w, const char *word)
{
    struct option_word at = option_split(word);
    const struct option_place own = option_find(&at, w->command);
    const struct option_row *row =
        own.row ? own.row : option_find_any(w->program, &at, w->command);
    if (!row) {
        return bad_option(w->program, word);
    }
    const bool again = own.row && w->given[own.index];
    if (again && row->argument && !row->repeats) {
        return diagnostic_usage("--%s is given twice", row->name);
    }
    if (!row->argument && at.value) {
        return diagnostic_usage("option '%s' takes no argument",
                                printable(word));
    }
    const enum exit_status status =
        row->argument ? take_argument(w, &at) : EXIT_DONE;
    if (status) {
        return status;
    }
    if (!own.row) {
        w->foreign = w->foreign ? w->foreign : row;
        return EXIT_DONE;
    }
    w->given[own.index] = true;
    count_option(w, row, at.value, again);
    return store(w, &own, at.value);
}

/* --- The command ---------------------------------------------------------- */

/* What chooses the command: the first operand, unless it is after "--", and
 * options that make another command of it. */
struct choice {
    const char *operand; /* or NULL */
    const struct command *command;
    bool is_word; /* the operand is the command's */
};

/* The command that one of these words makes of the command of the operand: bit
 * i of options is set if that which makes command_at(i) was given. */
static const struct command *
remake(const struct program *p, const struct command *by_word, uint64_t options)
{
    const struct command *c;
    for (size_t i = 0; (c = p->commands[i]); i++) {
        if (options >> i & 1 &&
            (!c->word ||
             (by_word->word && strcmp(c->word, by_word->word) == 0))) {
            return c;
        }
    }
    return by_word;
}

static uint64_t choices_of(const struct program *p,
                           const struct option_row *row)
{
    const struct command *c;
    uint64_t options = 0;
    for (size_t i = 0; (c = p->commands[i]); i++) {
        options |= (uint64_t)is_choice(c, row) << i;
    }
    return options;
}

/* Reads all words once for that. Which options have an argument is known even
 * where the command is not, but for --version. */
static struct choice choose(struct words w)
{
    struct choice found = {.is_word = false};
    uint64_t options = 0;
    bool as_json = false;
    w.command = w.program->commands[0];
    while (w.next < w.count && strcmp(w.words[w.next], "--") != 0) {
        const char *word = w.words[w.next++];
        const struct option_word at = option_split(word);
        const struct option_row *row =
            option_find_any(w.program, &at, w.command);
        if ((word[0] != '-' || !word[1]) && !found.operand) {
            found.operand = word;
            const struct command *named = command_find(w.program, word);
            found.is_word = named != NULL;
            w.command = named ? named : w.command;
        } else if (row) {
            as_json |= row->kind == OPTION_JSON;
            options |= choices_of(w.program, row);
            w.next += row->argument && !at.value && !is_option(&w);
        }
    }
    diagnostic_as_json(as_json);
    found.command = remake(w.program, w.command, options);
    found.is_word &= found.command->word != NULL;
    return found;
}

/* --- All of it ------------------------------------------------------------ */

/* All words but the command: options into theirs, operands into the files. */
static enum exit_status take_words(struct words *w, const char *command)
{
    struct files *files = w->options;
    enum exit_status status = EXIT_DONE;
    /* Over what has been read already. */
    files->operands = w->words + 1;
    while (!status && w->next < w->count) {
        char *word = w->words[w->next++];
        if (w->dashes || word[0] != '-' || !word[1]) {
            if (word != command) {
                files->operands[files->operand_count++] = word;
            }
        } else if (strcmp(word, "--") == 0) {
            w->dashes = true;
        } else {
            status = take_option(w, word);
        }
    }
    return status;
}

static enum exit_status check_foreign(const struct words *w)
{
    char text[300];
    return w->foreign
               ? diagnostic_usage("--%s is for %s, not for %s",
                                  w->foreign->name,
                                  option_commands(w->program, w->foreign->name,
                                                  text, sizeof text),
                                  w->command->title)
               : EXIT_DONE;
}

/* A question is asked alone, so that nothing which is meant to check a file
 * ends with status 0 because of it. */
static enum exit_status check_question(const struct words *w)
{
    const struct files *files = w->options;
    const bool is_alone =
        w->given_count == 1 && (w->beside_count == 0 || !w->asked->argument);
    return !is_alone || files->operand_count > 0
               ? diagnostic_usage("%s; with anything else nothing would be "
                                  "checked",
                                  w->asked->question->alone)
               : EXIT_DONE;
}

static enum exit_status refuse_count(const struct command *c, int takes,
                                     int count)
{
    return diagnostic_usage("%s takes %d file%s, not %d", c->title, takes,
                            takes == 1 ? "" : "s", count);
}

static enum exit_status check_operands(const struct command *c, int count)
{
    if (count > c->most_files) {
        return c->most_files == 0
                   ? diagnostic_usage("%s takes no files", c->title)
                   : refuse_count(c, c->most_files, count);
    }
    if (count < c->fewest_files) {
        return c->fewest_files == 1
                   ? diagnostic_usage(
                         "no file is given ('-' is standard input)")
                   : refuse_count(c, c->fewest_files, count);
    }
    return EXIT_DONE;
}

static enum exit_status check(const struct words *w)
{
    const struct command *c = w->command;
    const struct files *files = w->options;
    if (c->check && !c->check(w->options)) {
        return EXIT_USAGE;
    }
    const enum exit_status status = check_operands(c, files->operand_count);
    return status ? status : outputs_check(files);
}

/* An option that is a command leaves no room for a word that is another. */
static enum exit_status check_word(const struct words *w,
                                   const struct choice *choice)
{
    const char *word = choice->operand;
    return w->command->word || !word || !command_find(w->program, word)
               ? EXIT_DONE
               : diagnostic_usage("%s and a command exclude each other, and "
                                  "'%s' is one; a file of that name is ./%s",
                                  w->command->title, word, word);
}

static enum exit_status parse(struct words *w, const struct choice *choice)
{
    const struct files *files = w->options;
    enum exit_status status = check_word(w, choice);
    if (!status) {
        status = take_words(w, choice->is_word ? choice->operand : NULL);
    }
    /* One that is neither a command nor a file is refused where something else
     * would be measured instead. */
    if (!status && choice->operand && w->command == w->program->commands[0]) {
        status = spelling_check_operands(files->operands, files->operand_count,
                                         command_word, w->program,
                                         w->program->commands_of_others);
    }
    if (!status) {
        status = check_foreign(w);
    }
    if (!status) {
        status = w->asked ? check_question(w) : check(w);
    }
    return status;
}

enum exit_status options_parse(struct call *call, int argc, char **argv)
{
    struct words w = {
        .program = call->program, .words = argv, .count = argc, .next = 1};
    const struct choice choice = choose(w);
    w.command = choice.command;
    /* What is given without a command may have been meant for one. */
    diagnostic_of_command(w.command == w.program->commands[0] ? NULL
                          : w.command->word                   ? w.command->word
                                            : w.command->title);
    w.options = calloc(1, w.command->size);
    if (!w.options) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    const enum exit_status status = parse(&w, &choice);
    if (status) {
        free(w.options);
        return status;
    }
    call->command = w.command;
    call->options = w.options;
    call->question = w.asked ? w.asked->question : NULL;
    call->more = w.more;
    return EXIT_DONE;
}
