/* SPDX-License-Identifier: Apache-2.0 */
/* All that is published of a release: the files of one folder. */
#ifndef MODEL_BUNDLE_H
#define MODEL_BUNDLE_H

#include "model/documents.h"
#include "model/firmware.h"
#include "model/image_check.h"
#include "model/initdata.h"
#include "model/manifest.h"

/* struct bundle_file: of the release, of no component. */
#define BUNDLE_RELEASE SIZE_MAX

struct bundle_file {
    char *name;  /* name of the file, without its folder */
    char *bytes; /* NULL: firmware or another input, which is not written */
    size_t size;
    char sha256[65];
    size_t component;   /* index, or BUNDLE_RELEASE */
    const char *format; /* NULL: firmware and lists */
};

/* A file that a component's values are of, beside the firmware. */
struct bundle_input {
    const char *member; /* of the manifest */
    const char *path;
    uint64_t size;
    char sha256[65];
};

/* What else there is of a component's guest. */
struct bundle_guest {
    struct bundle_input inputs[MANIFEST_MAX_PATHS];
    size_t input_count;
    bool has_disk;
    struct image_check disk;  /* whose root hash the command line has */
    struct initdata initdata; /* where the manifest names one */
};

struct bundle {
    const char *folder; /* as the user gave it */
    uint64_t limit;     /* limit of struct launch_options */
    bool sign;          /* CoRIMs are signed */
    struct manifest manifest;
    struct reference_firmware *firmware; /* firmware of each component */
    struct bundle_guest *guests;         /* the guest of each */
    struct bundle_file *files;
    size_t file_count;
    /* bundle_release_order(): copies of the firmware of one platform. */
    struct reference_firmware *alike;
    struct reference_settings settings;
};

/* Makes room for what becomes of the manifest's components. */
enum exit_status bundle_begin(struct bundle *bundle, struct failure *failure);

/* Takes over name and bytes, also where it fails. */
enum exit_status bundle_add(struct bundle *bundle, struct bundle_file file,
                            struct failure *failure);
/* bundle_add() for all of the documents. */
enum exit_status bundle_add_documents(struct bundle *bundle, size_t component,
                                      struct documents *documents,
                                      struct failure *failure);

/* Which documents the manifest asks for, of a component; */
struct documents_order bundle_order(const struct bundle *bundle,
                                    size_t component);
/* or of the whole release, with the values of one platform: there may be none.
 * *order holds until the next call. */
enum exit_status bundle_release_order(struct bundle *bundle,
                                      enum mrtd_platform platform,
                                      struct documents_order *order,
                                      struct failure *failure);
/* The initdata of a component's guest; NULL: it has none. */
const struct initdata *bundle_initdata(const struct bundle *bundle,
                                       size_t component);
/* How a component is launched. */
struct launch_options bundle_launch(const struct bundle *bundle,
                                    size_t component);

/* Measures a component, and adds the firmware itself, which is not in the
 * folder, but in its lists; once where components of several platforms are of
 * one file. */
enum exit_status bundle_measure(struct bundle *bundle, size_t component,
                                const struct evaluation *e,
                                const struct firmware_order *order,
                                struct failure *failure);

/* bundle_inputs.c: adds the other files of a component; like the firmware, they
 * are not in the folder, but in its lists. */
enum exit_status bundle_add_inputs(struct bundle *bundle, size_t component,
                                   const struct evaluation *e,
                                   struct failure *failure);

/* Warns of what known consumers make of it. */
void bundle_warn(const struct bundle *bundle, remark_fn *say);
/* Is there a document of a kind that is signed? */
bool bundle_can_sign(const struct bundle *bundle);
void bundle_free(struct bundle *bundle);

#endif
