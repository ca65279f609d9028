/* SPDX-License-Identifier: Apache-2.0 */
#include "model/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/guest_facts.h"
#include "reference/json.h"

/* A walk over the changes. */
struct changes {
    enum mrtd_platform of;
    const struct facts *a;
    const struct facts *b;
    uint64_t left; /* number of changes that may still be listed */
    metadata_fn *each;
    void *context;
    uint64_t place[2]; /* of the fields at hand */
};

static void add_change(struct changes *w, uint32_t section, const char *field,
                       const char *a, const char *b, bool measured)
{
    struct metadata_change c = {.of = w->of,
                                .section = section,
                                .field = field,
                                .measured = measured,
                                .place = {w->place[0], w->place[1]}};
    if (w->left > 0) {
        w->left--;
        snprintf(c.value[0], METADATA_TEXT, "%s", a);
        snprintf(c.value[1], METADATA_TEXT, "%s", b);
        w->each(w->context, &c);
    }
}

static void compare_text(struct changes *w, uint32_t section, const char *field,
                         const char *a, const char *b, bool measured)
{
    if (strcmp(a, b) != 0) {
        add_change(w, section, field, a, b, measured);
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

static bool has_pages(const struct section_facts *s)
{
    return s->added_pages > 0 || s->extended_pages > 0;
}

/* A type that has no name is launched with --permissive. */
static const char *name_of(const struct mrtd_region *region)
{
    const char *name = mrtd_region_name(region);
    return name ? name : "unknown";
}

/* --- TDX --------------------------------------------------------------- */

static void compare_image(struct changes *w)
{
    const struct facts *a = w->a;
    const struct facts *b = w->b;
    compare_number(w, MRTD_NO_REGION, "size", a->size, b->size, false);
    compare_text(w, MRTD_NO_REGION, "locator", json_locator_name(a->locator),
                 json_locator_name(b->locator), false);
    compare_number(w, MRTD_NO_REGION, "descriptor_offset", a->descriptor_offset,
                   b->descriptor_offset, false);
    compare_number(w, MRTD_NO_REGION, "section_count", a->section_count,
                   b->section_count, false);
}

static void compare_section(struct changes *w, uint32_t i)
{
    const struct section_facts *a = &w->a->sections[i];
    const struct section_facts *b = &w->b->sections[i];
    const struct mrtd_region *x = facts_region(w->a, i);
    const struct mrtd_region *y = facts_region(w->b, i);
    bool hashed = has_pages(a) || has_pages(b);
    bool treated = a->added_pages != b->added_pages ||
                   a->extended_pages != b->extended_pages;
    compare_text(w, i, "type", name_of(x), name_of(y), treated);
    compare_number(w, i, "attributes", x->attributes, y->attributes, treated);
    compare_number(w, i, "mask", x->mask, y->mask, treated);
    compare_number(w, i, "memory_address", x->gpa, y->gpa, hashed);
    compare_number(w, i, "memory_data_size", x->size, y->size, hashed);
    compare_number(w, i, "data_offset", x->offset, y->offset, false);
    compare_number(w, i, "raw_data_size", x->data_size, y->data_size, false);
}

/* --- SEV metadata ------------------------------------------------------ */

/* Is the byte hashed as data of a section? */
static bool is_measured_at(const struct facts *f, uint64_t offset)
{
    bool is = false;
    for (uint32_t i = 0; offset != MRTD_NO_OFFSET && i < f->section_count;
         i++) {
        const struct mrtd_region *r = facts_region(f, i);
        is |= f->sections[i].extended_pages > 0 && offset >= r->offset &&
              offset - r->offset < r->data_size;
    }
    return is;
}

static bool is_place_measured(const struct changes *w)
{
    return is_measured_at(w->a, w->place[0]) ||
           is_measured_at(w->b, w->place[1]);
}

/* A field of a thing that an image may be without: then it is "none". */
struct entry_field {
    const char *field;
    uint64_t offset[2]; /* of the thing, or MRTD_NO_OFFSET */
    uint64_t value[2];
};

static void compare_entry(struct changes *w, const struct entry_field *f)
{
    char text[2][METADATA_TEXT];
    for (unsigned i = 0; i < 2; i++) {
        w->place[i] = f->offset[i];
        if (f->offset[i] == MRTD_NO_OFFSET) {
            snprintf(text[i], METADATA_TEXT, "none");
        } else {
            snprintf(text[i], METADATA_TEXT, "0x%" PRIx64, f->value[i]);
        }
    }
    if (strcmp(text[0], text[1]) != 0) {
        add_change(w, MRTD_NO_REGION, f->field, text[0], text[1],
                   is_place_measured(w));
    }
}

static void compare_entries(struct changes *w, const struct mrtd_sev_info *a,
                            const struct mrtd_sev_info *b)
{
    const struct entry_field fields[] = {
        {"reset_address",
         {a->reset_offset, b->reset_offset},
         {a->reset_address, b->reset_address}},
        {"hash_table_gpa",
         {a->hash_table_offset, b->hash_table_offset},
         {a->hash_table_gpa, b->hash_table_gpa}},
        {"hash_table_size",
         {a->hash_table_offset, b->hash_table_offset},
         {a->hash_table_size, b->hash_table_size}},
        {"svsm_entry",
         {a->svsm_offset, b->svsm_offset},
         {a->svsm_entry, b->svsm_entry}},
        {"metadata_offset",
         {a->metadata_offset, b->metadata_offset},
         {a->metadata_offset, b->metadata_offset}},
        {"section_count",
         {a->metadata_offset, b->metadata_offset},
         {a->section_count, b->section_count}},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        compare_entry(w, &fields[i]);
    }
}

static const char *sev_name(const struct mrtd_sev_section *s)
{
    const char *name = s ? mrtd_sev_section_type_name(s->type) : "none";
    return name ? name : "unknown";
}

/* The index-th section of SEV metadata; reports number the firmware 0. */
static void compare_sev_section(struct changes *w, uint32_t i,
                                const struct mrtd_sev_section *a,
                                const struct mrtd_sev_section *b)
{
    w->place[0] = a ? a->field : MRTD_NO_OFFSET;
    w->place[1] = b ? b->field : MRTD_NO_OFFSET;
    const bool measured = is_place_measured(w);
    if (!a || !b) {
        add_change(w, i + 1, "section", sev_name(a), sev_name(b), measured);
        return;
    }
    if (a->type != b->type) {
        add_change(w, i + 1, "type", sev_name(a), sev_name(b), measured);
    }
    compare_number(w, i + 1, "gpa", a->gpa, b->gpa, measured);
    compare_number(w, i + 1, "size", a->size, b->size, measured);
}

static void compare_sev(struct changes *w)
{
    const struct mrtd_image *x = w->a->regions.image;
    const struct mrtd_image *y = w->b->regions.image;
    w->of = MRTD_PLATFORM_SNP;
    compare_entries(w, mrtd_image_sev(x), mrtd_image_sev(y));
    for (uint32_t i = 0; w->left > 0; i++) {
        const struct mrtd_sev_section *a = mrtd_image_sev_section(x, i);
        const struct mrtd_sev_section *b = mrtd_image_sev_section(y, i);
        if (!a && !b) {
            break;
        }
        compare_sev_section(w, i, a, b);
    }
}

/* --- IGVM files on SEV-SNP, also beside a flat image --------------------- */

static void compare_guest_image(struct changes *w)
{
    const struct facts *a = w->a;
    const struct facts *b = w->b;
    compare_number(w, MRTD_NO_REGION, "size", a->size, b->size, false);
    compare_number(w, MRTD_NO_REGION, "section_count", a->section_count,
                   b->section_count, false);
    compare_number(w, MRTD_NO_REGION, "vmsa_count", a->vmsa_count,
                   b->vmsa_count, true);
    compare_number(w, MRTD_NO_REGION, "vmsa_gpa", a->vmsa_gpa, b->vmsa_gpa,
                   true);
}

static void compare_guest_section(struct changes *w, uint32_t i)
{
    const struct section_facts *a = &w->a->sections[i];
    const struct section_facts *b = &w->b->sections[i];
    const struct mrtd_region *x = facts_region(w->a, i);
    const struct mrtd_region *y = facts_region(w->b, i);
    const bool hashed = has_pages(a) || has_pages(b);
    const bool treated =
        a->added_pages != b->added_pages || a->page_type != b->page_type;
    compare_text(w, i, "type", name_of(x), name_of(y), treated);
    compare_text(w, i, "page_type", guest_page_name(a->page_type),
                 guest_page_name(b->page_type), true);
    compare_number(w, i, "attributes", x->attributes, y->attributes, treated);
    compare_number(w, i, "mask", x->mask, y->mask, treated);
    compare_number(w, i, "gpa", x->gpa, y->gpa, hashed);
    compare_number(w, i, "size", x->size, y->size, hashed);
    compare_number(w, i, "data_offset", x->offset, y->offset, false);
    compare_number(w, i, "data_size", x->data_size, y->data_size, false);
}

/* --- All ---------------------------------------------------------------- */

/* A section that only one of the two has. */
static void compare_missing(struct changes *w, uint32_t i)
{
    bool in_a = i < w->a->section_count;
    const struct facts *facts = in_a ? w->a : w->b;
    const char *name = name_of(facts_region(facts, i));
    add_change(w, i, "section", in_a ? name : "none", in_a ? "none" : name,
               has_pages(&facts->sections[i]));
}

typedef void compare_section_fn(struct changes *w, uint32_t section);

static void compare_sections(struct changes *w, compare_section_fn *compare)
{
    const uint32_t a = w->a->section_count;
    const uint32_t b = w->b->section_count;
    for (uint32_t i = 0; w->left > 0 && (i < a || i < b); i++) {
        if (i < a && i < b) {
            compare(w, i);
        } else {
            compare_missing(w, i);
        }
    }
}

void changes_find(const struct facts *a, const struct facts *b, bool guest_too,
                  uint64_t most, metadata_fn *each, void *context)
{
    struct changes w = {.of = a->platform,
                        .a = a,
                        .b = b,
                        .left = most,
                        .each = each,
                        .context = context,
                        .place = {MRTD_NO_OFFSET, MRTD_NO_OFFSET}};
    const bool is_guest = a->platform == MRTD_PLATFORM_SNP;
    const bool has_igvm = is_guest && (mrtd_image_igvm(a->regions.image) ||
                                       mrtd_image_igvm(b->regions.image));
    if (!is_guest) {
        compare_image(&w);
        compare_sections(&w, compare_section);
    } else if (has_igvm) {
        compare_guest_image(&w);
        compare_sections(&w, compare_guest_section);
    } else {
        compare_number(&w, MRTD_NO_REGION, "size", a->size, b->size, true);
    }
    if (guest_too || (is_guest && !has_igvm)) {
        compare_sev(&w);
    }
}
