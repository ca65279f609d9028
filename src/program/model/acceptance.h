/* SPDX-License-Identifier: Apache-2.0 */
/* What VMMs make of an image. */
#ifndef MODEL_ACCEPTANCE_H
#define MODEL_ACCEPTANCE_H

#include "model/evaluation.h"

/* More than there are VMMs. */
#define ACCEPTANCE_MAX_VMMS 16

/* What one VMM makes of it. */
struct acceptance_of {
    const struct mrtd_vmm *vmm;
    struct mrtd_accept *accept;
    struct mrtd_plan *plan;   /* NULL: it launches nothing, error says why, or
                                 the platform is not TDX */
    struct mrtd_error error;  /* why there is no value although it loads */
    char mrtd[MRTD_HEX_SIZE]; /* MRTD of the plan */
};

struct acceptance {
    struct evaluation files;  /* with the specification's image and plan, or
                                 without where the image is refused */
    char mrtd[MRTD_HEX_SIZE]; /* MRTD of the launch by the specification; ""
                                 where there is none */
    struct mrtd_error error;  /* of TDX, why that MRTD does not exist */
    struct acceptance_of results[ACCEPTANCE_MAX_VMMS];
    size_t count;
    bool loads; /* every VMM that was asked for loads the image */
};

/* Is there a VMM of the platform whose rules are known? */
bool acceptance_is_known(enum mrtd_platform platform);

/*
 * Of the files that are open in acceptance->files: asks all VMMs that have
 * rules, or those of the options, and measures what they launch.
 */
enum exit_status acceptance_make(struct acceptance *r, struct failure *failure);
/* Allowed after a failure, too. */
void acceptance_free(struct acceptance *r);

/* Is the VMM's MRTD the specification's, if there is that? */
bool acceptance_is_specified(const struct acceptance *acceptance,
                             const struct acceptance_of *result);

#endif
