/* SPDX-License-Identifier: Apache-2.0 */
/* All that is published of a release: the files of one folder. */
#ifndef MODEL_BUNDLE_H
#define MODEL_BUNDLE_H

#include "model/manifest.h"

/* struct bundle_file: of the release, of no component. */
#define BUNDLE_RELEASE SIZE_MAX

struct bundle_file {
    char *name;  /* name of the file, without its folder */
    char *bytes; /* NULL: the firmware itself, which is not written */
    size_t size;
    char sha256[65];
    size_t component;   /* index, or BUNDLE_RELEASE */
    const char *format; /* NULL: firmware and lists */
};

struct bundle {
    const char *folder; /* as the user gave it */
    uint64_t limit;     /* limit of struct launch_options */
    bool sign;          /* CoRIMs are signed */
    struct manifest manifest;
    struct reference_firmware *firmware; /* firmware of each component */
    struct bundle_file *files;
    size_t file_count;
};

#endif
