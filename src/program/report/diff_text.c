/* SPDX-License-Identifier: Apache-2.0 */
/* diff for people: the verdict, then why, what weighs most first. */
#include "report/diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/guest_facts.h"
#include "printable.h"
#include "report/guest_words.h"

/* What the two are called. */
static const char letters[] = {'A', 'B'};

uint64_t diff_shown(const struct comparison *d, uint64_t count)
{
    return d->all || count <= DIFF_SHORT ? count : DIFF_SHORT;
}

static void show_side(FILE *to, const struct comparison *d, unsigned i)
{
    const struct side *s = &d->sides[i];
    fprintf(to, "%c  %s%s\n", letters[i], printable(s->name),
            s->saved ? "  (a saved measurement)" : "");
    fprintf(to, "   SHA-256  %s\n", s->facts.sha256);
    fprintf(to, "   %-8s %s\n",
            d->options->platform == MRTD_PLATFORM_TDX ? "MRTD" : "digest",
            s->facts.mrtd);
}

bool diff_has_igvm(const struct comparison *d)
{
    bool has = false;
    for (unsigned i = 0; i < 2; i++) {
        const struct mrtd_image *image = d->sides[i].evaluation.image;
        has |= image && mrtd_image_igvm(image);
    }
    return has;
}

/* By whom, and with what, both are launched. */
static void show_launch(FILE *to, const struct comparison *d)
{
    const struct launch_guest *guest = &d->options->guest;
    fprintf(to, "   VMM %s", d->sides[0].facts.vmm);
    if (guest->vcpus > 0) {
        fprintf(to, ", %" PRIu32 " vCPU%s", guest->vcpus,
                guest->vcpus == 1 ? "" : "s");
        if (d->options->vmm->takes_signature) {
            fprintf(to, " of signature 0x%" PRIx32, guest->vcpu.signature);
        }
        /* Of an IGVM file they are in its VMSAs. */
        if (!diff_has_igvm(d)) {
            fprintf(to, ", features 0x%" PRIx64, guest->features);
        }
        fprintf(to, ", %s kernel", guest->kernel ? "with the" : "without a");
    }
    fprintf(to, "\n");
}

/* The run in which two launches of SEV-SNP part. */
static void show_run(FILE *to, const struct comparison *d)
{
    const struct side *side =
        &d->sides[d->first_run >= d->sides[0].facts.run_count];
    const struct mrtd_plan *plan = side->evaluation.plan;
    const struct mrtd_run *run = mrtd_plan_run(plan, d->first_run);
    char subject[GUEST_WORD_SIZE];
    char gpa[WORD_SIZE];
    uint32_t vcpu = 0;
    for (uint32_t i = 0; i < d->first_run; i++) {
        vcpu += guest_is_vmsa(mrtd_plan_run(plan, i));
    }
    fprintf(to,
            "   The two launches part in run %" PRIu32
            " (%s), %s pages at GPA %s\n",
            d->first_run,
            guest_subject(subject, &side->facts.regions, run, vcpu, 1),
            guest_page_type(run), guest_range(gpa, run));
}

/* What becomes of it on the other platform. */
static void show_beside(FILE *to, const struct comparison *d)
{
    const bool same = d->beside.same;
    if (d->beside.platform == MRTD_PLATFORM_SNP) {
        fprintf(to, "   SEV-SNP: %s\n",
                same ? "the same launch digest, for each launch of the file"
                     : "another launch digest, for each launch of the file, "
                       "all of whose bytes are hashed");
        if (!same && d->vars_only) {
            fprintf(to, "   Where the guest is given CODE alone, VARS are in "
                        "no digest: compare the files of CODE\n");
        }
    } else if (d->beside.platform) {
        fprintf(to, "   TDX: %s MRTD, with VMM %s\n",
                same ? "the same" : "another", d->beside.vmm->name);
    }
}

static void show_head(FILE *to, const struct comparison *d)
{
    char text[600];
    fprintf(to, "%s\n\n", comparison_summary(d, text, sizeof text));
    show_side(to, d, 0);
    show_side(to, d, 1);
    show_launch(to, d);
    show_beside(to, d);
    if (d->first_run != COMPARISON_NO_RUN) {
        show_run(to, d);
    } else if (!d->same && d->first_section != MRTD_NO_REGION) {
        const struct facts *f = &d->sides[0].facts;
        bool in_a = d->first_section < f->section_count;
        f = in_a ? f : &d->sides[1].facts;
        fprintf(to, "   The two launches part in section %" PRIu32 " (%s)\n",
                d->first_section,
                mrtd_region_name(facts_region(f, d->first_section)));
    }
}

/* What a list leaves out. */
static void show_rest(FILE *to, const struct comparison *d, uint64_t count,
                      uint64_t shown)
{
    if (shown < count) {
        fprintf(to, "  ... and %" PRIu64 " more%s\n", count - shown,
                d->all ? "" : "; --all lists them");
    }
}

/* By whom it is measured: on the platform that is compared, and beside. */
static const char *effect(const struct comparison *d, bool measured,
                          bool beside)
{
    if (!d->beside.platform) {
        return measured ? "measured" : "not measured";
    }
    const bool is_tdx = d->options->platform == MRTD_PLATFORM_TDX;
    const bool tdx = is_tdx ? measured : beside;
    const bool snp = is_tdx ? beside : measured;
    return tdx && snp ? "measured by TDX and SEV-SNP"
           : tdx      ? "measured by TDX, not by SEV-SNP"
           : snp      ? "measured by SEV-SNP, not by TDX"
                      : "not measured";
}

/* A list of what differs, on its way. */
struct shown {
    FILE *to;
    const struct comparison *d;
};

static void show_change(void *context, const struct metadata_change *c)
{
    const struct shown *s = context;
    FILE *to = s->to;
    const char *whose =
        c->of == s->d->options->platform ? "" : "SEV "; /* beside TDX's */
    char where[32] = "image";
    if (c->section != MRTD_NO_REGION) {
        snprintf(where, sizeof where, "%ssection %" PRIu32, whose, c->section);
    } else if (*whose) {
        snprintf(where, sizeof where, "for SEV");
    }
    fprintf(to, "  %s: %s is %s in A, %s in B; %s\n", where, c->field,
            c->value[0], c->value[1],
            effect(s->d, c->measured, comparison_field_beside(s->d, c)));
}

static void show_metadata(FILE *to, const struct comparison *d)
{
    struct shown s = {to, d};
    uint64_t shown = diff_shown(d, d->metadata_count);
    if (d->metadata_count > 0) {
        fprintf(to, "\nMetadata: %" PRIu64 " field%s\n", d->metadata_count,
                d->metadata_count > 1 ? "s differ" : " differs");
    }
    comparison_metadata(d, shown, show_change, &s);
    show_rest(to, d, d->metadata_count, shown);
}

/* --- Modules ----------------------------------------------------------- */

static const char *date(char text[32], uint32_t stamp)
{
    time_t seconds = (time_t)stamp;
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) ||
        strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        snprintf(text, 32, "%" PRIu32, stamp);
    }
    return text;
}

static void show_causes(FILE *to, const struct causes *c)
{
    const char *between = "";
    for (unsigned bit = 0; bit < CAUSE_COUNT; bit++) {
        if (c->mask >> bit & 1) {
            fprintf(to, "%s%s", between, causes_text(bit));
            between = ", ";
        }
    }
    if (c->bytes > 0) {
        fprintf(to, "; %" PRIu64 " byte%s", c->bytes,
                c->bytes == 1 ? " differs" : "s differ");
    }
    fprintf(to, "\n");
    if (c->mask & CAUSE_PATH && (c->path[0][0] || c->path[1][0])) {
        fprintf(to, "      path in A: %s\n      path in B: %s\n", c->path[0],
                c->path[1]);
    }
    if (c->mask & CAUSE_STAMP) {
        char text[2][32];
        fprintf(to, "      time in A: %s\n      time in B: %s\n",
                date(text[0], c->stamp[0]), date(text[1], c->stamp[1]));
    }
}

static void show_module(FILE *to, const struct comparison *d,
                        const struct volume_change *c)
{
    const struct volume_module *m = c->a ? c->a : c->b;
    const struct volume_map *map = &d->sides[c->a ? 0 : 1].map;
    fprintf(to, "  %s%s%s in %s%s, %s\n    ", m->name, *m->name ? "  " : "",
            m->guid, map->volumes[m->volume].name,
            m->packed ? ", compressed" : "",
            effect(d, comparison_module_measured(d, c),
                   comparison_module_beside(d, c)));
    if (!c->a || !c->b) {
        fprintf(to, "only in %s\n", c->a ? "A" : "B");
    } else {
        show_causes(to, &c->causes);
    }
    if (c->causes.mask & (CAUSE_UNREAD_A | CAUSE_UNREAD_B)) {
        const unsigned unread = c->causes.mask & CAUSE_UNREAD_A ? 0 : 1;
        const unsigned other = 1 - unread;
        fprintf(
            to, "      %c is %s; what %c has in that section is not compared\n",
            letters[unread], printable(d->sides[unread].name), letters[other]);
    }
}

/* "build path: 12, stack cookie: 3": where there are many. */
static void show_cause_counts(FILE *to, const struct volume_changes *changes)
{
    for (unsigned bit = 0; bit < CAUSE_COUNT; bit++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < changes->count; i++) {
            count += changes->items[i].causes.mask >> bit & 1;
        }
        if (count > 0) {
            fprintf(to, "  %5" PRIu32 "  %s\n", count, causes_text(bit));
        }
    }
}

static void show_modules(FILE *to, const struct comparison *d)
{
    const struct volume_changes *c = &d->changes;
    uint64_t shown = diff_shown(d, c->count);
    if (!d->bytes || c->count + c->same == 0) {
        return;
    }
    fprintf(to,
            "\nModules of the firmware volumes: %" PRIu32 " %s, %" PRIu32
            " the same",
            c->count, c->count == 1 ? "differs" : "differ", c->same);
    if (c->moved > 0) {
        fprintf(to, " (%" PRIu32 " of them at another place)", c->moved);
    }
    if (c->unknown > 0) {
        fprintf(to, ", %" PRIu32 " not compared", c->unknown);
    }
    fprintf(to, "\n");
    if (c->count > 1) {
        show_cause_counts(to, c);
    }
    for (uint64_t i = 0; i < shown; i++) {
        show_module(to, d, &c->items[i]);
    }
    show_rest(to, d, c->count, shown);
}

/* --- Ranges ------------------------------------------------------------ */

/* " AlphaDxe 0d4e.." */
static void show_name(FILE *to, const struct volume_module *m)
{
    fprintf(to, " %s%s%s%s", m->name, *m->name ? " " : "", m->guid,
            m->packed_count > 0 ? " (compressed, see above)" : "");
}

static void show_place(FILE *to, const struct comparison *d,
                       const struct range *r)
{
    const struct volume_map *map = &d->sides[0].map;
    if (r->metadata) {
        fprintf(to, "; %s metadata",
                d->options->platform == MRTD_PLATFORM_TDX ? "TDX" : "SEV");
    }
    if (r->only >= 0 || r->volume == VOLUME_NONE) {
        return;
    }
    fprintf(to, "; volume %s", map->volumes[r->volume].name);
    if (r->first != VOLUME_NONE) {
        fprintf(to, ", module");
        show_name(to, &map->modules[r->first]);
    }
    if (r->last != VOLUME_NONE && r->last != r->first) {
        fprintf(to, " to");
        show_name(to, &map->modules[r->last]);
    }
}

static void show_range(FILE *to, const struct comparison *d,
                       const struct range *r)
{
    /* Of one that only one side has, the other's places say nothing. */
    const unsigned side = r->only > 0 ? 1 : 0;
    const bool in_both = r->only < 0;
    fprintf(to, "  file 0x%" PRIx64 "-0x%" PRIx64, r->offset[side],
            r->offset[side] + (r->size - 1));
    if (in_both && r->offset[1] != r->offset[0]) {
        fprintf(to, " (in B from 0x%" PRIx64 ")", r->offset[1]);
    }
    if (r->section == MRTD_NO_REGION) {
        fprintf(to, ", in no section");
    } else {
        fprintf(to, ", GPA 0x%" PRIx64 "-0x%" PRIx64, r->gpa[side],
                r->gpa[side] + (r->size - 1));
        if (in_both && r->gpa[1] != r->gpa[0]) {
            fprintf(to, " (in B from 0x%" PRIx64 ")", r->gpa[1]);
        }
        fprintf(
            to, ", section %" PRIu32 " (%s)", r->section,
            mrtd_region_name(facts_region(&d->sides[side].facts, r->section)));
    }
    fprintf(to,
            ", %s: ", effect(d, r->measured, comparison_range_beside(d, r)));
    if (r->only >= 0) {
        fprintf(to, "%" PRIu64 " byte%s, only in %c", r->size,
                r->size == 1 ? "" : "s", letters[r->only]);
    } else {
        fprintf(to, "%" PRIu64 " of %" PRIu64 " byte%s differ%s", r->differing,
                r->size, r->size == 1 ? "" : "s", r->differing == 1 ? "s" : "");
    }
    show_place(to, d, r);
    fprintf(to, "\n");
}

static void show_ranges(FILE *to, const struct comparison *d)
{
    const struct ranges *r = &d->ranges;
    uint64_t shown = diff_shown(d, r->count);
    if (r->count == 0) {
        return;
    }
    fprintf(to, "\nBytes: %" PRIu64 " differ%s, in %" PRIu64 " range%s\n",
            r->bytes, r->bytes == 1 ? "s" : "", r->count,
            r->count > 1 ? "s" : "");
    shown = shown > r->kept ? r->kept : shown;
    for (uint64_t i = 0; i < shown; i++) {
        show_range(to, d, &r->items[i]);
    }
    show_rest(to, d, r->count, shown);
    if (r->shared > 0) {
        fprintf(to,
                "  %" PRIu64
                " bytes belong to several sections, and are listed "
                "for one of them, a measured one before others\n",
                r->shared);
    }
}

/* What could not be compared. */
static void show_notes(FILE *to, const struct comparison *d)
{
    if (!d->bytes) {
        fprintf(to, "\nnote: only metadata and MRTD are compared: a saved "
                    "measurement has no bytes\n");
    } else if (!d->ranges.whole) {
        fprintf(to,
                "\nnote: bytes outside of all sections are not compared: the "
                "sections are at different places\n");
    }
    if (d->ranges.skipped > 0) {
        fprintf(to,
                "note: %" PRIu64 " bytes of sections are not compared: the "
                "sections overlap, and no more bytes are compared than both "
                "files have\n",
                d->ranges.skipped);
    }
    for (unsigned i = 0; i < 2; i++) {
        const struct side *s = &d->sides[i];
        if (!s->saved && !s->bytes) {
            fprintf(to,
                    "note: %c: larger than %" PRIu64
                    " bytes, not looked into for firmware volumes\n",
                    letters[i], SIDE_MAP_LIMIT);
        }
        for (uint32_t n = 0; n < s->map.note_count && n < VOLUME_MAX_NOTES;
             n++) {
            const struct volume_note *note = &s->map.notes[n];
            fprintf(to, "note: %c: offset 0x%" PRIx64 "%s: %s\n", letters[i],
                    note->image_offset, note->packed ? ", compressed" : "",
                    note->message);
        }
        if (s->map.note_count > VOLUME_MAX_NOTES) {
            fprintf(to, "note: %c: %" PRIu32 " more notes like these\n",
                    letters[i], s->map.note_count - VOLUME_MAX_NOTES);
        }
    }
}

void diff_print_text(FILE *to, const struct comparison *d)
{
    show_head(to, d);
    show_metadata(to, d);
    show_modules(to, d);
    show_ranges(to, d);
    show_notes(to, d);
}
