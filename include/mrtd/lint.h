/* SPDX-License-Identifier: Apache-2.0 */
/* Which software accepts an image, which refuses it, and in which words. */
#ifndef MRTD_LINT_H
#define MRTD_LINT_H

#include "mrtd/image.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/*
 * The rules by which some software accepts an image or refuses it. Several
 * loaders may launch by the plan of one profile.
 */
struct mrtd_loader {
    const char *name;     /* e.g. "qemu" */
    const char *software; /* which software, with versions */
    const char *source;   /* where its rules are known from */
    const char *profile;  /* name of the profile whose plan it makes, or NULL:
                             it launches nothing */
};

/* The index-th loader, NULL after the last. */
const struct mrtd_loader *mrtd_loader_at(size_t index);
/* The loader of that name, or NULL. */
const struct mrtd_loader *mrtd_loader_find(const char *name);

/* What a loader makes of an image. */
enum mrtd_verdict {
    MRTD_LOADS,        /* no rule of its is broken */
    MRTD_UNDEFINED,    /* what it does is undefined */
    MRTD_REFUSES,      /* it ends with an error, or crashes */
    MRTD_NOT_FOR_IT,   /* td-shim: the 32-bit offset leads to no metadata */
    MRTD_DOES_NOT_RUN, /* it loads, but the TD does not start its code */
};

/* What follows for a loader from a broken rule. */
enum mrtd_effect {
    MRTD_EFFECT_NOTE,      /* nothing by itself */
    MRTD_EFFECT_DIFFERS,   /* its MRTD is not the specification's */
    MRTD_EFFECT_UNDEFINED, /* the verdict is MRTD_UNDEFINED */
    MRTD_EFFECT_REFUSED,   /* the verdict is MRTD_REFUSES */
    MRTD_EFFECT_STOPS,     /* the verdict is MRTD_DOES_NOT_RUN */
};

/* A rule of a loader that an image breaks. */
struct mrtd_lint_finding {
    enum mrtd_code code;
    enum mrtd_effect effect;
    /* Index of the section it is about, or MRTD_NO_SECTION. */
    uint32_t section;
    /* Offset in the image of the field, or MRTD_NO_OFFSET. */
    uint64_t offset;
    /* One line of printable ASCII: subject, field, value, limit. */
    char message[256];
    /* What the software itself prints, as its source has it; empty where it
     * prints nothing, or what it prints is not known. */
    char says[256];
};

struct mrtd_lint_info {
    const struct mrtd_loader *loader;
    enum mrtd_verdict verdict;
    uint32_t finding_count;
};

struct mrtd_lint; /* opaque */

/*
 * Holds source against the rules of a loader, also where mrtd_image_open()
 * refuses it. On success *lint is a new handle, to be freed with
 * mrtd_lint_free(). Fails where no rule of the loader is known to be broken,
 * and yet mrtd_image_open() refuses the image with MRTD_PERMISSIVE: what this
 * loader does then is not known here. A file that begins as an IGVM file and
 * has TDX metadata, too, is the TDVF image that these loaders take it for. On
 * failure returns the error's code, fills *error, and leaves *lint as it was.
 */
MRTD_MUST_USE enum mrtd_code mrtd_lint(struct mrtd_lint **lint,
                                       const struct mrtd_source *source,
                                       const struct mrtd_loader *loader,
                                       struct mrtd_error *error);

/* Frees the handle; NULL is allowed. */
void mrtd_lint_free(struct mrtd_lint *lint);

/* The verdict; lives as long as the handle. */
const struct mrtd_lint_info *mrtd_lint_info(const struct mrtd_lint *lint);

/* The index-th broken rule (NULL if there is none); lives as the handle. */
const struct mrtd_lint_finding *mrtd_lint_finding(const struct mrtd_lint *lint,
                                                  uint32_t index);

/*
 * The image as this loader finds it, for mrtd_plan_build(); NULL unless the
 * verdict is MRTD_LOADS. Lives as long as the handle.
 */
const struct mrtd_image *mrtd_lint_image(const struct mrtd_lint *lint);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
