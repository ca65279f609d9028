/* SPDX-License-Identifier: Apache-2.0 */
/* The lists in the folder of a release. */
#ifndef COMMANDS_BUNDLE_LISTS_H
#define COMMANDS_BUNDLE_LISTS_H

#include "io/digests.h"
#include "model/manifest.h"

/* struct bundle_file: of the release, of no component. */
#define BUNDLE_RELEASE SIZE_MAX

struct bundle_file {
    char *name;  /* without a folder */
    char *bytes; /* NULL: the firmware itself, which is not written */
    size_t size;
    char sha256[65];
    size_t component;   /* index, or BUNDLE_RELEASE */
    const char *format; /* NULL: firmware and lists */
};

struct bundle {
    struct manifest manifest;
    struct reference_firmware *firmware; /* of each component */
    struct bundle_file *files;
    size_t file_count;
    bool sign;      /* CoRIMs */
    uint64_t limit; /* of what is hashed, or 0 */
};

/* Each makes a file of what is in the bundle so far. MRTDSUMS has those values
 * of a profile that -c can check; where there are none, file->name is NULL. */
enum exit_status bundle_mrtdsums(const struct bundle *b,
                                 const struct mrtd_profile *profile,
                                 struct bundle_file *file);
enum exit_status bundle_index(const struct bundle *b, struct bundle_file *file);
enum exit_status bundle_sha256sums(const struct bundle *b,
                                   struct bundle_file *file);

#endif
