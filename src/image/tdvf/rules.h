/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that TDVF sections must obey: one function a rule, in one table for
 * rules of a single section (section_rules.c) and one for rules of the whole
 * image (image_rules.c).
 */
#ifndef IMAGE_TDVF_RULES_H
#define IMAGE_TDVF_RULES_H

#include <stdbool.h>

#include "image/image.h"

enum rule_severity {
    RULE_REFUSE,
    RULE_REFUSE_UNLESS_PERMISSIVE,
    RULE_WARN,
};

/* A section and the image that has it: what a rule is asked about. */
struct subject {
    const struct mrtd_image *image;
    const struct mrtd_section *section;
    uint32_t index;
};

/* Is the rule broken? Then fills *what with rule_broken(). */
typedef bool section_rule_fn(const struct subject *subject,
                             struct mrtd_error *what);
typedef bool image_rule_fn(const struct mrtd_image *image,
                           struct mrtd_error *what);

struct section_rule {
    enum mrtd_code code; /* what *what says unless the rule says otherwise */
    enum rule_severity severity;
    const char *reference;
    section_rule_fn *broken;
};

struct image_rule {
    enum mrtd_code code; /* a warning: these rules refuse nothing */
    const char *reference;
    image_rule_fn *broken;
};

extern const struct section_rule section_rules[];
extern const size_t section_rule_count;
extern const struct image_rule image_rules[];
extern const size_t image_rule_count;

/*
 * Fills *what (but for its code) for a section: offset of the field at fault,
 * message with the section's index and type in front. Returns true.
 */
bool rule_broken(const struct subject *subject, unsigned field_offset,
                 struct mrtd_error *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The end of the section's data in the file. */
uint64_t section_data_end(const struct mrtd_section *section);

/* The section's last GPA; false if it has no memory or wraps 64 bits. */
bool section_last_gpa(const struct mrtd_section *section, uint64_t *last);

/* How many sections are of the type. */
uint32_t image_count_type(const struct mrtd_image *image, uint32_t type);

/*
 * Checks a decoded image against every rule: the first refusal is the error,
 * warnings go to image->findings.
 */
enum mrtd_code rules_check(struct mrtd_image *image, struct mrtd_error *error);

#endif
