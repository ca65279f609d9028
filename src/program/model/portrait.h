/* SPDX-License-Identifier: Apache-2.0 */
/* All that the picture and the page of an image show. */
#ifndef MODEL_PORTRAIT_H
#define MODEL_PORTRAIT_H

#include "model/evaluation.h"
#include "model/summary.h"

/* More than there are VMMs. */
#define PORTRAIT_VMMS 16

/* What a VMM makes of the image. */
struct vmm_value {
    const struct mrtd_vmm *vmm;
    struct mrtd_error error;  /* its code is MRTD_OK, or why it has no MRTD */
    char mrtd[MRTD_HEX_SIZE]; /* if MRTD_OK */
};

struct portrait {
    const struct evaluation *e;
    /* Names without their folders, of --vars or --payload NULL if not given. */
    const char *file;
    const char *vars;
    const char *payload;
    struct summary summary; /* for the VMM of the options */
    struct vmm_value values[PORTRAIT_VMMS];
    size_t value_count;
    /* Is the word one of the program's commands? To be set by its caller. */
    bool (*is_command)(const char *word);
    uint64_t *edges; /* for bands.c: room for two of each section, and one */
};

/*
 * Measures the image for each VMM. A VMM that refuses it is no failure.
 * Free the result with portrait_free().
 */
enum exit_status portrait_make(struct portrait *portrait,
                               const struct evaluation *e,
                               struct failure *failure);
void portrait_free(struct portrait *portrait);

#endif
