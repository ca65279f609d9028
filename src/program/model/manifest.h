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

struct manifest_component {
    const char *name;
    char *file;    /* path of the firmware, from where this program runs */
    char *vars;    /* path of its VARS, from there, or NULL */
    char *payload; /* path of its payload, from there, or NULL */
    const char *artifact; /* name in the release */
    const struct mrtd_vmm *vmms[LAUNCH_MAX_VMMS];
    unsigned vmm_count;    /* at least one */
    unsigned image_format; /* MRTD_FORMAT_TDVF or _IGVM; 0: by its bytes */
    struct manifest_order order;
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

#endif
