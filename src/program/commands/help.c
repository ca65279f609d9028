/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "io/sandbox.h"
#include "reference/reference.h"

static const char overview[] =
    "Usage: mrtd-calc [OPTION]... FIRMWARE...     print the MRTD of each\n"
    "       mrtd-calc -c [OPTION]... LIST...      check lists that it printed\n"
    "       mrtd-calc COMMAND [OPTION]... FILE...\n"
    "Predicts the launch measurement (Intel TDX's MRTD) of td-shim, OVMF and "
    "IGVM\n"
    "firmware, bit for bit. '-' is standard input.\n"
    "\n"
    "Commands:\n";

static const char overview_end[] =
    "\n"
    "'mrtd-calc COMMAND --help' and 'mrtd-calc -c --help' list the options.\n"
    "  -h, --help     print this; with -v the options without a command\n"
    "      --version  print the version; with -v also engines, CBOR and "
    "sandbox\n"
    "\n"
    "Exit status: 0 done, all match; 1 a comparison differs; 2 wrong usage; 3 "
    "an\n"
    "input is refused; 4 input/output or memory error. The manual: "
    "mrtd-calc(1).\n";

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

static struct page page_of(const struct command *of)
{
    struct page page = {.count = 0};
    const struct command *c;
    for (size_t i = 0; of->word && (c = command_at(i)); i++) {
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

static void print_page(const struct command *of)
{
    struct page page = page_of(of);
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

static enum exit_status tell_command(const struct command *of, bool more)
{
    if (of != command_at(0) || more) {
        print_page(of);
        return EXIT_DONE;
    }
    const struct command *c;
    output("%s", overview);
    for (size_t i = 0; (c = command_at(i)); i++) {
        if (c->about) {
            output("  %-11s %s\n", c->word, c->about);
        }
    }
    output("%s", overview_end);
    return EXIT_DONE;
}

/* --- Others --------------------------------------------------------------- */

static enum exit_status tell_version(const struct command *of, bool more)
{
    (void)of;
    struct mrtd_engine e;
    output("mrtd-calc %s\n", mrtd_version());
    for (size_t i = 0; more && mrtd_engine_at(i, &e); i++) {
        output("SHA-384 engine %-10s %u message%s at once, %s%s%s\n", e.name,
               e.lanes, e.lanes > 1 ? "s" : "",
               e.usable ? "known answer passed" : "not for this CPU",
               e.for_one ? ", used for one image" : "",
               e.for_many ? ", used for several" : "");
    }
    if (more) {
        output("CBOR: %s\n",
               reference_has_cbor
                   ? "CoRIM and CoSWID are read and written"
                   : "not in this program (built without libcbor), so neither "
                     "CoRIM nor CoSWID");
        sandbox_describe();
    }
    return EXIT_DONE;
}

static enum exit_status tell_vmms(const struct command *of, bool more)
{
    (void)of;
    (void)more;
    const struct mrtd_vmm *vmm;
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)); i++) {
        output("%s%s%s\n  software: %s\n", i > 0 ? "\n" : "", vmm->name,
               i == 0 ? " (default)" : "", vmm->software);
        if (vmm->igvm_software) {
            output("  and:      %s\n", vmm->igvm_software);
        }
        output("  launches: %s\n", vmm->rule ? vmm->rule : "nothing");
        if (vmm->source) {
            output("  source:   %s\n", vmm->source);
        }
        output("  accepts:  %s%s\n",
               vmm->acceptance ? "by the rules in "
                               : "not known here, so not "
                                 "for lint",
               vmm->acceptance ? vmm->acceptance : "");
    }
    return EXIT_DONE;
}

static enum exit_status tell_formats(const struct command *of, bool more)
{
    (void)of;
    (void)more;
    const struct reference_format *f;
    for (size_t i = 0; (f = reference_format_at(i)); i++) {
        const bool has = reference_has_cbor || !f->is_cbor;
        if (has) {
            output("%-18s %s%s\n", f->name, f->use, i == 0 ? " (default)" : "");
        } else {
            /* No name first in the line: completions offer that. */
            output("(%s: this program was built without CBOR (libcbor))\n",
                   f->name);
        }
    }
    return EXIT_DONE;
}

const struct option_question help_of_command = {
    tell_command, "--help is given alone, or after a command alone"};
const struct option_question help_of_version = {
    tell_version, "--version is given alone, or with -v"};
const struct option_question help_of_vmms = {
    tell_vmms, "--vmm help is given alone, or after a command alone"};
const struct option_question help_of_formats = {
    tell_formats, "--format help is given alone, or after 'reference' alone"};
