/* SPDX-License-Identifier: Apache-2.0 */
/* What diff has found: same MRTD or not, and why. */
#ifndef MODEL_COMPARISON_H
#define MODEL_COMPARISON_H

#include "firmware/compare.h"
#include "model/ranges.h"
#include "model/side.h"

#define METADATA_TEXT 24

/* A field of the metadata that differs. */
struct metadata_change {
    uint32_t section;  /* index of the section; MRTD_NO_REGION: a field of the
                          image */
    const char *field; /* as in docs/json.md */
    char value[2][METADATA_TEXT];
    bool measured; /* the field itself is part of what is hashed */
};

struct comparison {
    const struct launch_options *options;
    bool all; /* lists are printed whole */
    struct side sides[2];
    bool same; /* both have the same MRTD */
    bool same_file;
    bool bytes; /* bytes are compared: neither side is a saved JSON */
    uint32_t first_section; /* the first section whose running hashes differ, or
                               MRTD_NO_REGION */
    uint64_t metadata_count; /* number of changes of the metadata */
    uint64_t metadata_measured;
    struct ranges ranges;
    struct volume_changes changes;
};

/* Sets the VMM under which the two are compared to that of a saved JSON. */
enum exit_status comparison_choose_vmm(const struct comparison *d,
                                       struct launch_options *launch,
                                       struct failure *failure);

/* Compares both sides, their bytes only where they are there. */
enum exit_status comparison_make(struct comparison *d, struct failure *failure);
/* Frees the sides, too; allowed after a failure. */
void comparison_free(struct comparison *d);

/*
 * Calls each for the changes of the metadata, of the image first, no more than
 * most of them. There may be millions: they are found anew with every call.
 */
typedef void metadata_fn(void *context, const struct metadata_change *change);
void comparison_metadata(const struct comparison *d, uint64_t most,
                         metadata_fn *each, void *context);

/* Is the module in a section that is measured? */
bool comparison_module_measured(const struct comparison *comparison,
                                const struct volume_change *change);

/* What became of it, in one line for people. */
const char *comparison_summary(const struct comparison *d, char *text,
                               size_t size);

#endif
