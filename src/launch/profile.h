/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMM profiles. Once released, a profile's name and rules never change: what a
 * VMM does differently later is a new profile.
 */
#ifndef LAUNCH_PROFILE_H
#define LAUNCH_PROFILE_H

#include <stdbool.h>

#include "launch/loader.h"
#include "mrtd.h"

struct profile {
    struct mrtd_profile public; /* first: a profile is found by its address */

    /* Which files it launches. */
    bool tdvf;
    bool igvm;
    /* Whose checks are worth a note; NULL: nobody's. */
    const struct loader *loader;
    /* The sections whose content the VMM makes up: measured, they cannot be
     * predicted. A set of 1 << type. */
    uint32_t makes_up;
    /* The sections that it passes over, whatever their attributes. A set of
     * 1 << type. */
    uint32_t skips;
    /* In each section all TDH.MEM.PAGE.ADD before all TDH.MR.EXTEND. */
    bool two_pass;
    /* PAGE.AUG is not known: such sections are added, too. */
    bool ignores_aug;
    /* Extends only if Attributes is exactly MR.EXTEND. */
    bool extends_exactly;
    /* Extends every section. */
    bool extends_all;
    /* Only BFV and CFV come from the image, Payload from a file of its own. */
    bool loads_payload;
    /* Behind a section's data come the bytes that follow in the file, not
     * zeros. */
    bool follows_file;
    /* IGVM: platforms are not told apart, zero pages are never measured, and
     * parameters are left out. */
    bool td_shim_igvm;
};

/* The profile's rules; NULL gives the default's. */
const struct profile *profile_rules(const struct mrtd_profile *public);

/* The rules changed by MRTD_DEVIATE_*; false if a bit is not one of them. */
bool profile_deviate(struct profile *rules, unsigned deviations);

#endif
