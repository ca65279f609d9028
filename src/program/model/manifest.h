/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a release: which firmware files, and what is published of
 * them. docs/schemas/manifest.schema.json describes the JSON.
 */
#ifndef MODEL_MANIFEST_H
#define MODEL_MANIFEST_H

#include <jansson.h>

#include "model/documents.h"
#include "model/launch_options.h"

/* What is published of one firmware, or of all. */
struct manifest_order {
    struct reference_settings settings;
    const struct reference_format *formats[DOCUMENTS_MAX_FORMATS];
    size_t format_count;
};

/* More than a component names. */
#define MANIFEST_MAX_PATHS 8

struct manifest_component {
    const char *name;
    const char *file; /* path of the firmware, from where this program runs */
    const char *artifact; /* name in the release, or NULL: that of the file */
    /* How it is launched; files in it are named by their paths, as above. */
    struct launch_options launch;
    const char *initdata; /* path of the guest's initdata, or NULL */
    char *line;           /* text of the file of launch.boot.cmdline, which is
                             read later and freed here; or NULL */
    struct manifest_order order;
    char *paths[MANIFEST_MAX_PATHS]; /* all paths, which are the component's */
    unsigned path_count;
};

struct manifest {
    const char *name;              /* name of the manifest's file */
    json_t *root;                  /* most strings are borrowed from it */
    struct manifest_order release; /* its settings' id names the release */
    struct manifest_component *components;
    size_t count; /* at least one */
};

/*
 * Reads the file's text, and SOURCE_DATE_EPOCH for its documents. Free the
 * result with manifest_free(); on failure it holds nothing.
 */
enum exit_status manifest_read(struct manifest *manifest, const char *name,
                               const char *text, size_t size,
                               struct failure *failure);
void manifest_free(struct manifest *manifest);

/* How many components are of the platform? */
size_t manifest_count(const struct manifest *manifest,
                      enum mrtd_platform platform);
/* What the release says for all documents about the platform: a component may
 * say something else. */
struct reference_settings manifest_settings(const struct manifest *manifest,
                                            enum mrtd_platform platform);

#endif
