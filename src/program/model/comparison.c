/* SPDX-License-Identifier: Apache-2.0 */
#include "model/comparison.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/vmms.h"
#include "printable.h"
#include "reference/json.h"

/* --- Metadata ---------------------------------------------------------- */

/* A walk over the changes. */
struct changes {
    const struct facts *a;
    const struct facts *b;
    uint64_t left; /* number of changes that may still be listed */
    metadata_fn *each;
    void *context;
};

static void add_change(struct changes *w, uint32_t section, const char *field,
                       const char *a, const char *b, bool measured)
{
    struct metadata_change c = {
        .section = section, .field = field, .measured = measured};
    if (w->left > 0) {
        w->left--;
        snprintf(c.value[0], METADATA_TEXT, "%s", a);
        snprintf(c.value[1], METADATA_TEXT, "%s", b);
        w->each(w->context, &c);
    }
}

static void compare_number(struct changes *w, uint32_t section,
                           const char *field, uint64_t a, uint64_t b,
                           bool measured)
{
    if (a != b) {
        char text[2][METADATA_TEXT];
        snprintf(text[0], METADATA_TEXT, "0x%" PRIx64, a);
        snprintf(text[1], METADATA_TEXT, "0x%" PRIx64, b);
        add_change(w, section, field, text[0], text[1], measured);
    }
}

static void compare_image(struct changes *w)
{
    const struct facts *a = w->a;
    const struct facts *b = w->b;
    compare_number(w, MRTD_NO_REGION, "size", a->size, b->size, false);
    if (a->locator != b->locator) {
        add_change(w, MRTD_NO_REGION, "locator", json_locator_name(a->locator),
                   json_locator_name(b->locator), false);
    }
    compare_number(w, MRTD_NO_REGION, "descriptor_offset", a->descriptor_offset,
                   b->descriptor_offset, false);
    compare_number(w, MRTD_NO_REGION, "section_count", a->section_count,
                   b->section_count, false);
}

static bool has_pages(const struct section_facts *s)
{
    return s->added_pages > 0 || s->extended_pages > 0;
}

static void compare_section(struct changes *w, uint32_t i)
{
    const struct section_facts *a = &w->a->sections[i];
    const struct section_facts *b = &w->b->sections[i];
    const struct mrtd_region *x = facts_region(w->a, i);
    const struct mrtd_region *y = facts_region(w->b, i);
    const char *const names[] = {mrtd_region_name(x), mrtd_region_name(y)};
    bool hashed = has_pages(a) || has_pages(b);
    bool treated = a->added_pages != b->added_pages ||
                   a->extended_pages != b->extended_pages;
    if (strcmp(names[0], names[1]) != 0) {
        add_change(w, i, "type", names[0], names[1], treated);
    }
    compare_number(w, i, "attributes", x->attributes, y->attributes, treated);
    compare_number(w, i, "mask", x->mask, y->mask, treated);
    compare_number(w, i, "memory_address", x->gpa, y->gpa, hashed);
    compare_number(w, i, "memory_data_size", x->size, y->size, hashed);
    compare_number(w, i, "data_offset", x->offset, y->offset, false);
    compare_number(w, i, "raw_data_size", x->data_size, y->data_size, false);
}

/* A section that only one of the two has. */
static void compare_missing(struct changes *w, uint32_t i)
{
    bool in_a = i < w->a->section_count;
    const struct facts *facts = in_a ? w->a : w->b;
    const char *name = mrtd_region_name(facts_region(facts, i));
    add_change(w, i, "section", in_a ? name : "none", in_a ? "none" : name,
               has_pages(&facts->sections[i]));
}

static uint32_t most_sections(const struct facts *a, const struct facts *b)
{
    return a->section_count > b->section_count ? a->section_count
                                               : b->section_count;
}

void comparison_metadata(const struct comparison *d, uint64_t most,
                         metadata_fn *each, void *context)
{
    struct changes w = {&d->sides[0].facts, &d->sides[1].facts, most, each,
                        context};
    compare_image(&w);
    for (uint32_t i = 0; w.left > 0 && i < most_sections(w.a, w.b); i++) {
        if (i < w.a->section_count && i < w.b->section_count) {
            compare_section(&w, i);
        } else {
            compare_missing(&w, i);
        }
    }
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
    for (uint32_t i = 0; i < most_sections(a, b); i++) {
        if (i >= a->section_count || i >= b->section_count ||
            memcmp(a->sections[i].running, b->sections[i].running,
                   MRTD_DIGEST_SIZE) != 0) {
            return i;
        }
    }
    return MRTD_NO_REGION;
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

const char *comparison_summary(const struct comparison *d, char *text,
                               size_t size)
{
    struct tally t = tally(d);
    snprintf(text, size, "%s MRTD", d->same ? "same" : "different");
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
    comparison_metadata(d, UINT64_MAX, count_change, d);
    d->first_section = find_first_section(a, b);
}

enum exit_status comparison_make(struct comparison *d, struct failure *failure)
{
    compare_facts(d);
    if (!d->bytes) {
        return EXIT_DONE;
    }
    const enum exit_status status =
        ranges_find(&d->sides[0], &d->sides[1], &d->ranges, failure);
    if (status) {
        return status;
    }
    return volume_compare(&d->sides[0].map, &d->sides[1].map, &d->changes)
               ? EXIT_DONE
               : failure_memory(failure, NULL);
}

void comparison_free(struct comparison *d)
{
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
