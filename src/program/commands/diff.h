/* SPDX-License-Identifier: Apache-2.0 */
/* What diff has found, for its two printers. */
#ifndef COMMANDS_DIFF_H
#define COMMANDS_DIFF_H

#include "commands/options.h"
#include "firmware/compare.h"
#include "model/ranges.h"
#include "model/side.h"

/* Entries of a list that are printed without --all. */
#define DIFF_SHORT 20

#define METADATA_TEXT 24

/* A field of the metadata that differs. */
struct metadata_change {
    uint32_t section;  /* index, or MRTD_NO_SECTION: of the image */
    const char *field; /* as in docs/json.md */
    char value[2][METADATA_TEXT];
    bool measured; /* by itself part of what is hashed */
};

struct diff {
    const struct options *options;
    struct side sides[2];
    bool same; /* MRTD */
    bool same_file;
    bool bytes;              /* compared: neither side is a saved JSON */
    uint32_t first_section;  /* whose running hashes differ; NO_SECTION */
    uint64_t metadata_count; /* changes */
    uint64_t metadata_measured;
    struct ranges ranges;
    struct volume_changes changes;
};

/*
 * Calls each for the changes of the metadata, of the image first, no more than
 * most of them. There may be millions: they are found anew with every call.
 */
typedef void metadata_fn(void *context, const struct metadata_change *change);
void diff_metadata(const struct diff *diff, uint64_t most, metadata_fn *each,
                   void *context);

/* Is the module in a section that is measured? */
bool diff_module_measured(const struct diff *diff,
                          const struct volume_change *change);

/* What became of it, in one line for people. */
const char *diff_summary(const struct diff *diff, char *text, size_t size);

/* How many of count entries are printed. */
uint64_t diff_shown(const struct diff *diff, uint64_t count);

/* diff_text.c, diff_json.c */
void diff_print_text(const struct diff *diff);
enum exit_status diff_print_json(const struct diff *diff);

#endif
