/* SPDX-License-Identifier: Apache-2.0 */
#include "image/tdvf/rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"

uint64_t section_data_end(const struct mrtd_section *section)
{
    uint64_t end = 0;
    /* Two 32-bit fields: the sum always fits. */
    checked_add(section->data_offset, section->raw_data_size, &end);
    return end;
}

bool section_last_gpa(const struct mrtd_section *section, uint64_t *last)
{
    return section->memory_data_size > 0 &&
           checked_add(section->memory_address, section->memory_data_size - 1,
                       last);
}

bool rule_broken(const struct subject *subject, unsigned field_offset,
                 struct mrtd_error *what, const char *format, ...)
{
    const uint32_t number = subject->section->type;
    const char *type = number <= MRTD_SECTION_TD_PARAMS
                           ? mrtd_section_type_name(number)
                           : NULL;
    va_list args;
    int used = snprintf(what->message, sizeof what->message,
                        "section %" PRIu32 " (%s): ", subject->index,
                        type ? type : "unknown type");
    va_start(args, format);
    vsnprintf(what->message + used, sizeof what->message - (size_t)used, format,
              args);
    va_end(args);
    what->offset =
        image_section_offset(subject->image, subject->index) + field_offset;
    return true;
}

static void append_reference(struct mrtd_error *what, const char *reference)
{
    size_t used = strlen(what->message);
    snprintf(what->message + used, sizeof what->message - used, " (%s)",
             reference);
}

static enum mrtd_code check_section(struct mrtd_image *image, uint32_t index,
                                    struct mrtd_error *error)
{
    const struct subject subject = {image, &image->sections[index], index};
    for (size_t i = 0; i < section_rule_count; i++) {
        const struct section_rule *rule = &section_rules[i];
        struct mrtd_error what = {.code = rule->code};
        if (!rule->broken(&subject, &what)) {
            continue;
        }
        append_reference(&what, rule->reference);
        if (rule->severity == RULE_REFUSE ||
            (rule->severity == RULE_REFUSE_UNLESS_PERMISSIVE &&
             !(image->flags & MRTD_PERMISSIVE))) {
            if (!(image->flags & IMAGE_COLLECT)) {
                if (error) {
                    *error = what;
                }
                return what.code;
            }
            if (!image->refusal.code) {
                image->refusal = what;
            }
        }
        findings_add(&image->findings, MRTD_WARNING, index, &what);
    }
    return MRTD_OK;
}

enum mrtd_code rules_check(struct mrtd_image *image, struct mrtd_error *error)
{
    for (uint32_t i = 0; i < image->info.section_count; i++) {
        enum mrtd_code code = check_section(image, i, error);
        if (code) {
            return code;
        }
    }
    for (size_t i = 0; i < image_rule_count; i++) {
        const struct image_rule *rule = &image_rules[i];
        struct mrtd_error what = {.code = rule->code, .offset = MRTD_NO_OFFSET};
        if (rule->broken(image, &what)) {
            append_reference(&what, rule->reference);
            findings_add(&image->findings, MRTD_WARNING, MRTD_NO_REGION, &what);
        }
    }
    return MRTD_OK;
}
