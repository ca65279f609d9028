/* SPDX-License-Identifier: Apache-2.0 */
/* One of the two that diff compares: a firmware image, or a saved JSON. */
#ifndef MODEL_SIDE_H
#define MODEL_SIDE_H

#include "firmware/cover.h"
#include "firmware/map.h"
#include "model/facts.h"

/* Larger images are compared as plain bytes. Real ones have 2 to 32 MiB. */
#define SIDE_MAP_LIMIT (UINT64_C(128) << 20)

struct side {
    const char *name;
    bool saved; /* a saved JSON: only facts is filled */
    struct facts facts;
    struct evaluation evaluation; /* its image is NULL if there is none */
    /* Of an IGVM file, launched on SEV-SNP: the bytes that are hashed outside
     * of its sections, VMSAs. */
    struct cover outside;
    uint8_t *bytes; /* the image; NULL: too large */
    struct volume_map map;
};

/* What is in the file: a saved measurement is read, which can be one of TDX, an
 * image is not. */
enum exit_status side_read(struct side *side,
                           const struct evaluation_file *file,
                           enum mrtd_platform platform,
                           struct failure *failure);

/* Measures the image of side->evaluation, and looks for its modules. Its plan
 * is gone then, but of SEV-SNP. */
enum exit_status side_measure(struct side *side, struct failure *failure);

/* All but the evaluation; allowed after a failure, too. */
void side_free(struct side *side);

/* saved.c: reads the JSON of "show --json". */
enum exit_status saved_read(struct side *side,
                            const struct evaluation_file *file,
                            struct failure *failure);

#endif
