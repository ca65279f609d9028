/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"

#include <inttypes.h>
#include <stdio.h>

enum treatment treatment_of(const struct section_facts *s)
{
    return s->extended_pages > 0 ? TREATED_MEASURED
           : s->added_pages > 0  ? TREATED_ADDED
                                 : TREATED_NOT;
}

const char *word_range(char text[WORD_SIZE], uint64_t start, uint64_t size)
{
    if (size == 0) {
        snprintf(text, WORD_SIZE, "-");
    } else {
        snprintf(text, WORD_SIZE, "0x%" PRIx64 "-0x%" PRIx64, start,
                 start + (size - 1));
    }
    return text;
}

const char *word_attributes(char text[WORD_SIZE],
                            const struct mrtd_region *region)
{
    const uint32_t attributes = region->attributes;
    static const char *const names[] = {"-", "MR.EXTEND", "PAGE.AUG",
                                        "MR.EXTEND+PAGE.AUG"};
    if (!(region->platforms & MRTD_PLATFORM_BIT(MRTD_PLATFORM_TDX))) {
        snprintf(text, WORD_SIZE, "other platform");
    } else if (region->asks & MRTD_ASKS_SHARED) {
        snprintf(text, WORD_SIZE, "shared");
    } else if (region->type > MRTD_SECTION_TD_PARAMS) {
        snprintf(text, WORD_SIZE, "%s", names[region->asks & 1]);
    } else if (attributes < 4) {
        snprintf(text, WORD_SIZE, "%s", names[attributes]);
    } else {
        snprintf(text, WORD_SIZE, "0x%" PRIx32, attributes);
    }
    return text;
}

const char *word_size(char text[WORD_SIZE], uint64_t size)
{
    static const char *const units[] = {"B",   "KiB", "MiB", "GiB",
                                        "TiB", "PiB", "EiB"};
    unsigned i = 0;
    uint64_t unit = 1;
    while (size / unit >= 1024 && (size % (unit << 10) == 0 ||
                                   size % unit != 0 || size / unit > 9999)) {
        unit <<= 10;
        i++;
    }
    if (size % unit == 0) {
        snprintf(text, WORD_SIZE, "%" PRIu64 " %s", size / unit, units[i]);
    } else {
        snprintf(text, WORD_SIZE, "%.2f %s", (double)size / (double)unit,
                 units[i]);
    }
    return text;
}

const char *word_locator(enum mrtd_locator locator)
{
    static const char *const words[] = {
        [MRTD_LOCATOR_GUID_TABLE] = "GUIDed table, TDX entry",
        [MRTD_LOCATOR_OFFSET] = "32-bit offset",
        [MRTD_LOCATOR_IGVM] = "IGVM fixed header",
    };
    return words[locator];
}

const char *word_software(const struct mrtd_vmm *vmm,
                          const struct mrtd_image *image)
{
    return mrtd_image_igvm(image) && vmm->igvm_software ? vmm->igvm_software
                                                        : vmm->software;
}

const char *word_treatment(const struct section_facts *s)
{
    if (s->extended_pages > 0) {
        return s->added_pages > 0 ? "added, measured" : "measured";
    }
    return s->added_pages > 0 ? "added" : "nothing";
}

const char *word_verdict(enum mrtd_verdict verdict)
{
    static const char *const names[] = {
        [MRTD_VERDICT_LOADS] = "loads",
        [MRTD_VERDICT_UNDEFINED] = "undefined",
        [MRTD_VERDICT_REFUSES] = "refuses",
        [MRTD_VERDICT_DOES_NOT_RUN] = "does not run",
        [MRTD_VERDICT_NOT_FOR_IT] = "not-for-it",
    };
    return names[verdict];
}

const char *word_effect(enum mrtd_effect effect)
{
    static const char *const names[] = {
        [MRTD_EFFECT_NOTE] = "note",
        [MRTD_EFFECT_DIFFERS] = "differs",
        [MRTD_EFFECT_UNDEFINED] = "undefined",
        [MRTD_EFFECT_STOPS] = "stops",
        [MRTD_EFFECT_REFUSED] = "refused",
    };
    return names[effect];
}
