/* SPDX-License-Identifier: Apache-2.0 */
/* Reference values as documents: which there are, their names, their bytes. */
#ifndef MODEL_DOCUMENTS_H
#define MODEL_DOCUMENTS_H

#include "io/output.h"
#include "reference/reference.h"

/* More than there are formats. */
#define DOCUMENTS_MAX_FORMATS 16

struct document {
    char *name; /* of its file */
    const struct reference_format *format;
    char *bytes;
    size_t size;
};

struct documents {
    struct document *items;
    size_t count;
};

/* What documents are made of. */
struct documents_order {
    const struct reference_format *formats[DOCUMENTS_MAX_FORMATS];
    size_t format_count;
    const struct reference_firmware *firmware;
    size_t firmware_count;
    const struct reference_settings *settings;
    bool sign;  /* CoRIMs, by the warden's key */
    bool whole; /* named by the settings' id also where firmware is one */
};

/* Is this format one of the order's? */
bool documents_have(const struct documents_order *order, const char *name);

/* Makes them all in memory. Says on stderr what goes wrong; otherwise free the
 * result with documents_free(). */
enum exit_status documents_make(struct documents *documents,
                                const struct documents_order *order);
void documents_free(struct documents *documents);

/* Writes each into the folder, which is made if it is missing, and prints its
 * path. */
enum exit_status documents_write(const struct documents *documents,
                                 const char *folder);

/* Writes the only one of them to a file, or to standard output if name is NULL
 * or "-". */
enum exit_status documents_write_one(const struct documents *documents,
                                     const char *name);

#endif
