/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the metadata that two firmwares differ in. */
#ifndef MODEL_CHANGES_H
#define MODEL_CHANGES_H

#include "model/facts.h"

#define METADATA_TEXT 24

/* A field of the metadata that differs. */
struct metadata_change {
    enum mrtd_platform of; /* whose launch the field is for */
    uint32_t section;  /* index of the section; MRTD_NO_REGION: a field of the
                          image */
    const char *field; /* as in docs/json.md */
    char value[2][METADATA_TEXT];
    bool measured; /* the field itself is part of what is hashed */
    /* Of a field for SEV of a flat image, its offset in each; otherwise, and
     * where it is not there, MRTD_NO_OFFSET. */
    uint64_t place[2];
};

/*
 * Calls each for the changes, of the image first, no more than most of them:
 * those for the platform of the facts, and with guest_too after them those for
 * SEV-SNP, of flat images. There may be millions: they are found anew with
 * every call.
 */
typedef void metadata_fn(void *context, const struct metadata_change *change);
void changes_find(const struct facts *a, const struct facts *b, bool guest_too,
                  uint64_t most, metadata_fn *each, void *context);

#endif
