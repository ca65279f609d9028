/* SPDX-License-Identifier: Apache-2.0 */
/* What else of a guest a release says: its disk image, by the root hash in the
 * command line, and its initdata. */
#include "printable.h"
#include "report/markup.h"
#include "report/page_parts.h"

static void write_hex(FILE *to, const char *term, const uint8_t *bytes,
                      size_t size)
{
    char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
    mrtd_hex_encode(hex, bytes, size);
    fprintf(to, "<dt>%s</dt><dd><code class=\"hex\">%s</code></dd>\n", term,
            hex);
}

static void write_name(FILE *to, const char *term, const char *path)
{
    fprintf(to, "<dt>%s</dt><dd>", term);
    markup_text(to, printable_path(printable_base_name(path)));
    fputs("</dd>\n", to);
}

void page_write_inputs(FILE *to, const struct portrait *p)
{
    const enum mrtd_platform platform = p->e->options->platform;
    if (!p->disk && !p->initdata) {
        return;
    }
    fputs("<section id=\"inputs\">\n<h2>The guest's disk and initdata</h2>\n"
          "<p>The disk image is measured by its root hash, which the command "
          "line has; initdata by its digest, which the guest is launched with "
          "and reports.</p>\n<dl>\n",
          to);
    if (p->disk) {
        write_name(to, "Disk image", p->disk->image);
    }
    for (size_t i = 0; p->disk && i < p->disk->count; i++) {
        const struct image_root *r = &p->disk->roots[i];
        char term[80];
        snprintf(term, sizeof term, "Its root hash, as %s has it",
                 r->parameter);
        write_hex(to, term, r->root.bytes, r->root.size);
    }
    if (p->initdata) {
        write_name(to, "Initdata", p->initdata->name);
        const struct boot_value value = initdata_value(p->initdata, platform);
        write_hex(to, initdata_field_name(platform), value.digest, value.size);
    }
    fputs("</dl>\n</section>\n", to);
}
