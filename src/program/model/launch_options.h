/* SPDX-License-Identifier: Apache-2.0 */
/* Who launches a firmware, with what, and how it is to be read. */
#ifndef MODEL_LAUNCH_OPTIONS_H
#define MODEL_LAUNCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "mrtd.h"

/* Most VMMs that are named at once. */
#define LAUNCH_MAX_VMMS 16

struct launch_options {
    const struct mrtd_vmm *vmm; /* the VMM at hand; at the start the first */
    const struct mrtd_vmm *vmms[LAUNCH_MAX_VMMS];
    unsigned vmm_count; /* number of VMMs: at least one */
    bool vmm_given; /* a VMM was given by --vmm; otherwise it is the default */
    bool permissive;
    bool code_alone;       /* of a split image, CODE is read without VARS */
    const char *payload;   /* name of its file, or NULL */
    const char *vars;      /* name of the VARS file, or NULL */
    uint64_t limit;        /* 0: the library's default */
    unsigned image_format; /* MRTD_FORMAT_TDVF or _IGVM; 0: by its bytes */
};

#endif
