/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel leads to in a TD after its launch, as far as it is published:
 * the values, and of what and by which rules they are made. */
#include "printable.h"
#include "report/markup.h"
#include "report/page_parts.h"

static void write_term(FILE *to, const char *term, const char *text)
{
    if (text && *text) {
        fprintf(to, "<dt>%s</dt><dd>", term);
        markup_text(to, printable_path(text));
        fputs("</dd>\n", to);
    }
}

static void write_values(FILE *to, const struct reference_firmware *f)
{
    for (size_t i = 0; i < f->boot_count; i++) {
        const struct boot_value_names *names = boot_value_names(f->boot[i].id);
        fprintf(to, "<dt>%s%s</dt><dd><code class=\"hex\">%s</code></dd>\n",
                names->is_event ? "Digest of the event of the " : "",
                names->name, f->boot[i].hex);
    }
}

/* A td-shim that is given neither kernel nor command line starts a payload of
 * its own, which is in its image. */
static const char *what_boots(const struct boot_origin *o)
{
    return !o->is_shim ? "the kernel below, which QEMU gives to this firmware,"
           : o->kernel || o->cmdline
               ? "the kernel below, which td-shim, this firmware, starts,"
               : "the payload that is in this image, which td-shim starts,";
}

/* They are OVMF's: td-shim measures by its image alone. */
static void write_rules(FILE *to, const struct boot_origin *o)
{
    if (o->is_shim) {
        return;
    }
    if (o->of_kernel) {
        write_term(to, "QEMU",
                   o->rules & MRTD_BOOT_PATCHED_KERNEL
                       ? "writes into the kernel's setup header"
                       : "gives the kernel as it is in its file");
        write_term(to, "Separator",
                   o->rules & MRTD_BOOT_SEPARATOR_RTMR0
                       ? "in RTMR0, as edk2 before edk2-stable202411 has it"
                       : "in RTMR1, as edk2 since edk2-stable202411 has it");
    }
    if (o->of_cmdline && o->rules & MRTD_BOOT_SILENT_KERNEL) {
        write_term(to, "Linux", "does not measure its command line");
    } else if (o->of_cmdline && o->initrd) {
        write_term(to, "initrd=initrd",
                   o->rules & MRTD_BOOT_FINAL_CMDLINE
                       ? "is in the command line above"
                   : o->rules & MRTD_BOOT_INITRD_LAST
                       ? "is put after the command line by edk2"
                       : "is put before the command line by edk2");
    }
}

void page_write_boot(FILE *to, const struct portrait *p)
{
    const struct reference_firmware *f = p->published;
    if (!f || f->boot_count == 0) {
        return;
    }
    fprintf(to,
            "<section id=\"boot\">\n<h2>After the launch</h2>\n<p>What a TD's "
            "registers have once %s has taken over. <code>mrtd-calc --register "
            "all</code>%s computes it.</p>\n<dl>\n",
            what_boots(&f->origin),
            f->origin.kernel || f->origin.cmdline
                ? " with <code>--kernel</code> and <code>--append</code>"
                : "");
    write_values(to, f);
    write_term(to, "Kernel", f->origin.kernel);
    write_term(to, "Its version", f->origin.version);
    write_term(to, "Initrd", f->origin.initrd);
    write_term(to, "Command line", f->origin.cmdline);
    write_rules(to, &f->origin);
    fputs("</dl>\n</section>\n", to);
}
