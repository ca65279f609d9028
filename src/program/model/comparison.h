/* SPDX-License-Identifier: Apache-2.0 */
/* What diff has found: same value or not, and why. */
#ifndef MODEL_COMPARISON_H
#define MODEL_COMPARISON_H

#include "firmware/compare.h"
#include "model/beside.h"
#include "model/changes.h"
#include "model/ranges.h"
#include "model/side.h"

/* The launches part in no run. */
#define COMPARISON_NO_RUN UINT32_MAX

struct comparison {
    const struct launch_options *options;
    bool all; /* lists are printed whole */
    struct side sides[2];
    bool same; /* both have the same value */
    bool same_file;
    bool vars_only; /* the bytes that differ are all VARS */
    bool bytes;     /* bytes are compared: neither side is a saved JSON */
    uint32_t first_section; /* the first section whose running hashes differ, or
                               MRTD_NO_REGION; of SEV-SNP that of this run: */
    uint32_t first_run;     /* of SEV-SNP, the first one after which the launch
                               digests differ, or COMPARISON_NO_RUN */
    uint64_t metadata_count; /* number of changes of the metadata */
    uint64_t metadata_measured;
    struct beside beside;
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

/* Calls each for the changes of the metadata, as changes_find() does. */
void comparison_metadata(const struct comparison *d, uint64_t most,
                         metadata_fn *each, void *context);

/* Is the module in a section that is measured? */
bool comparison_module_measured(const struct comparison *comparison,
                                const struct volume_change *change);

/* Is the same hashed on the other platform, where d->beside has one? */
bool comparison_module_beside(const struct comparison *d,
                              const struct volume_change *change);
bool comparison_range_beside(const struct comparison *d, const struct range *r);
bool comparison_field_beside(const struct comparison *d,
                             const struct metadata_change *change);

/* What is compared: "MRTD", or "SEV-SNP launch digest". */
const char *comparison_value_name(const struct comparison *d);

/* What became of it, in one line for people. */
const char *comparison_summary(const struct comparison *d, char *text,
                               size_t size);

#endif
