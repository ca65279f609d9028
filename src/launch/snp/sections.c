/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/sections.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "image/sev/metadata.h"

struct check {
    const struct mrtd_image *image;
    struct findings *findings;
    struct mrtd_error *error;
    bool all; /* nothing is refused: whatever is broken is a finding */
};

/* A rule is broken: a warning where that may pass, and is allowed to. */
static enum mrtd_code broken(const struct check *c, enum mrtd_code code,
                             bool may_pass, uint32_t index, unsigned field,
                             const char *format, ...)
    __attribute__((format(printf, 6, 7)));

static enum mrtd_code broken(const struct check *c, enum mrtd_code code,
                             bool may_pass, uint32_t index, unsigned field,
                             const char *format, ...)
{
    const struct mrtd_sev_section *s = &c->image->sev->sections[index];
    const char *name = mrtd_sev_section_type_name(s->type);
    char text[200];
    struct mrtd_error what;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error_set(&what, code, s->field + field, "SEV section %" PRIu32 " (%s): %s",
              index, name ? name : "unknown type", text);
    if (!c->all && (!may_pass || !(c->image->flags & MRTD_PERMISSIVE))) {
        return error_set(c->error, code, what.offset, "%s", what.message);
    }
    findings_add(c->findings, MRTD_WARNING, c->all ? index : MRTD_NO_REGION,
                 &what);
    return MRTD_OK;
}

static bool is_one_page(const struct mrtd_sev_section *s)
{
    return s->type == MRTD_SEV_SNP_SECRETS || s->type == MRTD_SEV_CPUID ||
           s->type == MRTD_SEV_SNP_KERNEL_HASHES;
}

static enum mrtd_code check_place(const struct check *c, uint32_t index)
{
    const struct mrtd_sev_section *s = &c->image->sev->sections[index];
    enum mrtd_code code = MRTD_OK;
    if (s->gpa % MRTD_PAGE_SIZE != 0) {
        code = broken(c, MRTD_ERR_SEV_SECTION, false, index, SEV_BASE,
                      "GPA 0x%" PRIx32 " is not a multiple of 0x1000", s->gpa);
    }
    if (!code && s->size % MRTD_PAGE_SIZE != 0) {
        code =
            broken(c, MRTD_ERR_SEV_SECTION, false, index, SEV_SIZE,
                   "size 0x%" PRIx32 " is not a multiple of 0x1000", s->size);
    }
    if (!code && s->size > SEV_GPA_END - s->gpa) {
        code =
            broken(c, MRTD_ERR_SEV_SECTION, false, index, SEV_SIZE,
                   "GPA 0x%" PRIx32 " and size 0x%" PRIx32 " reach past 4 GiB",
                   s->gpa, s->size);
    }
    return code;
}

static enum mrtd_code check_section(const struct check *c, uint32_t index)
{
    const struct mrtd_sev_section *s = &c->image->sev->sections[index];
    enum mrtd_code code = check_place(c, index);
    if (!code && !mrtd_sev_section_type_name(s->type)) {
        code = broken(c, MRTD_ERR_SEV_TYPE, true, index, SEV_TYPE,
                      "type %" PRIu32 " is not 1 to 4 or 16; QEMU takes it for "
                      "zero pages, calculators refuse it",
                      s->type);
    }
    if (!code && is_one_page(s) && s->size != MRTD_PAGE_SIZE) {
        code = broken(c, MRTD_ERR_SEV_PAGE, true, index, SEV_SIZE,
                      "size 0x%" PRIx32 " is not 0x1000; calculators take one "
                      "page, QEMU takes the size",
                      s->size);
    }
    return code;
}

struct placed {
    uint64_t gpa;
    uint64_t end;
    uint32_t index;
};

/* Of several at one GPA, the first of the table is the first. */
static int by_gpa(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    return x->gpa != y->gpa ? (x->gpa > y->gpa) - (x->gpa < y->gpa)
                            : (x->index > y->index) - (x->index < y->index);
}

/* Are all placed at other addresses? A page is given to a guest once. */
static enum mrtd_code check_placed(const struct check *c, struct placed *placed,
                                   uint32_t count, uint64_t firmware)
{
    /* Of those before, the one that reaches farthest. */
    const struct placed *far = NULL;
    enum mrtd_code code = MRTD_OK;
    qsort(placed, count, sizeof *placed, by_gpa);
    for (uint32_t i = 0; !code && i < count; i++) {
        const struct placed *p = &placed[i];
        if (far && far->end > p->gpa) {
            code = broken(c, MRTD_ERR_SEV_OVERLAP, true, p->index, SEV_BASE,
                          "GPA 0x%" PRIx64 " is also in section %" PRIu32
                          "; a page is launched once",
                          p->gpa, far->index);
        }
        if (!code && p->end > firmware) {
            code = broken(c, MRTD_ERR_SEV_OVERLAP, true, p->index, SEV_BASE,
                          "it reaches into the firmware, which begins at GPA "
                          "0x%" PRIx64,
                          firmware);
        }
        far = far && far->end >= p->end ? far : p;
    }
    return code;
}

static enum mrtd_code check_overlaps(const struct check *c, uint64_t firmware)
{
    const struct sev *sev = c->image->sev;
    struct placed *placed =
        calloc((size_t)sev->info.section_count + 1, sizeof *placed);
    uint32_t count = 0;
    if (!placed) {
        return error_set(c->error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the SEV metadata's sections");
    }
    for (uint32_t i = 0; i < sev->info.section_count; i++) {
        const struct mrtd_sev_section *s = &sev->sections[i];
        if (s->size > 0) {
            placed[count++] =
                (struct placed){s->gpa, (uint64_t)s->gpa + s->size, i};
        }
    }
    enum mrtd_code code = check_placed(c, placed, count, firmware);
    free(placed);
    return code;
}

static enum mrtd_code check_all(const struct check *c, uint64_t firmware)
{
    enum mrtd_code code = MRTD_OK;
    for (uint32_t i = 0; !code && i < c->image->sev->info.section_count; i++) {
        code = check_section(c, i);
    }
    return code ? code : check_overlaps(c, firmware);
}

enum mrtd_code snp_check_sections(const struct mrtd_image *image,
                                  uint64_t firmware, struct findings *findings,
                                  struct mrtd_error *error)
{
    const struct check c = {image, findings, error, false};
    return check_all(&c, firmware);
}

enum mrtd_code snp_find_broken(const struct mrtd_image *image,
                               uint64_t firmware, struct findings *findings,
                               struct mrtd_error *error)
{
    const struct check c = {image, findings, error, true};
    return check_all(&c, firmware);
}
