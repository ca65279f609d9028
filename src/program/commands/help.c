/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/option_table.h"
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

/* Commands that --help describes together, the first by its word. */
struct page {
    enum command_id command;
    unsigned commands; /* bit i: enum command_id i */
    const char *about; /* in the list of commands, or NULL: not there */
    const char *usage[3];
    const char *text;
    const char *examples[2];
};

#define ON(id) (1U << COMMAND_##id)

static const struct page pages[] = {
    {COMMAND_MEASURE,
     ON(MEASURE),
     NULL,
     {"[OPTION]... FIRMWARE..."},
     "Prints the MRTD of each image, 96 hexadecimal digits; of several, with "
     "their names, as sha256sum does. -c checks such lines later.",
     {"mrtd-calc OVMF.fd",
      "mrtd-calc --vmm cloud-hypervisor --payload bzImage td-shim.bin"}},
    {COMMAND_CHECK_LISTS,
     ON(CHECK_LISTS),
     NULL,
     {"-c [OPTION]... LIST..."},
     "Checks lists that this program printed, as sha256sum -c does. A line "
     "with a label, as MRTD[kvm-v19], is for that VMM.",
     {"mrtd-calc --tag *.fd >MRTDSUMS", "mrtd-calc -c MRTDSUMS"}},
    {COMMAND_SHOW,
     ON(SHOW),
     "say what is in an image, and what of it is hashed",
     {"show [OPTION]... IMAGE..."},
     "Lists the sections of an image, what a VMM does with each, and each "
     "VMM's MRTD. It can also draw a picture and write a page.",
     {"mrtd-calc show OVMF.fd", "mrtd-calc show --html OVMF.html OVMF.fd"}},
    {COMMAND_CHECK,
     ON(CHECK),
     "say whether a quote, MRTD or document fits an image; if not, why",
     {"check [OPTION]... IMAGE... --against X"},
     "Says whose MRTD of the image X is: which VMM launches it so. If X is "
     "nobody's, says which reasons were tried and what to do.",
     {"mrtd-calc check OVMF.fd --against quote.bin",
      "mrtd-calc check OVMF.fd --against rvps.json"}},
    {COMMAND_LINT,
     ON(LINT),
     "say which VMMs would load an image, and whose MRTD is another",
     {"lint [OPTION]... IMAGE..."},
     "Holds an image against the rules of each VMM, with the message that the "
     "VMM itself would print. Says what it would add and measure.",
     {"mrtd-calc lint OVMF.fd", "mrtd-calc lint --vmm qemu,gce OVMF.fd"}},
    {COMMAND_DIFF,
     ON(DIFF),
     "say whether two images have the same MRTD, and why not",
     {"diff [OPTION]... A B"},
     "Compares metadata, modules and bytes of two images, and names what can "
     "be the cause. A or B may be saved by 'show --json'.",
     {"mrtd-calc diff release.fd mine.fd",
      "mrtd-calc diff --json release.json mine.fd"}},
    {COMMAND_REFERENCE,
     ON(REFERENCE) | ON(VERIFY) | ON(BUNDLE),
     "write reference values for attestation services, or verify them",
     {"reference [OPTION]... IMAGE...",
      "reference --verify DOCUMENT [OPTION]... IMAGE...",
      "reference --release FILE --out-dir DIR [OPTION]..."},
     "Writes documents that attestation services read. With --verify, says "
     "whether such a document is right for the images.",
     {"mrtd-calc reference --format rvps,corim --out-dir values OVMF.fd",
      "mrtd-calc reference --verify values/rvps.json OVMF.fd"}},
    {COMMAND_TDINFO,
     ON(TDINFO),
     "print TDINFO, TEE_INFO_HASH and SERVTD_INFO_HASH",
     {"tdinfo [OPTION]... IMAGE", "tdinfo [OPTION]... --mrtd HEX"},
     "Makes the TDINFO structure of a TD from its MRTD and the fields that "
     "are given. Prints the hashes that others refer to it by.",
     {"mrtd-calc tdinfo --attributes 10000000 --xfam e700 migtd.bin",
      "mrtd-calc tdinfo --manifest servtd.json migtd.bin"}},
    {COMMAND_SELF_TEST,
     ON(SELF_TEST),
     "run the built-in known answers",
     {"self-test"},
     "Computes MRTDs that are known from elsewhere, with each engine of this "
     "CPU. Prints a line for each.",
     {"mrtd-calc self-test", "mrtd-calc --version -v"}},
};
#define PAGES (sizeof pages / sizeof *pages)

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

static void print_option(const struct option_rule *rule)
{
    char left[80];
    char letter[] = "    ";
    if (rule->letter) {
        snprintf(letter, sizeof letter, "-%c, ", rule->letter);
    }
    int at = snprintf(left, sizeof left, "  %s--%s%s%s", letter, rule->name,
                      rule->argument ? " " : "",
                      rule->argument ? rule->argument : "");
    output("%s", left);
    if (at + 2 > TEXT_COLUMN) {
        output("\n");
        at = 0;
    }
    output("%*s", TEXT_COLUMN - at, "");
    print_folded(rule->text, TEXT_COLUMN, TEXT_COLUMN);
}

static void print_page(const struct page *page)
{
    const struct option_rule *rule;
    for (size_t i = 0; i < 3 && page->usage[i]; i++) {
        output("%s mrtd-calc %s\n", i == 0 ? "Usage:" : "      ",
               page->usage[i]);
    }
    print_folded(page->text, 0, 0);
    output("\n");
    for (size_t i = 0; (rule = option_rule_at(i)); i++) {
        if (rule->commands & page->commands) {
            print_option(rule);
        }
    }
    output("\nExamples:\n  %s\n  %s\n", page->examples[0], page->examples[1]);
}

enum exit_status command_help(struct options *options)
{
    const bool whole = options->asked == COMMAND_MEASURE && !options->verbose;
    for (size_t i = 0; i < PAGES && !whole; i++) {
        if (pages[i].commands >> options->asked & 1) {
            print_page(&pages[i]);
            return EXIT_DONE;
        }
    }
    output("%s", overview);
    for (size_t i = 0; i < PAGES; i++) {
        if (pages[i].about) {
            output("  %-11s %s\n", command_at(pages[i].command)->word,
                   pages[i].about);
        }
    }
    output("%s", overview_end);
    return EXIT_DONE;
}

enum exit_status command_version(struct options *options)
{
    struct mrtd_engine e;
    output("mrtd-calc %s\n", mrtd_version());
    for (size_t i = 0; options->verbose && mrtd_engine_at(i, &e); i++) {
        output("SHA-384 engine %-10s %u message%s at once, %s%s%s\n", e.name,
               e.lanes, e.lanes > 1 ? "s" : "",
               e.usable ? "known answer passed" : "not for this CPU",
               e.for_one ? ", used for one image" : "",
               e.for_many ? ", used for several" : "");
    }
    if (options->verbose) {
        output("CBOR: %s\n",
               reference_has_cbor
                   ? "CoRIM and CoSWID are read and written"
                   : "not in this program (built without libcbor), so neither "
                     "CoRIM nor CoSWID");
        sandbox_describe();
    }
    return EXIT_DONE;
}

enum exit_status command_vmm_help(struct options *options)
{
    (void)options;
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

enum exit_status command_format_help(struct options *options)
{
    (void)options;
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
