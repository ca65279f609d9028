/* SPDX-License-Identifier: Apache-2.0 */
/* All that the picture and the page of an image show. */
#ifndef MODEL_PORTRAIT_H
#define MODEL_PORTRAIT_H

#include "model/facts.h"
#include "model/guest_facts.h"
#include "model/image_check.h"
#include "model/initdata.h"
#include "model/launches.h"
#include "reference/reference.h"

/* More than there are VMMs. */
#define PORTRAIT_VMMS 16
/* Most launches of a guest that a page is made of. */
#define PORTRAIT_LAUNCHES 1024

struct portrait {
    const struct evaluation *e;
    /* Names without their folders, NULL where there is no such file. */
    const char *file;
    const char *vars;
    const char *payload;
    const char *kernel;
    const char *initrd;
    const char *svsm;
    const char *svsm_vars;
    struct facts facts;       /* facts of the launch at hand */
    struct guest_facts guest; /* of the same; of TDX nothing */
    /* What is published of it beside: of a TD, what a kernel leads to; or NULL.
     * To be set by its caller. */
    const struct reference_firmware *published;
    /* The guest's disk image and initdata; or NULL. To be set as the last. */
    const struct image_check *disk;
    const struct initdata *initdata;
    /* Without their plans: of TDX by each VMM, of other platforms all that the
     * options ask for. The one at hand is shown in detail. */
    struct launches launches;
    size_t at_hand;
    /*
     * The same image on the other platform: TDX for AMD's, SEV-SNP for TDX. Of
     * a guest of SEV-SNP nothing is known then: of a flat image there is the
     * digest after the firmware's pages, of an IGVM file the launch by the
     * format's rule.
     */
    enum mrtd_platform other;
    struct launches others;
    /* Is the word one of the program's commands? To be set by its caller. */
    bool (*is_command)(const char *word);
    uint64_t *edges; /* for bands.c: room for two of each section, and one */
};

/*
 * Measures the image for each launch. One that is refused is no failure.
 * Free the result with portrait_free().
 */
enum exit_status portrait_make(struct portrait *portrait,
                               const struct evaluation *e,
                               struct failure *failure);
void portrait_free(struct portrait *portrait);

/* What the index-th of the launches is launched with. */
void portrait_options(const struct evaluation *e, size_t index,
                      struct launch_options *options);

#endif
