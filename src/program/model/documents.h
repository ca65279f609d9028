/* SPDX-License-Identifier: Apache-2.0 */
/* Reference values as documents: which there are, their names, their bytes. */
#ifndef MODEL_DOCUMENTS_H
#define MODEL_DOCUMENTS_H

#include "failure.h"
#include "reference/reference.h"

/* More than there are formats. */
#define DOCUMENTS_MAX_FORMATS 16

struct document {
    char *name; /* name of the document's file */
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
    bool whole; /* named by the settings' id also where firmware is one */
};

/* Is this format one of the order's? */
bool documents_have(const struct documents_order *order, const char *name);

/* Is one of them of RVPS, whose values have keys? */
bool documents_have_keys(const struct documents_order *order);

/* Makes them all in memory. Free them with documents_free(), after a failure,
 * too: it may be about the name of one of them. */
enum exit_status documents_make(struct documents *documents,
                                const struct documents_order *order,
                                struct failure *failure);
void documents_free(struct documents *documents);

/* consumers.c: warns of what known consumers make of these documents. */
void documents_warn(const struct documents_order *order, remark_fn *say);

#endif
