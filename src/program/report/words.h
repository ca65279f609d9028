/* SPDX-License-Identifier: Apache-2.0 */
/* What reports call things. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "model/facts.h"
#include "mrtd.h"

/* Large enough for each text of a number, range or attribute made here. */
#define WORD_SIZE 48

/* What becomes of a section's pages, from little to much. */
enum treatment {
    TREATED_NOT,
    TREATED_ADDED,
    TREATED_MEASURED,
};

enum treatment treatment_of(const struct section_facts *s);

/* These print into text and return it. */

/* "0x1000-0x1fff", or "-" for no bytes. */
const char *word_range(char text[WORD_SIZE], uint64_t start, uint64_t size);
/* "MR.EXTEND", "-" or the number. */
const char *word_attributes(char text[WORD_SIZE],
                            const struct mrtd_region *region);
/* "1920 KiB": exact up to four digits, else with two decimals. */
const char *word_size(char text[WORD_SIZE], uint64_t size);

/* "GUIDed table, TDX entry": what led to the metadata. */
const char *word_locator(enum mrtd_locator locator);

/* Which software launches images of this format by the VMM's rule. */
const char *word_software(const struct mrtd_vmm *vmm,
                          const struct mrtd_image *image);

/* "added, measured": what is done with the section's pages. */
const char *word_treatment(const struct section_facts *s);

/* "loads", "refuses", ...: the same words in text and JSON. */
const char *word_verdict(enum mrtd_verdict verdict);
const char *word_effect(enum mrtd_effect effect);

#endif
