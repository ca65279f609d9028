/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_command.h"

#include <inttypes.h>
#include <string.h>

#include "model/image_format.h"
#include "printable.h"
#include "report/markup.h"

/* --- Words ------------------------------------------------------------- */

bool page_can_type(const char *name)
{
    return !name || (strcmp(name, "-") != 0 && printable_is_plain(name));
}

bool page_can_type_text(const char *text)
{
    return !text || printable_is_plain(text);
}

/* Between apostrophes, each of which in the text ends them and begins new. */
static void write_quoted(FILE *to, const char *text)
{
    markup_text(to, "'");
    for (; *text; text++) {
        const char character[2] = {*text, '\0'};
        markup_text(to, *text == '\'' ? "'\\''" : character);
    }
    markup_text(to, "'");
}

void page_write_word(FILE *to, const struct portrait *p, const char *name,
                     const char *instead)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._+,@%";
    fputc(' ', to);
    if (!page_can_type(name)) {
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

/* An option with a file, if there is one. */
static void write_file(FILE *to, const struct portrait *p, const char *option,
                       const char *name, const char *instead)
{
    if (name) {
        fprintf(to, " %s", option);
        page_write_word(to, p, name, instead);
    }
}

/* --- Guests of AMD's platforms ----------------------------------------- */

/* The kernel, its initrd and its command line. */
static void write_boot(FILE *to, const struct portrait *p)
{
    const char *append = p->e->options->guest.append;
    write_file(to, p, "--kernel", p->kernel, "KERNEL");
    write_file(to, p, "--initrd", p->initrd, "INITRD");
    if (append) {
        /* It may begin as an option does. */
        fputs(" --append=", to);
        if (page_can_type_text(append)) {
            write_quoted(to, append);
        } else {
            fputs("TEXT", to);
        }
    }
}

/* An IGVM file has another default than a flat image. */
static void write_vmms(FILE *to, const struct launch_options *o)
{
    if (!o->vmm_given) {
        return;
    }
    for (unsigned i = 0; i < o->vmm_count; i++) {
        fprintf(to, "%s%s", i == 0 ? " --vmm " : ",", o->vmms[i]->name);
    }
}

static void write_numbers(FILE *to, const struct launch_options *o)
{
    for (unsigned i = 0; i < o->range_count; i++) {
        const struct launch_range *r = &o->ranges[i];
        fprintf(to, "%s%" PRIu32, i == 0 ? " --vcpus " : ",", r->first);
        if (r->last != r->first) {
            fprintf(to, "-%" PRIu32, r->last);
        }
    }
    if (o->range_count == 0 && o->guest.vcpus > 0) {
        fprintf(to, " --vcpus %" PRIu32, o->guest.vcpus);
    }
}

static void write_type(FILE *to, const struct launch_vcpu *vcpu)
{
    if (vcpu->type) {
        fprintf(to, " --vcpu-type %s", vcpu->type);
    } else {
        fprintf(to, " --vcpu-sig 0x%" PRIx32, vcpu->signature);
    }
}

static void write_types(FILE *to, const struct launch_options *o)
{
    for (unsigned i = 0; i < o->type_count; i++) {
        write_type(to, &o->types[i]);
    }
    if (o->type_count == 0 && o->guest.has_vcpu) {
        write_type(to, &o->guest.vcpu);
    }
}

/* What else is in the digest. */
static void write_guest_options(FILE *to, const struct portrait *p)
{
    const struct launch_options *o = p->e->options;
    const struct launch_guest *guest = &o->guest;
    fprintf(to, " --platform %s", mrtd_platform_name(o->platform));
    write_vmms(to, o);
    write_numbers(to, o);
    write_types(to, o);
    if (guest->has_features) {
        fprintf(to, " --guest-features 0x%" PRIx64, guest->features);
    }
    write_boot(to, p);
    if (guest->firmware_digest.size > 0) {
        char hex[MRTD_HEX_SIZE];
        mrtd_hex_encode(hex, guest->firmware_digest.bytes,
                        guest->firmware_digest.size);
        fprintf(to, " --snp-ovmf-hash %s", hex);
    }
    write_file(to, p, "--svsm", p->svsm, "SVSM");
    if (guest->vars_size > 0) {
        fprintf(to, " --vars-size %" PRIu64, guest->vars_size);
    }
    write_file(to, p, "--vars-file", p->svsm_vars, "VARS");
}

/* --- All --------------------------------------------------------------- */

/* How the file is taken. */
static void write_how(FILE *to, const struct launch_options *o)
{
    if (o->permissive) {
        fputs(" --permissive", to);
    }
    if (o->limit > 0) {
        fprintf(to, " --limit %" PRIu64, o->limit);
    }
}

static void write_format(FILE *to, const struct launch_options *o)
{
    const char *format = image_format_name(o->image_format);
    if (format) {
        fprintf(to, " --image-format %s", format);
    }
}

void page_write_options(FILE *to, const struct portrait *p)
{
    const struct launch_options *o = p->e->options;
    if (o->platform != MRTD_PLATFORM_TDX) {
        write_guest_options(to, p);
    } else if (o->vmm != mrtd_vmm_default(MRTD_PLATFORM_TDX)) {
        fprintf(to, " --vmm %s", o->vmm->name);
    }
    write_format(to, o);
    write_file(to, p, "--payload", p->payload, "PAYLOAD");
    write_how(to, o);
}

void page_write_list_options(FILE *to, const struct portrait *p)
{
    if (p->e->options->platform == MRTD_PLATFORM_TDX) {
        page_write_options(to, p);
        return;
    }
    write_boot(to, p);
    write_how(to, p->e->options);
}
