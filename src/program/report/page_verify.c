/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_verify.h"

#include <inttypes.h>
#include <string.h>

#include "model/image_format.h"
#include "model/list_line.h"
#include "printable.h"
#include "report/markup.h"

/* Can a command have the name, so that it names the same file? */
static bool can_be_typed(const char *name)
{
    return strcmp(name, "-") != 0 && printable_is_plain(name);
}

/* Between apostrophes, each of which in the name ends them and begins new. */
static void write_quoted(FILE *to, const char *name)
{
    markup_text(to, "'");
    for (; *name; name++) {
        const char character[2] = {*name, '\0'};
        markup_text(to, *name == '\'' ? "'\\''" : character);
    }
    markup_text(to, "'");
}

/* A space and the name as a word of a POSIX shell, or what stands for it. */
static void write_word(FILE *to, const struct portrait *p, const char *name,
                       const char *instead)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._+,@%";
    fputc(' ', to);
    if (!can_be_typed(name)) {
        fputs(instead, to);
        return;
    }
    const bool quoted = name[strspn(name, safe)] != '\0';
    /* Or mrtd-calc would take it for something else. */
    if (name[0] == '-' || p->is_command(name)) {
        fputs("./", to);
    }
    if (quoted) {
        write_quoted(to, name);
    } else {
        markup_text(to, name);
    }
}

static void write_files(FILE *to, const struct portrait *p)
{
    if (p->vars) {
        write_word(to, p, p->vars, "VARS");
    }
    write_word(to, p, p->file, "FILE");
}

/* The options that change the value. */
static void write_options(FILE *to, const struct portrait *p)
{
    const struct launch_options *o = p->e->options;
    if (o->vmm != mrtd_vmm_default(MRTD_PLATFORM_TDX)) {
        fprintf(to, " --vmm %s", o->vmm->name);
    }
    const char *format = image_format_name(o->image_format);
    if (format) {
        fprintf(to, " --image-format %s", format);
    }
    if (p->payload) {
        fputs(" --payload", to);
        write_word(to, p, p->payload, "PAYLOAD");
    }
    if (o->permissive) {
        fputs(" --permissive", to);
    }
    if (o->limit > 0) {
        fprintf(to, " --limit %" PRIu64, o->limit);
    }
}

/* A list of one line, as standard input of a command. */
static void write_list(FILE *to, const struct portrait *p, const char *hex)
{
    bool escaped = false;
    const char *name =
        list_name(can_be_typed(p->file) ? p->file : "FILE", &escaped);
    fprintf(to, " - &lt;&lt;&#39;EOF&#39;\n%s%s  ", escaped ? "\\" : "", hex);
    markup_text(to, name);
    fputs("\nEOF", to);
}

static void begin_step(FILE *to, const char *text)
{
    fprintf(to, "<li><p>%s</p>\n<pre><code>", text);
}

static void end_step(FILE *to)
{
    fputs("</code></pre></li>\n", to);
}

/* An image of two files: lists have no place for the second. */
static void write_split_steps(FILE *to, const struct portrait *p)
{
    begin_step(to, "Is it these files? The SHA-256 of both, the variables "
                   "first, must be the one above:");
    fputs("cat", to);
    write_files(to, p);
    fputs(" | sha256sum", to);
    end_step(to);
}

static void write_file_step(FILE *to, const struct portrait *p)
{
    begin_step(to, "Is it this file? In the folder with the file:");
    fputs("sha256sum -c", to);
    write_list(to, p, p->facts.sha256);
    end_step(to);
}

static void write_list_step(FILE *to, const struct portrait *p)
{
    begin_step(to, "Or let it be compared; the exit status is 0 only if the "
                   "value is this one:");
    fputs("mrtd-calc -c", to);
    write_options(to, p);
    write_list(to, p, p->facts.mrtd);
    end_step(to);
}

void page_write_verify(FILE *to, const struct portrait *p)
{
    fputs("<section id=\"verify\">\n<h2>How to verify</h2>\n<ol>\n", to);
    if (p->vars) {
        write_split_steps(to, p);
    } else {
        write_file_step(to, p);
    }
    begin_step(to, "Compute the MRTD from the file; this prints the value "
                   "above:");
    fputs("mrtd-calc", to);
    write_options(to, p);
    if (p->vars) {
        fputs(" --vars", to);
    }
    write_files(to, p);
    end_step(to);
    if (!p->vars) {
        write_list_step(to, p);
    }
    fputs("<li><p>Compare it with what the TD reports: MRTD is the 48 bytes "
          "at byte 184 of a TDX quote version 4, 190 of version 5, and 528 of "
          "a TDREPORT. Verify the signature of the quote first.</p></li>\n"
          "</ol>\n",
          to);
    if (!can_be_typed(p->file) || (p->vars && !can_be_typed(p->vars)) ||
        (p->payload && !can_be_typed(p->payload))) {
        fputs("<p>FILE, VARS and PAYLOAD stand for names that cannot be "
              "typed.</p>\n",
              to);
    }
    fputs("</section>\n", to);
}
