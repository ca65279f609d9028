/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware is for each platform, side by side: MRTDs, and launch
 * digests of AMD's platforms. */
#include <inttypes.h>
#include <string.h>

#include "report/guest_words.h"
#include "report/markup.h"
#include "report/page_command.h"
#include "report/page_parts.h"
#include "report/words.h"

/* --- One value --------------------------------------------------------- */

static void write_refusal(FILE *to, const struct mrtd_error *error)
{
    fputs("<p class=\"none\">No value: ", to);
    markup_text(to, error->message);
    fprintf(to, " <code>[%s]</code></p>\n", mrtd_code_name(error->code));
}

/* Begins a box; its heading follows, and end_heading(). */
static void begin_value(FILE *to, const struct launch *value, bool chosen)
{
    fprintf(to, "<div class=\"value%s\" data-vmm=\"%s\">\n<h3>",
            chosen ? " chosen" : "", value->vmm->name);
}

static void end_heading(FILE *to, bool chosen)
{
    fprintf(to, "%s</h3>\n",
            chosen ? " <span class=\"tag\">shown below</span>" : "");
}

static void end_value(FILE *to, const struct launch *value)
{
    if (value->error.code) {
        write_refusal(to, &value->error);
    } else {
        char hex[2 * MRTD_MAX_DIGEST_SIZE + 1];
        mrtd_hex_encode(hex, value->value.digest.bytes,
                        value->value.digest.size);
        fprintf(to, "<code class=\"hex\">%s</code>\n", hex);
    }
    fputs("</div>\n", to);
}

static void write_software(FILE *to, const struct portrait *p,
                           const struct launch *value)
{
    fputs("<p>", to);
    markup_text(to, word_software(value->vmm, p->e->image));
    fputs("</p>\n", to);
}

/* Is each launch refused, and for one reason, which is of the image? */
static bool is_refused(const struct launches *launches)
{
    const struct mrtd_error *first = &launches->items[0].error;
    bool refused = first->code != MRTD_OK;
    for (size_t i = 1; refused && i < launches->count; i++) {
        refused = strcmp(launches->items[i].error.message, first->message) == 0;
    }
    return refused;
}

/* --- TDX --------------------------------------------------------------- */

static void write_mrtd(FILE *to, const struct portrait *p,
                       const struct launch *value, bool chosen)
{
    begin_value(to, value, chosen);
    fputs(value->vmm->name, to);
    end_heading(to, chosen);
    write_software(to, p, value);
    end_value(to, value);
}

static void write_tdx(FILE *to, const struct portrait *p)
{
    const bool shown = p->other != MRTD_PLATFORM_TDX;
    const struct launches *launches = shown ? &p->launches : &p->others;
    fputs("<section id=\"mrtd\">\n<h2>MRTD of Intel TDX</h2>\n", to);
    if (launches->count > 0 && !shown && is_refused(launches)) {
        write_refusal(to, &launches->items[0].error);
    } else {
        fputs("<p>By the software that launches the TD:</p>\n", to);
        for (size_t i = 0; i < launches->count; i++) {
            write_mrtd(to, p, &launches->items[i], shown && i == p->at_hand);
        }
    }
    fputs("</section>\n", to);
}

/* --- SEV-SNP where no launch of it is asked for ------------------------ */

static void write_command(FILE *to, const struct portrait *p,
                          const char *options)
{
    fprintf(to, "<pre><code>mrtd-calc --platform snp%s", options);
    if (p->e->options->permissive) {
        fputs(" --permissive", to);
    }
    page_write_word(to, p, p->file, "FILE");
    fputs("</code></pre>\n", to);
}

/* The digest after the firmware, and what the rest depends on. */
static void write_prefix(FILE *to, const struct portrait *p,
                         const struct launch *value)
{
    const struct mrtd_sev_info *sev = mrtd_image_sev(p->e->image);
    fprintf(to,
            "<p>After the firmware&#39;s pages, with which each launch begins "
            "that is given %s:</p>\n",
            p->vars ? "the file of CODE; the variables are not measured"
                    : "this file as a whole");
    begin_value(to, value, false);
    fputs("the firmware alone", to);
    end_heading(to, false);
    end_value(to, value);
    if (sev && sev->metadata_offset == MRTD_NO_OFFSET) {
        fputs(
            "<p>There is no SEV metadata; QEMU does not launch such a file as "
            "a guest of SEV-SNP.</p>\n",
            to);
    }
    fputs("<p>The launch digest also depends on the number and the type of the "
          "virtual CPUs, on the features of the guest, on a kernel that is "
          "started directly, and on the VMM. This computes it for one virtual "
          "CPU of type EPYC-v4 with QEMU:</p>\n",
          to);
    write_command(to, p, " --vcpus 1 --vcpu-type EPYC-v4");
}

/* A launch of which the file says another digest than it has. */
static void write_warning(void *context, const struct mrtd_finding *f)
{
    FILE *to = context;
    fputs("<p class=\"warning\"><b>warning:</b> ", to);
    markup_text(to, f->message);
    fprintf(to, " <code>[%s]</code></p>\n", mrtd_code_name(f->code));
}

static void write_igvm(FILE *to, const struct portrait *p,
                       const struct launch *value)
{
    fputs("<p>By the format&#39;s own rule; other VMMs may launch the file in "
          "another way, <code>--vmm help</code> lists them:</p>\n",
          to);
    begin_value(to, value, false);
    fputs(value->vmm->name, to);
    end_heading(to, false);
    write_software(to, p, value);
    end_value(to, value);
    evaluation_value_findings(p->e, &value->value, write_warning, to);
    write_command(to, p, "");
}

static void write_other_snp(FILE *to, const struct portrait *p)
{
    const struct launch *value = &p->others.items[0];
    fputs("<section id=\"snp\">\n<h2>Launch digest of AMD SEV-SNP</h2>\n", to);
    if (value->error.code) {
        write_refusal(to, &value->error);
    } else if (mrtd_image_igvm(p->e->image)) {
        write_igvm(to, p, value);
    } else {
        write_prefix(to, p, value);
    }
    fputs("</section>\n", to);
}

/* --- Launches of a guest ----------------------------------------------- */

/* "qemu, 4 virtual CPUs of type EPYC-v4, features 0x1 (SNPActive)" */
static void write_guest_heading(FILE *to, const struct launch *value,
                                const struct launch_guest *guest, uint64_t bits)
{
    char features[GUEST_WORD_SIZE];
    fputs(value->vmm->name, to);
    if (guest->vcpus == 0) {
        return;
    }
    fprintf(to, ", %" PRIu32 " virtual CPU%s", guest->vcpus,
            guest->vcpus == 1 ? "" : "s");
    if (value->vmm->takes_signature && guest->has_vcpu) {
        if (guest->vcpu.type) {
            fprintf(to, " of type %s", guest->vcpu.type);
        } else {
            fprintf(to, " with signature 0x%" PRIx32, guest->vcpu.signature);
        }
    }
    fprintf(to, ", features 0x%" PRIx64 " (%s)", bits,
            guest_features(features, bits));
}

static void write_guest(FILE *to, const struct portrait *p, size_t index)
{
    const struct launch *value = &p->launches.items[index];
    const bool chosen = index == p->at_hand;
    struct launch_options options;
    portrait_options(p->e, index, &options);
    begin_value(to, value, chosen);
    write_guest_heading(to, value, &options.guest, p->guest.features);
    end_heading(to, chosen);
    if (index == 0 || p->launches.items[index - 1].vmm != value->vmm) {
        write_software(to, p, value);
    }
    end_value(to, value);
}

static void write_guests(FILE *to, const struct portrait *p)
{
    const enum mrtd_register id = p->facts.value.id;
    fprintf(to,
            "<section id=\"%s\">\n<h2>Launch digest of AMD %s%s</h2>\n"
            "<p>By the software that launches the guest%s:</p>\n",
            mrtd_platform_name(p->e->options->platform),
            id == MRTD_REGISTER_SNP ? "SEV-" : "", mrtd_register_info(id)->name,
            p->kernel ? ", with the hashes of the kernel, its initrd and its "
                        "command line"
            : p->svsm ? ", with the SVSM"
                      : "");
    for (size_t i = 0; i < p->launches.count; i++) {
        write_guest(to, p, i);
    }
    if (id != MRTD_REGISTER_SNP) {
        fputs("<p>What the processor reports is an HMAC over this digest, the "
              "policy and a nonce.</p>\n",
              to);
    }
    fputs("</section>\n", to);
}

/* --- Both -------------------------------------------------------------- */

/* That of the page first: on a narrow screen the other one is below it. */
void page_write_values(FILE *to, const struct portrait *p)
{
    fputs("<div class=\"platforms\">\n", to);
    if (p->other == MRTD_PLATFORM_TDX) {
        write_guests(to, p);
        write_tdx(to, p);
    } else {
        write_tdx(to, p);
        write_other_snp(to, p);
    }
    fputs("</div>\n", to);
}
