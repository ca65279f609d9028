/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the page that says how to check it: commands to copy. */
#include <inttypes.h>

#include "model/list_line.h"
#include "report/markup.h"
#include "report/page_command.h"
#include "report/page_parts.h"

static bool is_guest(const struct portrait *p)
{
    return p->other == MRTD_PLATFORM_TDX;
}

static void write_files(FILE *to, const struct portrait *p)
{
    if (p->vars) {
        page_write_word(to, p, p->vars, "VARS");
    }
    page_write_word(to, p, p->file, "FILE");
}

static void begin_step(FILE *to, const char *text)
{
    fprintf(to, "<li><p>%s</p>\n<pre><code>", text);
}

static void end_step(FILE *to)
{
    fputs("</code></pre></li>\n", to);
}

/* A line of a list has the file alone, and no place for what it is launched
 * after. */
static bool has_line(const struct portrait *p)
{
    return !p->vars && !p->svsm &&
           p->e->options->guest.firmware_digest.size == 0;
}

/* --- Lists ------------------------------------------------------------- */

/* A list is standard input of a command. */
static void begin_list(FILE *to)
{
    fputs(" - &lt;&lt;&#39;EOF&#39;\n", to);
}

static void end_list(FILE *to)
{
    fputs("EOF", to);
}

static const char *name_in_list(const struct portrait *p, bool *escaped)
{
    return list_name(page_can_type(p->file) ? p->file : "FILE", escaped);
}

/* "HEX  FILE" */
static void write_line(FILE *to, const struct portrait *p, const char *hex)
{
    bool escaped = false;
    const char *name = name_in_list(p, &escaped);
    fprintf(to, "%s%s  ", escaped ? "\\" : "", hex);
    markup_text(to, name);
    fputs("\n", to);
}

/* "SNP[qemu,4,EPYC-v4,0x1] (FILE) = HEX", of each launch that has a value. */
static void write_launches(FILE *to, const struct portrait *p)
{
    bool escaped = false;
    const char *name = name_in_list(p, &escaped);
    for (size_t i = 0; i < p->launches.count; i++) {
        const struct launch *x = &p->launches.items[i];
        struct launch_options options;
        char label[LIST_LABEL_SIZE];
        char hex[MRTD_HEX_SIZE];
        if (x->error.code) {
            continue;
        }
        portrait_options(p->e, i, &options);
        /* Of an IGVM file they are in its VMSAs. */
        options.guest.features = p->guest.features;
        mrtd_hex_encode(hex, x->value.digest.bytes, x->value.digest.size);
        fprintf(to, "%s%s%s (", escaped ? "\\" : "",
                mrtd_register_info(x->value.id)->name,
                list_label(&options, x->vmm, label));
        markup_text(to, name);
        fprintf(to, ") = %s\n", hex);
    }
}

/* --- Steps ------------------------------------------------------------- */

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
    begin_list(to);
    write_line(to, p, p->facts.sha256);
    end_list(to);
    end_step(to);
}

static void write_value_step(FILE *to, const struct portrait *p)
{
    begin_step(to, !is_guest(p)
                       ? "Compute the MRTD from the file; this prints the "
                         "value above:"
                   : p->launches.count > 1
                       ? "Compute the launch digests from the file; this "
                         "prints the values above:"
                       : "Compute the launch digest from the file; this prints "
                         "the value above:");
    /* Without lines of a list, several values are JSON. */
    fputs(p->launches.count > 1 && is_guest(p) && !has_line(p)
              ? "mrtd-calc --json"
              : "mrtd-calc",
          to);
    page_write_options(to, p);
    if (p->vars) {
        fputs(" --vars", to);
    }
    write_files(to, p);
    end_step(to);
}

static void write_list_step(FILE *to, const struct portrait *p)
{
    begin_step(to, p->launches.count > 1 && is_guest(p)
                       ? "Or let them be compared; the exit status is 0 only "
                         "if the values are these:"
                       : "Or let it be compared; the exit status is 0 only if "
                         "the value is this one:");
    fputs("mrtd-calc -c", to);
    page_write_list_options(to, p);
    begin_list(to);
    if (is_guest(p)) {
        write_launches(to, p);
    } else {
        write_line(to, p, p->facts.mrtd);
    }
    end_list(to);
    end_step(to);
}

/* Where the value is in what a guest reports. */
static void write_report_step(FILE *to, const struct portrait *p)
{
    const char *text =
        !is_guest(p)
            ? "Compare it with what the TD reports: MRTD is the 48 bytes at "
              "byte 184 of a TDX quote version 4, 190 of version 5, and 528 of "
              "a TDREPORT. Verify the signature of the quote first."
        : p->facts.value.id == MRTD_REGISTER_SNP
            ? "Compare it with what the guest reports: MEASUREMENT is the 48 "
              "bytes at byte 144 of an attestation report. Verify the "
              "signature of the report first."
            : "Compare it with what the processor reports of the launch: its "
              "measurement is the HMAC of the launch digest with the policy "
              "and a nonce, by the key of the launch.";
    fprintf(to, "<li><p>%s</p></li>\n</ol>\n", text);
}

static void write_placeholders(FILE *to, const struct portrait *p)
{
    const char *append = p->e->options->guest.append;
    const bool can_type =
        page_can_type(p->file) && page_can_type(p->vars) &&
        page_can_type(p->payload) && page_can_type(p->kernel) &&
        page_can_type(p->initrd) && page_can_type(p->svsm) &&
        page_can_type(p->svsm_vars) && page_can_type_text(append);
    if (!can_type) {
        fprintf(to, "<p>%s that cannot be typed.</p>\n",
                is_guest(p) ? "FILE, KERNEL, INITRD, SVSM and VARS stand for "
                              "names, and TEXT for a command line,"
                            : "FILE, VARS and PAYLOAD stand for names");
    }
}

void page_write_verify(FILE *to, const struct portrait *p)
{
    fputs("<section id=\"verify\">\n<h2>How to verify</h2>\n<ol>\n", to);
    if (p->vars) {
        write_split_steps(to, p);
    } else {
        write_file_step(to, p);
    }
    write_value_step(to, p);
    if (has_line(p)) {
        write_list_step(to, p);
    }
    write_report_step(to, p);
    write_placeholders(to, p);
    fputs("</section>\n", to);
}
