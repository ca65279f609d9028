/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of two flat images on the other platform, of TDX and SEV-SNP,
 * where they are made for both. Of SEV-SNP it is true for each launch, of
 * whichever VMM and virtual CPUs, with or without a kernel: all bytes of the
 * file come first in the chain of its digest, so that two files that differ
 * have no digest in common, and what else is launched is said in these bytes.
 */
#ifndef MODEL_BESIDE_H
#define MODEL_BESIDE_H

#include "firmware/cover.h"
#include "model/evaluation.h"

struct beside {
    enum mrtd_platform platform; /* 0: there is none */
    /* By whose rule the values are; NULL: they are the digests after the pages
     * of the firmware, which are the same with each VMM. */
    const struct mrtd_vmm *vmm;
    struct mrtd_value values[2];
    bool same;
    struct cover reach[2]; /* bytes of each image that are hashed */
};

/* *beside says that there is none where an image is an IGVM file, or is not
 * launched on the other platform. On failure, too. Free it with beside_free().
 */
enum exit_status beside_make(struct beside *beside,
                             const struct evaluation *const sides[2],
                             struct failure *failure);
void beside_free(struct beside *beside);

#endif
