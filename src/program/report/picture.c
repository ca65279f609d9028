/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns are as wide as a percentage of the whole, so that the same
 * drawing fits a telephone and a screen while its text keeps its size.
 */
#include "report/picture.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "report/bands.h"
#include "report/markup.h"
#include "report/picture_head.h"
#include "report/style.h"
#include "report/words.h"

/* Pixels. */
#define FILE_WIDTH  720 /* width of a picture that is a file */
#define MARGIN      16
#define LEGEND_LINE 22
#define HEADING     44
#define SPINE       8
#define INSET       14 /* distance of a band's text from its edge */

/* Characters of a section's name, SNP_KERNEL_HASHES for one. */
#define LONG_NAME 16

#define COLUMN_WIDTH "46%%" /* in a format */

static const char *const column_x[] = {
    [COLUMN_FILE] = "0", [COLUMN_MEMORY] = "54%"};

/* Classes of style.c, and words for people. */
static const char *const kinds[] = {[TREATED_NOT] = "mrtd-not",
                                    [TREATED_ADDED] = "mrtd-added",
                                    [TREATED_MEASURED] = "mrtd-measured"};

struct words {
    const char *treatments[3];
    const char *legend[3];
};

static const struct words *words_of(const struct portrait *p)
{
    static const struct words tdx = {
        .treatments = {[TREATED_NOT] = "not added",
                       [TREATED_ADDED] = "added",
                       [TREATED_MEASURED] = "measured"},
        .legend = {[TREATED_NOT] = "not added: nothing hashed",
                   [TREATED_ADDED] = "added: address hashed, content not",
                   [TREATED_MEASURED] =
                       "measured: address and content hashed"}};
    static const struct words snp = {
        .treatments = {[TREATED_NOT] = "not given",
                       [TREATED_ADDED] = "given",
                       [TREATED_MEASURED] = "measured"},
        .legend = {[TREATED_NOT] = "not given to the guest: nothing hashed",
                   [TREATED_ADDED] = "given: type and address hashed, content "
                                     "not",
                   [TREATED_MEASURED] =
                       "measured: type, address and content hashed"}};
    static const struct words sev = {
        .treatments = {[TREATED_NOT] = "not given",
                       [TREATED_ADDED] = "given",
                       [TREATED_MEASURED] = "measured"},
        .legend = {[TREATED_NOT] = "not given to the guest: nothing hashed",
                   [TREATED_ADDED] = "given: nothing hashed",
                   [TREATED_MEASURED] = "measured: content hashed"}};
    static const struct words *const all[] = {[MRTD_PLATFORM_TDX] = &tdx,
                                              [MRTD_PLATFORM_SNP] = &snp,
                                              [MRTD_PLATFORM_SEV_ES] = &sev,
                                              [MRTD_PLATFORM_SEV] = &sev};
    return all[p->e->options->platform];
}

struct picture {
    FILE *to;
    const struct portrait *p;
    struct column columns[2]; /* by enum column_kind */
    unsigned y;               /* where the next thing goes */
};

/* --- Bands ------------------------------------------------------------- */

static enum treatment band_treatment(const struct band *band)
{
    return band->treated[TREATED_MEASURED] > 0 ? TREATED_MEASURED
           : band->treated[TREATED_ADDED] > 0  ? TREATED_ADDED
                                               : TREATED_NOT;
}

/* Of bands made one: is some of it treated otherwise? */
static bool is_part(const struct column *column, const struct band *band)
{
    return column->grouped &&
           band->treated[band_treatment(band)] < band->section_count;
}

static void write_treatment(const struct picture *d,
                            const struct column *column,
                            const struct band *band)
{
    fprintf(d->to, "%s%s", is_part(column, band) ? "part " : "",
            words_of(d->p)->treatments[band_treatment(band)]);
}

static void write_sections(FILE *to, const struct portrait *p,
                           const struct band *band, bool grouped)
{
    const struct mrtd_region *s = facts_region(&p->facts, band->section);
    if (band->section_count > 3 || (grouped && band->section_count > 1)) {
        fprintf(to, "%" PRIu32 " sections", band->section_count);
        return;
    }
    fprintf(to, "%" PRIu32 " %s", band->section,
            mrtd_region_name(s) ? mrtd_region_name(s) : "unknown");
    if (band->section_count > 1) {
        fprintf(to, " +%" PRIu32, band->section_count - 1);
    }
}

/* One line of a band; its text follows, then "</text>". */
static void begin_line(const struct picture *d, enum column_kind kind,
                       unsigned y, const char *class)
{
    fprintf(d->to, "<text class=\"%s\" x=\"%s\" dx=\"%d\" y=\"%u\">", class,
            column_x[kind], INSET, y);
}

/* A name that is long is written smaller where the page is narrow. */
static const char *name_class(const struct portrait *p, const struct band *band)
{
    const char *name = mrtd_region_name(facts_region(&p->facts, band->section));
    return name && strlen(name) >= LONG_NAME ? "mrtd-name mrtd-long"
                                             : "mrtd-name";
}

static void write_band_text(const struct picture *d,
                            const struct column *column,
                            const struct band *band)
{
    char size[WORD_SIZE];
    unsigned top = column->top + band->top;
    begin_line(d, column->kind, top + 16, name_class(d->p, band));
    write_sections(d->to, d->p, band, column->grouped);
    fputs("</text>\n", d->to);
    begin_line(d, column->kind, top + 31, "mrtd-small");
    write_treatment(d, column, band);
    fprintf(d->to, ", %s</text>\n", word_size(size, band->used));
    begin_line(d, column->kind, top + 46, "mrtd-hex");
    fprintf(d->to, "0x%" PRIx64 "</text>\n", band->start);
    begin_line(d, column->kind, top + band->height - 6, "mrtd-hex");
    fprintf(d->to, "0x%" PRIx64 "</text>\n", band->last);
}

static void write_gap(const struct picture *d, const struct column *column,
                      const struct band *band)
{
    char size[WORD_SIZE];
    unsigned top = column->top + band->top;
    fprintf(d->to,
            "<g class=\"mrtd-gap\"><rect class=\"mrtd-body\" x=\"%s\" "
            "y=\"%u\" width=\"" COLUMN_WIDTH "\" height=\"%u\"/>\n",
            column_x[column->kind], top, band->height);
    begin_line(d, column->kind, top + band->height / 2 + 4, "mrtd-small");
    /* Not of size 2^64: some section is in the column. */
    fprintf(d->to, "gap, %s</text></g>\n",
            word_size(size, band->last - band->start + 1));
}

static void write_spine(const struct picture *d, enum column_kind kind,
                        unsigned top, unsigned height)
{
    fprintf(d->to,
            "<rect class=\"mrtd-spine\" x=\"%s\" y=\"%u\" width=\"%d\" "
            "height=\"%u\"/>\n",
            column_x[kind], top, SPINE, height);
}

/* Of a part, the lower half is for what is treated least. */
static void write_spines(const struct picture *d, const struct column *column,
                         const struct band *band)
{
    enum treatment least =
        band->treated[TREATED_NOT] > 0 ? TREATED_NOT : TREATED_ADDED;
    unsigned top = column->top + band->top;
    unsigned half = band->height / 2;
    if (!is_part(column, band)) {
        write_spine(d, column->kind, top, band->height);
        return;
    }
    write_spine(d, column->kind, top, half);
    fprintf(d->to, "<g class=\"%s\">", kinds[least]);
    write_spine(d, column->kind, top + half, band->height - half);
    fputs("</g>\n", d->to);
}

static void write_band(const struct picture *d, const struct column *column,
                       const struct band *band)
{
    unsigned top = column->top + band->top;
    if (band->section_count == 0) {
        write_gap(d, column, band);
        return;
    }
    fprintf(d->to,
            "<g class=\"%s\"><rect class=\"mrtd-body\" x=\"%s\" y=\"%u\" "
            "width=\"" COLUMN_WIDTH "\" height=\"%u\"/>",
            kinds[band_treatment(band)], column_x[column->kind], top,
            band->height);
    write_spines(d, column, band);
    write_band_text(d, column, band);
    fputs("</g>\n", d->to);
}

static void write_column(const struct picture *d, enum column_kind kind)
{
    const struct column *column = &d->columns[kind];
    char size[WORD_SIZE];
    fprintf(d->to, "<text class=\"mrtd-heading\" x=\"%s\" y=\"%u\">%s</text>\n",
            column_x[kind], column->top - 24,
            kind == COLUMN_FILE ? "File" : "Guest memory");
    fprintf(d->to, "<text class=\"mrtd-small\" x=\"%s\" y=\"%u\">%s</text>\n",
            column_x[kind], column->top - 8,
            kind == COLUMN_FILE
                ? word_size(size, mrtd_image_info(d->p->e->image)->size)
            : column->count > 0 ? "guest-physical addresses"
                                : "no section has memory");
    for (unsigned i = 0; i < column->count; i++) {
        write_band(d, column, &column->bands[i]);
    }
}

/* --- Lines between the two places of a section ------------------------- */

#define MAX_RIBBONS 1024

struct ribbon {
    struct extent from;
    struct extent to;
    enum treatment treatment;
};

/* Adds the ribbon unless it is there, as of sections drawn as one. An IGVM file
 * may have more than anybody could tell apart: these are left out. */
static size_t add_ribbon(struct ribbon *ribbons, size_t count, struct ribbon r)
{
    for (size_t i = 0; i < count; i++) {
        const struct ribbon *o = &ribbons[i];
        if (o->from.top == r.from.top && o->from.bottom == r.from.bottom &&
            o->to.top == r.to.top && o->to.bottom == r.to.bottom &&
            o->treatment == r.treatment) {
            return count;
        }
    }
    if (count < MAX_RIBBONS) {
        ribbons[count++] = r;
    }
    return count;
}

static size_t find_ribbons(const struct picture *d,
                           struct ribbon ribbons[MAX_RIBBONS])
{
    const struct mrtd_region *s;
    size_t count = 0;
    for (uint32_t i = 0; (s = regions_at(&d->p->facts.regions, i)); i++) {
        struct place from = section_place(s, COLUMN_FILE);
        struct place to = section_place(s, COLUMN_MEMORY);
        if (from.size > 0 && to.size > 0) {
            struct ribbon r = {
                column_extent(&d->columns[COLUMN_FILE], from),
                column_extent(&d->columns[COLUMN_MEMORY], to),
                treatment_of(&d->p->facts.sections[i]),
            };
            count = add_ribbon(ribbons, count, r);
        }
    }
    return count;
}

static void write_ribbons(const struct picture *d, unsigned height)
{
    struct ribbon ribbons[MAX_RIBBONS];
    size_t count = find_ribbons(d, ribbons);
    fprintf(d->to,
            "<svg x=\"46%%\" y=\"0\" width=\"8%%\" height=\"%u\" "
            "viewBox=\"0 0 100 %u\" preserveAspectRatio=\"none\">\n",
            height, height);
    for (size_t i = 0; i < count; i++) {
        const struct ribbon *r = &ribbons[i];
        fprintf(d->to,
                "<path class=\"mrtd-ribbon %s\" d=\"M0 %uC50 %u 50 %u 100 %u"
                "V%uC50 %u 50 %u 0 %uZ\"/>\n",
                kinds[r->treatment], r->from.top, r->from.top, r->to.top,
                r->to.top, r->to.bottom, r->to.bottom, r->from.bottom,
                r->from.bottom);
    }
    fputs("</svg>\n", d->to);
}

/* --- Legend ------------------------------------------------------------ */

static void write_legend_line(struct picture *d, const char *class,
                              const char *text)
{
    fprintf(d->to,
            "<g class=\"%s\"><rect class=\"mrtd-body\" x=\"1\" y=\"%u\" "
            "width=\"30\" height=\"14\"/>",
            class, d->y);
    if (strcmp(class, "mrtd-gap") != 0) {
        fprintf(d->to,
                "<rect class=\"mrtd-spine\" x=\"1\" y=\"%u\" width=\"%d\" "
                "height=\"14\"/>",
                d->y, SPINE);
    }
    fprintf(d->to,
            "<text class=\"mrtd-label\" x=\"40\" y=\"%u\">%s</text></g>\n",
            d->y + 11, text);
    d->y += LEGEND_LINE;
}

static void write_legend(struct picture *d)
{
    bool grouped =
        d->columns[COLUMN_FILE].grouped || d->columns[COLUMN_MEMORY].grouped;
    for (int i = TREATED_MEASURED; i >= TREATED_NOT; i--) {
        write_legend_line(d, kinds[i], words_of(d->p)->legend[i]);
    }
    write_legend_line(d, "mrtd-gap", "gap: no section; drawn short");
    fprintf(d->to, "<text class=\"mrtd-label\" x=\"0\" y=\"%u\">%s</text>\n",
            d->y + 11,
            grouped ? "Logarithmic heights; neighbours are grouped."
                    : "Heights follow the logarithm of the size.");
    d->y += LEGEND_LINE;
}

/* --- The whole --------------------------------------------------------- */

#define LEGEND_HEIGHT (5 * LEGEND_LINE)

/* Puts the columns below the legend that begins at y; returns their end. */
static unsigned place_columns(struct picture *d)
{
    unsigned end = 0;
    for (int kind = COLUMN_FILE; kind <= COLUMN_MEMORY; kind++) {
        struct column *column = &d->columns[kind];
        column->top += d->y + LEGEND_HEIGHT + HEADING;
        if (column->top + column->height > end) {
            end = column->top + column->height;
        }
    }
    return end;
}

/* For those who do not see it. */
static void write_description(const struct picture *d)
{
    const struct portrait *p = d->p;
    uint32_t treated[TREATED_MEASURED + 1] = {0};
    for (uint32_t i = 0; i < p->facts.section_count; i++) {
        treated[treatment_of(&p->facts.sections[i])]++;
    }
    fputs("<title id=\"mrtd-title\">Layout of ", d->to);
    markup_text(d->to, markup_name(p->file));
    fprintf(d->to,
            "</title>\n<desc id=\"mrtd-desc\">The file at the left, "
            "guest-physical memory at the right, and which part of the file "
            "goes where. Sections, with the VMM %s: %" PRIu32
            " measured, %" PRIu32 " %s and not measured, %" PRIu32
            " neither. %s: %s.</desc>\n",
            mrtd_plan_info(p->e->plan)->vmm->name, treated[TREATED_MEASURED],
            treated[TREATED_ADDED], words_of(p)->treatments[TREATED_ADDED],
            treated[TREATED_NOT], mrtd_register_info(p->facts.value.id)->name,
            p->facts.mrtd);
}

static void write_frame(const struct picture *d)
{
    fputs("<style>", d->to);
    fputs(picture_style, d->to);
    fputs("</style>\n<defs><pattern id=\"mrtd-hatch\" width=\"6\" height=\"6\" "
          "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
          "<rect class=\"mrtd-stripe\" width=\"3\" height=\"6\"/></pattern>"
          "</defs>\n",
          d->to);
}

static void write_layout(struct picture *d, unsigned height)
{
    write_legend(d);
    write_ribbons(d, height);
    write_column(d, COLUMN_FILE);
    write_column(d, COLUMN_MEMORY);
}

void picture_write_inline(FILE *to, const struct portrait *p)
{
    struct picture d = {.to = to, .p = p, .y = 2};
    columns_fill(&d.columns[COLUMN_FILE], &d.columns[COLUMN_MEMORY], p);
    unsigned height = place_columns(&d) + 2;
    fprintf(to,
            "<svg class=\"mrtd-picture\" role=\"img\" "
            "aria-labelledby=\"mrtd-title mrtd-desc\" width=\"100%%\" "
            "height=\"%u\">\n",
            height);
    write_description(&d);
    write_frame(&d);
    write_layout(&d, height);
    fputs("</svg>\n", to);
}

/* Without a declaration of XML. */
#define FILE_BEGINS                                                            \
    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mrtd-picture\""

static const struct file_start starts[] = {FILE_START(FILE_BEGINS),
                                           FILE_START_NONE};
const struct file_kind kind_picture = {"a picture (SVG) of an image", 0,
                                       starts};

void picture_write_file(FILE *to, const struct portrait *p)
{
    struct picture_head head;
    picture_head_make(&head, p);
    struct picture d = {.to = to, .p = p, .y = head.height};
    columns_fill(&d.columns[COLUMN_FILE], &d.columns[COLUMN_MEMORY], p);
    unsigned height = place_columns(&d) + 2;
    fprintf(to,
            FILE_BEGINS " role=\"img\" "
                        "aria-labelledby=\"mrtd-title mrtd-desc\" width=\"%d\" "
                        "height=\"%u\" viewBox=\"-%d -%d %d %u\">\n",
            FILE_WIDTH + 2 * MARGIN, height + 2 * MARGIN, MARGIN, MARGIN,
            FILE_WIDTH + 2 * MARGIN, height + 2 * MARGIN);
    write_description(&d);
    write_frame(&d);
    fprintf(to,
            "<rect class=\"mrtd-paper\" x=\"-%d\" y=\"-%d\" width=\"%d\" "
            "height=\"%u\"/>\n<svg width=\"%d\" height=\"%u\">\n",
            MARGIN, MARGIN, FILE_WIDTH + 2 * MARGIN, height + 2 * MARGIN,
            FILE_WIDTH, height);
    picture_head_write(to, &head);
    write_layout(&d, height);
    fputs("</svg>\n</svg>\n", to);
}
