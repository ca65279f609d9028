/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of VMMs: how each launches an image, and by which rules it accepts
 * one. Once released, a VMM's name and the rules of its launch never change:
 * what it does differently later is a new row.
 */
#ifndef LAUNCH_VMM_H
#define LAUNCH_VMM_H

#include <stdbool.h>

#include "launch/accept.h"
#include "mrtd.h"

/* A section type as a member of a set. */
#define VMM_TYPE(type) (UINT32_C(1) << (type))

/* How a VMM launches: which pages are added and measured, with what in them. */
struct launch_rules {
    /* Which files it launches. */
    bool tdvf;
    bool igvm;
    /* The sections whose content the VMM makes up: measured, they cannot be
     * predicted. A set of 1 << type. */
    uint32_t makes_up;
    /* The sections that it skips, whatever their attributes. A set of
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
    /* After a section's data come the bytes that follow in the file, not
     * zeros. */
    bool follows_file;
    /* IGVM: platforms are not told apart, zero pages are never measured, and
     * parameters are left out. */
    bool td_shim_igvm;
};

struct vmm {
    struct mrtd_vmm public; /* first: a VMM is found by its address */
    struct launch_rules
        launch; /* all 0 if it launches as another VMM does, or not at all */
    struct accept_rules accept;
    /* Whose rules of acceptance are worth a note in a plan; NULL: no VMM's. */
    const struct vmm *noted;
};

extern const struct vmm vmm_spec;
extern const struct vmm vmm_kvm_v19;
extern const struct vmm vmm_cloud_hypervisor;
extern const struct vmm vmm_qemu;
extern const struct vmm vmm_migtd_qemu;
extern const struct vmm vmm_td_shim_igvm;
extern const struct vmm vmm_gce;
extern const struct vmm vmm_td_shim;

/* The row of one of mrtd_vmm_at(), or NULL; NULL gives the default's. */
const struct vmm *vmm_row(const struct mrtd_vmm *public);

/* How it launches, its own way or another's; NULL: it launches nothing. */
const struct launch_rules *vmm_launch(const struct vmm *vmm);

/*
 * Does the VMM's launch skip sections of this type, whatever their attributes?
 */
bool vmm_skips(const struct vmm *vmm, const struct mrtd_section *section);

/* Is the section's type in the set? */
bool vmm_has_type(uint32_t types, uint32_t type);

/* The rules changed by MRTD_DEVIATE_*; false if a bit is not one of them. */
bool launch_deviate(struct launch_rules *rules, unsigned deviations);

#endif
