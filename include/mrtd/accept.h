/* SPDX-License-Identifier: Apache-2.0 */
/* Which software accepts an image, which refuses it, and with which message. */
#ifndef MRTD_ACCEPT_H
#define MRTD_ACCEPT_H

#include "mrtd/launch.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What a VMM does with an image. */
enum mrtd_verdict {
    MRTD_VERDICT_LOADS,      /* no rule of the VMM is broken */
    MRTD_VERDICT_UNDEFINED,  /* what it does is undefined */
    MRTD_VERDICT_REFUSES,    /* the VMM ends with an error, or crashes */
    MRTD_VERDICT_NOT_FOR_IT, /* td-shim: the 32-bit offset leads to no metadata
                              */
    MRTD_VERDICT_DOES_NOT_RUN, /* it loads, but the guest does not run its code
                                */
};

/* What follows for a VMM from a broken rule. */
enum mrtd_effect {
    MRTD_EFFECT_NOTE,      /* no effect of its own on the verdict */
    MRTD_EFFECT_DIFFERS,   /* its MRTD is not the specification's */
    MRTD_EFFECT_UNDEFINED, /* the verdict is MRTD_VERDICT_UNDEFINED */
    MRTD_EFFECT_REFUSED,   /* the verdict is MRTD_VERDICT_REFUSES */
    MRTD_EFFECT_STOPS,     /* the verdict is MRTD_VERDICT_DOES_NOT_RUN */
};

/* A rule of a VMM that an image breaks. */
struct mrtd_accept_finding {
    enum mrtd_code code;
    enum mrtd_effect effect;
    /* Index of the region that breaks the rule, or MRTD_NO_REGION; of SEV-SNP
     * that of the section, as mrtd_image_sev_section() has it. */
    uint32_t region;
    /* Offset in the image of the field, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
    /* What the software itself prints, as its source has it; empty where it
     * prints nothing, or what it prints is not known. */
    char says[256];
};

struct mrtd_accept_info {
    const struct mrtd_vmm *vmm;
    enum mrtd_verdict verdict;
    uint32_t finding_count;
};

struct mrtd_accept; /* opaque */

/*
 * Checks source against the rules of a VMM, launch->vmm, also where
 * mrtd_image_open() refuses it. Of the rest of the launch it asks only whether
 * there is a kernel: of SEV-SNP, an image then needs a place for its hash. On
 * success *accept is a new handle, to be freed with mrtd_accept_free(). Fails
 * with MRTD_ERR_ARGUMENT if the VMM's member acceptance is NULL, and where no
 * rule of the VMM is known to be broken and yet mrtd_image_open() refuses the
 * image with MRTD_PERMISSIVE: what this VMM does then is not known here. A file
 * that begins as an IGVM file and has a GUIDed table or TDX metadata, too, is
 * the flat image that these VMMs take it for. On failure returns the error's
 * code, fills *error, and leaves *accept as it was.
 */
MRTD_MUST_USE enum mrtd_code
mrtd_accept_launch(struct mrtd_accept **accept,
                   const struct mrtd_source *source,
                   const struct mrtd_launch *launch, struct mrtd_error *error);

/* The same for a VMM, which need not launch anything, without a kernel. */
MRTD_MUST_USE enum mrtd_code mrtd_accept_check(struct mrtd_accept **accept,
                                               const struct mrtd_source *source,
                                               const struct mrtd_vmm *vmm,
                                               struct mrtd_error *error);

/* Frees the handle; NULL is allowed. */
void mrtd_accept_free(struct mrtd_accept *accept);

/* The verdict; lives as long as the handle. */
const struct mrtd_accept_info *
mrtd_accept_info(const struct mrtd_accept *accept);

/* The index-th broken rule (NULL if there is none); lives as the handle. */
const struct mrtd_accept_finding *
mrtd_accept_finding(const struct mrtd_accept *accept, uint32_t index);

/*
 * The image as this VMM finds it, for mrtd_plan_build(); NULL unless the
 * verdict is MRTD_VERDICT_LOADS. Lives as long as the handle.
 */
const struct mrtd_image *mrtd_accept_image(const struct mrtd_accept *accept);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
