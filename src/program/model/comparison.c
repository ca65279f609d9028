/* SPDX-License-Identifier: Apache-2.0 */
#include "model/comparison.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/reach.h"
#include "model/vmms.h"
#include "printable.h"

/* --- Metadata ---------------------------------------------------------- */

void comparison_metadata(const struct comparison *d, uint64_t most,
                         metadata_fn *each, void *context)
{
    const bool guest_too = d->beside.platform == MRTD_PLATFORM_SNP;
    changes_find(&d->sides[0].facts, &d->sides[1].facts, guest_too, most, each,
                 context);
}

static void count_change(void *context, const struct metadata_change *change)
{
    struct comparison *d = context;
    d->metadata_count++;
    d->metadata_measured += change->measured;
}

/* The first section whose running hashes differ. */
static uint32_t find_first_section(const struct facts *a, const struct facts *b)
{
    for (uint32_t i = 0; i < a->section_count || i < b->section_count; i++) {
        if (i >= a->section_count || i >= b->section_count ||
            memcmp(a->sections[i].running, b->sections[i].running,
                   MRTD_DIGEST_SIZE) != 0) {
            return i;
        }
    }
    return MRTD_NO_REGION;
}

/* The first run after which the launch digests differ. */
static uint32_t find_first_run(const struct side *a, const struct side *b)
{
    const struct mrtd_plan *const plans[2] = {a->evaluation.plan,
                                              b->evaluation.plan};
    uint32_t outside[2] = {0, 0};
    for (uint32_t i = 0;; i++) {
        const struct mrtd_run *x = mrtd_plan_run(plans[0], i);
        const struct mrtd_run *y = mrtd_plan_run(plans[1], i);
        if (!x && !y) {
            return COMPARISON_NO_RUN;
        }
        if (!x || !y ||
            memcmp(facts_after_run(&a->facts, x, &outside[0]),
                   facts_after_run(&b->facts, y, &outside[1]),
                   MRTD_DIGEST_SIZE) != 0) {
            return i;
        }
    }
}

/* Where the two launches of SEV-SNP part. */
static void find_parting(struct comparison *d)
{
    const struct facts *a = &d->sides[0].facts;
    const struct mrtd_run *run;
    d->first_run = find_first_run(&d->sides[0], &d->sides[1]);
    d->first_section = MRTD_NO_REGION;
    if (d->first_run == COMPARISON_NO_RUN) {
        return;
    }
    const struct side *side = &d->sides[d->first_run >= a->run_count];
    run = mrtd_plan_run(side->evaluation.plan, d->first_run);
    if (run->region != MRTD_NO_REGION) {
        d->first_section = run->region - side->facts.regions.first;
    }
}

/* --- Verdict ----------------------------------------------------------- */

bool comparison_module_measured(const struct comparison *d,
                                const struct volume_change *change)
{
    const struct volume_module *m = change->a ? change->a : change->b;
    return ranges_measured(
        &d->sides[0].facts, &d->sides[1].facts,
        ranges_section_at(&d->ranges, change->a ? 0 : 1, m->image_offset));
}

bool comparison_module_beside(const struct comparison *d,
                              const struct volume_change *change)
{
    const unsigned side = change->a ? 0 : 1;
    const struct volume_module *m = change->a ? change->a : change->b;
    return reach_touches(&d->beside.reach[side], m->image_offset, 1);
}

bool comparison_range_beside(const struct comparison *d, const struct range *r)
{
    bool is = false;
    for (int i = 0; i < 2; i++) {
        is |= (r->only < 0 || r->only == i) &&
              reach_touches(&d->beside.reach[i], r->offset[i], r->size);
    }
    return is;
}

/* SEV-SNP hashes all fields with the file. */
bool comparison_field_beside(const struct comparison *d,
                             const struct metadata_change *c)
{
    bool is = d->beside.platform == MRTD_PLATFORM_SNP;
    for (unsigned i = 0; d->beside.platform && i < 2; i++) {
        is |= c->place[i] != MRTD_NO_OFFSET &&
              reach_touches(&d->beside.reach[i], c->place[i], 1);
    }
    return is;
}

/* What the summary is made of. */
struct tally {
    uint32_t modules;  /* number of measured modules that differ */
    uint64_t metadata; /* number of measured changes of the metadata */
    uint64_t ranges;   /* number of measured ranges that differ */
    bool vars_only;    /* all ranges lie in CFV sections */
    unsigned causes;   /* causes of all these modules together */
    const struct volume_change *module; /* the first of these modules */
};

static struct tally tally(const struct comparison *d)
{
    struct tally t = {
        .metadata = d->metadata_measured,
        .vars_only = d->bytes && d->ranges.whole && d->ranges.skipped == 0 &&
                     d->ranges.count > 0 && d->ranges.count == d->ranges.kept &&
                     d->metadata_count == 0};
    const struct facts *a = &d->sides[0].facts;
    for (uint32_t i = 0; i < d->changes.count; i++) {
        const struct volume_change *c = &d->changes.items[i];
        if (comparison_module_measured(d, c)) {
            t.module = t.module ? t.module : c;
            t.modules++;
            t.causes |= c->causes.mask;
        }
    }
    for (uint32_t i = 0; i < d->ranges.kept; i++) {
        const struct range *r = &d->ranges.items[i];
        t.ranges += r->measured;
        t.vars_only = t.vars_only && r->section != MRTD_NO_REGION &&
                      facts_region(a, r->section)->type == MRTD_SECTION_CFV;
    }
    return t;
}

static void append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

static void append_causes(char *text, size_t size, unsigned mask)
{
    const char *between = ": ";
    for (unsigned bit = 0; bit < CAUSE_COUNT; bit++) {
        if (mask >> bit & 1) {
            append(text, size, "%s%s", between, causes_text(bit));
            between = ", ";
        }
    }
}

static void append_modules(char *text, size_t size, const struct tally *t)
{
    const struct volume_change *c = t->module;
    const struct volume_module *m = c->a ? c->a : c->b;
    const char *name = *m->name ? m->name : m->guid;
    if (t->modules > 1) {
        append(text, size, "%" PRIu32 " modules differ", t->modules);
    } else if (c->a && c->b) {
        append(text, size, "module %s differs", name);
    } else {
        append(text, size, "module %s is only in %s", name, c->a ? "A" : "B");
    }
    append_causes(text, size, t->causes);
}

static void append_difference(const struct comparison *d, char *text,
                              size_t size, const struct tally *t)
{
    append(text, size, ": ");
    if (t->metadata > 0) {
        append(text, size, "the metadata differ%s",
               t->modules > 0 ? ", and " : "");
    }
    if (t->modules > 0) {
        append_modules(text, size, t);
    } else if (t->metadata == 0 && d->bytes) {
        append(text, size, "measured bytes differ, outside known modules");
    } else if (t->metadata == 0) {
        append(text, size,
               "the metadata is the same, the measured bytes differ");
    }
}

const char *comparison_value_name(const struct comparison *d)
{
    return d->options->platform == MRTD_PLATFORM_TDX ? "MRTD"
                                                     : "SEV-SNP launch digest";
}

const char *comparison_summary(const struct comparison *d, char *text,
                               size_t size)
{
    struct tally t = tally(d);
    snprintf(text, size, "%s %s", d->same ? "same" : "different",
             comparison_value_name(d));
    if (!d->same) {
        append_difference(d, text, size, &t);
    } else if (d->same_file) {
        append(text, size, ": the two images are the same");
    } else if (t.vars_only && t.ranges == 0) {
        append(text, size, ": VARS differ, not measured");
    } else if (d->bytes && t.ranges == 0 && t.metadata == 0) {
        append(text, size, ": what differs is not measured");
    } else if (d->bytes) {
        append(text, size, ": what differs has no effect on it");
    } else {
        append(text, size, ": the images differ in what is not measured");
    }
    return text;
}

/* --- Making it --------------------------------------------------------- */

static void compare_facts(struct comparison *d)
{
    const struct facts *a = &d->sides[0].facts;
    const struct facts *b = &d->sides[1].facts;
    d->same = strcmp(a->mrtd, b->mrtd) == 0;
    d->same_file = strcmp(a->sha256, b->sha256) == 0;
    d->bytes = !d->sides[0].saved && !d->sides[1].saved;
    d->first_run = COMPARISON_NO_RUN;
    if (a->platform == MRTD_PLATFORM_SNP) {
        find_parting(d);
    } else {
        d->first_section = find_first_section(a, b);
    }
}

/* What both have of bytes: ranges and modules. */
static enum exit_status compare_bytes(struct comparison *d,
                                      struct failure *failure)
{
    const enum exit_status status = ranges_find(
        &d->sides[0], &d->sides[1], d->beside.reach, &d->ranges, failure);
    if (status) {
        return status;
    }
    if (!volume_compare(&d->sides[0].map, &d->sides[1].map, &d->changes)) {
        return failure_memory(failure, NULL);
    }
    d->vars_only = tally(d).vars_only;
    return EXIT_DONE;
}

enum exit_status comparison_make(struct comparison *d, struct failure *failure)
{
    const struct evaluation *const sides[2] = {&d->sides[0].evaluation,
                                               &d->sides[1].evaluation};
    enum exit_status status = EXIT_DONE;
    compare_facts(d);
    if (d->bytes) {
        status = beside_make(&d->beside, sides, failure);
    }
    comparison_metadata(d, UINT64_MAX, count_change, d);
    return status || !d->bytes ? status : compare_bytes(d, failure);
}

void comparison_free(struct comparison *d)
{
    beside_free(&d->beside);
    ranges_free(&d->ranges);
    volume_changes_free(&d->changes);
    side_free(&d->sides[0]);
    side_free(&d->sides[1]);
}

enum exit_status comparison_choose_vmm(const struct comparison *d,
                                       struct launch_options *launch,
                                       struct failure *failure)
{
    const struct side *sides = d->sides;
    for (unsigned i = 0; i < 2; i++) {
        const char *name = sides[i].facts.vmm;
        if (!sides[i].saved) {
            continue;
        }
        if (launch->vmm_given && strcmp(name, launch->vmm->name) != 0) {
            return failure_refused(failure, sides[i].name, "saved-vmm",
                                   "it was made for the VMM '%s', not for "
                                   "'%s'; compare under one VMM",
                                   printable(name), launch->vmm->name);
        }
        launch->vmm = vmms_find(name, strlen(name));
        if (!launch->vmm) {
            return failure_refused(failure, sides[i].name, "saved-vmm",
                                   "it was made for the VMM '%s', which this "
                                   "version does not have",
                                   printable(name));
        }
        launch->vmm_given = true;
    }
    return EXIT_DONE;
}
