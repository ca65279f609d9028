/* SPDX-License-Identifier: Apache-2.0 */
/* --help: a page of the rows of a command's tables, or the overview. */
#include <stdio.h>
#include <string.h>

#include "options/command.h"

/* Where a text begins in its line, and where it must end. */
enum {
    TEXT_COLUMN = 24,
    LINE_END = 79
};

/* Prints text from that column on, folded at blanks, from the column where the
 * line is. */
static void print_folded(const char *text, int from, int at)
{
    while (*text) {
        const int len = (int)strcspn(text, " ");
        if (at > from && at + 1 + len > LINE_END) {
            output("\n%*s", from, "");
            at = from;
        }
        if (at > from) {
            output(" ");
            at++;
        }
        output("%.*s", len, text);
        at += len;
        text += len;
        text += strspn(text, " ");
    }
    output("\n");
}

static void print_option(const struct option_row *row)
{
    char left[80];
    char letter[] = "    ";
    if (row->letter) {
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    }
    int at = snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name,
                      row->argument ? " " : "",
                      row->argument ? row->argument->name : "");
    output("%s", left);
    if (at + 2 > TEXT_COLUMN) {
        output("\n");
        at = 0;
    }
    output("%*s", TEXT_COLUMN - at, "");
    print_folded(row->text, TEXT_COLUMN, TEXT_COLUMN);
}

/* --- Pages ---------------------------------------------------------------- */

/* Commands that are described together: that of a word, and those that options
 * make of it. */
struct page {
    const struct command *commands[4];
    size_t count;
    const struct option_row *printed[4 * OPTIONS_MOST];
    size_t printed_count;
};

static struct page page_of(const struct program *p, const struct command *of)
{
    struct page page = {.count = 0};
    const struct command *c;
    for (size_t i = 0; of->word && (c = p->commands[i]); i++) {
        if (c->word && strcmp(c->word, of->word) == 0) {
            page.commands[page.count++] = c;
        }
    }
    if (page.count == 0) {
        page.commands[page.count++] = of;
    }
    return page;
}

/* Prints the rows that were not printed before. */
static void print_table(struct page *page, const struct option_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        bool is_new = true;
        for (size_t k = 0; k < page->printed_count; k++) {
            is_new &= page->printed[k] != row;
        }
        if (is_new) {
            page->printed[page->printed_count++] = row;
            print_option(row);
        }
    }
}

/* The rows of all commands, each once: their own first, that of all last. */
static void print_tables(struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        print_table(page, page->commands[i]->uses[0].table);
    }
    for (size_t i = 0; i < page->count; i++) {
        const struct option_use *uses = page->commands[i]->uses;
        for (size_t k = 0; k < OPTIONS_MOST_TABLES && uses[k].table; k++) {
            if (uses[k].table != &options_of_all || i + 1 == page->count) {
                print_table(page, uses[k].table);
            }
        }
    }
}

static void print_page(const struct program *p, const struct command *of)
{
    struct page page = page_of(p, of);
    const struct command *first = page.commands[0];
    const char *begin = "Usage:";
    for (size_t i = 0; i < page.count; i++) {
        const char *const *usage = page.commands[i]->usage;
        for (size_t k = 0; k < 2 && usage[k]; k++) {
            output("%s mrtd-calc %s\n", begin, usage[k]);
            begin = "      ";
        }
    }
    print_folded(first->text, 0, 0);
    output("\n");
    print_tables(&page);
    output("\nExamples:\n  %s\n  %s\n", first->examples[0], first->examples[1]);
}

static enum exit_status tell(const struct call *call)
{
    const struct program *p = call->program;
    const struct command *c;
    if (call->command != p->commands[0] || call->more) {
        print_page(p, call->command);
        return EXIT_DONE;
    }
    output("%s", p->overview);
    for (size_t i = 0; (c = p->commands[i]); i++) {
        if (c->about) {
            output("  %-11s %s\n", c->word, c->about);
        }
    }
    output("%s", p->overview_end);
    return EXIT_DONE;
}

const struct option_question help_of_command = {
    tell, "--help is given alone, or after a command alone"};
