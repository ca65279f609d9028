/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/profile.h"

#include <string.h>

#include "image/image.h"

#define TYPE(t) (UINT32_C(1) << (t))

static const struct profile profiles[] = {
    {
        .public =
            {
                .name = "spec",
                .software = "the TD-Shim specification; Linux >= 6.16 with "
                            "QEMU >= 10.1; Google Compute Engine today",
                .rule = "page by page: ADD unless PAGE.AUG, then EXTEND if "
                        "MR.EXTEND",
                .source = "TD-Shim specification 0.7; Linux v6.16 "
                          "arch/x86/kvm/vmx/tdx.c, tdx_gmem_post_populate; "
                          "gce-tcb-verifier tdx/measurement.go; microsoft/igvm "
                          "igvm/src/measurement/tdx.rs",
                .igvm_software = "IGVM files as Hyper-V launches them",
            },
        .tdvf = true,
        .igvm = true,
        .loader = &loader_qemu,
    },
    {
        .public =
            {
                .name = "kvm-v19",
                .software = "Ubuntu 24.04's kernel 6.8-intel (KVM TDX patches "
                            "v19) with QEMU 8.2; dstack on QEMU 8.x",
                .rule = "section by section: ADD all pages, then EXTEND all "
                        "pages; otherwise as spec",
                .source = "Linux KVM TDX patches v19 (2024-02-26), 075/130; "
                          "QEMU tdx-qemu-upstream-v5; td-shim issues 683, 740",
            },
        .two_pass = true,
        .makes_up = TYPE(MRTD_SECTION_TD_HOB),
        .tdvf = true,
        .loader = &loader_qemu,
    },
    {
        .public =
            {
                .name = "cloud-hypervisor",
                .software = "Cloud Hypervisor, as of August 2026",
                .rule = "page by page: ADD always, PermMem too, then EXTEND "
                        "only if Attributes is exactly 1; the Payload comes "
                        "from a file of its own",
                .source = "cloud-hypervisor ae44c29, vmm/src/vm.rs: "
                          "populate_tdx_sections, init_tdx_memory",
                .takes_payload = 1,
            },
        .ignores_aug = true,
        .extends_exactly = true,
        .loads_payload = true,
        .makes_up =
            TYPE(MRTD_SECTION_TD_HOB) | TYPE(MRTD_SECTION_PAYLOAD_PARAM),
        .tdvf = true,
        .loader = &loader_cloud_hypervisor,
    },
    {
        .public =
            {
                .name = "qemu",
                .software = "QEMU >= 10.1 with Linux >= 6.16, to the letter; "
                            "spec gives the same for images that keep to the "
                            "specification",
                .rule = "page by page: ADD always, then EXTEND if MR.EXTEND; "
                        "behind a section's data come the bytes that follow "
                        "in the file",
                .source = "QEMU 05caf269, target/i386/kvm/tdx.c: "
                          "tdx_finalize_vm, tdx_init_fw_mem_region",
            },
        .ignores_aug = true,
        .makes_up = TYPE(MRTD_SECTION_TD_HOB),
        .follows_file = true,
        .tdvf = true,
        .loader = &loader_qemu,
    },
    {
        .public =
            {
                .name = "migtd-qemu",
                .software = "Intel's downstream QEMU that launches MigTD",
                .rule = "as qemu, but every PermMem is passed over",
                .source = "wei-w-wang/tdx-mig-qemu-share 07ef9ae2, "
                          "target/i386/kvm/tdx.c: tdx_finalize_vm",
            },
        .ignores_aug = true,
        .makes_up = TYPE(MRTD_SECTION_TD_HOB),
        .skips = TYPE(MRTD_SECTION_PERM_MEM),
        .follows_file = true,
        .tdvf = true,
        .loader = &loader_migtd_qemu,
    },
    {
        .public =
            {
                .name = "td-shim-igvm",
                .software = "no VMM: td-shim's and MigTD's calculators, for "
                            "IGVM files",
                .rule = "page by page: ADD, then EXTEND if it is measured and "
                        "has data in the file; pages of all platforms, no "
                        "parameters",
                .source = "td-shim 125eeab, td-shim-tools/src/"
                          "tee_info_hash.rs: build_igvmmrtd",
            },
        .igvm = true,
        .td_shim_igvm = true,
    },
};

#define PROFILE_COUNT (sizeof profiles / sizeof *profiles)

const struct mrtd_profile *mrtd_profile_at(size_t index)
{
    return index < PROFILE_COUNT ? &profiles[index].public : NULL;
}

const struct mrtd_profile *mrtd_profile_find(const char *name)
{
    for (size_t i = 0; name && i < PROFILE_COUNT; i++) {
        if (strcmp(profiles[i].public.name, name) == 0) {
            return &profiles[i].public;
        }
    }
    return NULL;
}

const struct profile *profile_rules(const struct mrtd_profile *public)
{
    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        if (&profiles[i].public == public) {
            return &profiles[i];
        }
    }
    return public ? NULL : &profiles[0];
}

int mrtd_profile_launches(const struct mrtd_profile *profile,
                          const struct mrtd_image *image)
{
    const struct profile *rules = profile_rules(profile);
    return rules && image && (image->igvm ? rules->igvm : rules->tdvf);
}

static const struct mrtd_deviation deviations[] = {
    {MRTD_DEVIATE_FOLLOWING_BYTES, "following-bytes",
     "QEMU, td-shim's calculator before 2025-03-24, dstack-mr and others",
     "QEMU target/i386/kvm/tdx.c, tdx_finalize_vm; td-shim c9af3c3"},
    {MRTD_DEVIATE_AUG_ADDED, "aug-added",
     "Edgeless contrast's and cvmbuild's calculators, QEMU before its check of "
     "section types",
     "contrast tools/tdx-measure; QEMU target/i386/kvm/tdx.c"},
    {MRTD_DEVIATE_ALL_MEASURED, "all-measured",
     "Google Compute Engine's launches before its TD HOB fix, with a TD HOB of "
     "zeros here",
     "gce-tcb-verifier 74582c0, tdx/measurement.go; edk2 issue 9545"},
    {MRTD_DEVIATE_TWO_PASS, "two-pass",
     "any VMM on a host whose KVM has the TDX patches v19 (kvm-v19)",
     "Linux KVM TDX patches v19 (2024-02-26), 075/130"},
};

const struct mrtd_deviation *mrtd_deviation_at(size_t index)
{
    return index < sizeof deviations / sizeof *deviations ? &deviations[index]
                                                          : NULL;
}

bool profile_deviate(struct profile *rules, unsigned flags)
{
    const unsigned known = MRTD_DEVIATE_FOLLOWING_BYTES |
                           MRTD_DEVIATE_AUG_ADDED | MRTD_DEVIATE_ALL_MEASURED |
                           MRTD_DEVIATE_TWO_PASS;
    rules->follows_file |= (flags & MRTD_DEVIATE_FOLLOWING_BYTES) != 0;
    rules->ignores_aug |= (flags & MRTD_DEVIATE_AUG_ADDED) != 0;
    rules->extends_all |= (flags & MRTD_DEVIATE_ALL_MEASURED) != 0;
    rules->two_pass |= (flags & MRTD_DEVIATE_TWO_PASS) != 0;
    return (flags & ~known) == 0;
}
