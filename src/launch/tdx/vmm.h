/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VMMs that launch TDs, or read their images: how each launches, and by
 * which rules it accepts an image.
 */
#ifndef LAUNCH_TDX_VMM_H
#define LAUNCH_TDX_VMM_H

#include <stdbool.h>

#include "launch/tdx/accept.h"
#include "mrtd.h"

/* A section type as a member of a set. */
#define TDX_TYPE(type) (UINT32_C(1) << (type))

/* How a VMM launches: which pages are added and measured, with what in them. */
struct tdx_launch_rules {
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

struct tdx_vmm {
    struct mrtd_vmm public; /* first: a VMM is found by its address */
    struct tdx_launch_rules
        launch; /* all 0 if it launches as another VMM does, or not at all */
    struct tdx_accept_rules accept;
    /* Whose rules of acceptance are worth a note in a plan; NULL: no VMM's. */
    const struct tdx_vmm *noted;
};

extern const struct tdx_vmm tdx_vmm_spec;
extern const struct tdx_vmm tdx_vmm_kvm_v19;
extern const struct tdx_vmm tdx_vmm_cloud_hypervisor;
extern const struct tdx_vmm tdx_vmm_qemu;
extern const struct tdx_vmm tdx_vmm_migtd_qemu;
extern const struct tdx_vmm tdx_vmm_td_shim_igvm;
extern const struct tdx_vmm tdx_vmm_gce;
extern const struct tdx_vmm tdx_vmm_td_shim;

/* The whole row of a VMM of the table whose platform is TDX. */
const struct tdx_vmm *tdx_vmm_of(const struct mrtd_vmm *vmm);

/* How it launches, its own way or another's; NULL: it launches nothing. */
const struct tdx_launch_rules *tdx_vmm_launch(const struct tdx_vmm *vmm);

/* mrtd_vmm_launches() for a VMM of the table that launches. */
bool tdx_launches(const struct mrtd_vmm *vmm, const struct mrtd_image *image);

/*
 * Does the VMM's launch skip sections of this type, whatever their attributes?
 */
bool tdx_skips(const struct tdx_vmm *vmm, const struct mrtd_section *section);

/* Is the section's type in the set? */
bool tdx_has_type(uint32_t types, uint32_t type);

/* Changes the rules by MRTD_DEVIATE_*. */
void tdx_deviate(struct tdx_launch_rules *rules, unsigned flags);

#endif
