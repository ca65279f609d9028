/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCH_PLAN_H
#define LAUNCH_PLAN_H

#include "base/findings.h"
#include "image/image.h"
#include "mrtd.h"

struct platform;

/* A launch plan. Built by mrtd_plan_build(), constant afterwards. */
struct mrtd_plan {
    const struct mrtd_image *image;
    const struct platform *platform; /* platform of info.vmm */
    struct mrtd_launch launch;       /* what was asked for */
    struct mrtd_source payload;      /* size 0: none */
    struct mrtd_digest start; /* digest that the launch goes on from; size 0:
                                 none */
    /* The table of the kernel's hashes where it has been made before; NULL: it
     * is made of kernel, initrd and command line. */
    const uint8_t *kernel_hashes;
    uint32_t svsm_start; /* GPA where an SVSM of its own file starts */
    /* Bytes that are in no file, which the plan itself makes: made.data points
     * to made_bytes, which are freed with it. size 0: none. */
    struct mrtd_source made;
    uint8_t *made_bytes;
    struct mrtd_plan_info info;
    struct mrtd_run *runs; /* info.run_count of them */
    bool overflows;        /* a count of info does not fit 64 bits */
    struct findings findings;
};

/* mrtd_plan_build(), whose plan, image and launch are there; kernel_hashes as
 * in the plan. */
enum mrtd_code plan_build(struct mrtd_plan **plan,
                          const struct mrtd_image *image,
                          const struct mrtd_launch *launch,
                          const uint8_t *kernel_hashes,
                          struct mrtd_error *error);

/* Adds a run and counts it, for the builder of a platform. */
enum mrtd_code plan_add_run(struct mrtd_plan *plan, const struct mrtd_run *run,
                            struct mrtd_error *error);

/* Where the bytes of a run that is not only zeros are. */
const struct mrtd_source *plan_run_source(const struct mrtd_plan *plan,
                                          const struct mrtd_run *run);

#endif
