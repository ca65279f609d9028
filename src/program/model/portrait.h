/* SPDX-License-Identifier: Apache-2.0 */
/* All that the picture and the page of an image show. */
#ifndef MODEL_PORTRAIT_H
#define MODEL_PORTRAIT_H

#include "model/facts.h"
#include "model/launches.h"

/* More than there are VMMs. */
#define PORTRAIT_VMMS 16

struct portrait {
    const struct evaluation *e;
    /* Names without their folders, of --vars or --payload NULL if not given. */
    const char *file;
    const char *vars;
    const char *payload;
    struct facts facts; /* facts of the launch by the VMM of the options */
    struct launches launches; /* launches by each VMM, without their plans */
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
