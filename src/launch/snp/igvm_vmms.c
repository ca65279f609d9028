/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who launches, or measures, IGVM files for SEV-SNP. None of the rows was
 * confirmed by a launch: each says from where it is known.
 */
#include <inttypes.h>

#include "base/error.h"
#include "launch/snp/igvm.h"

static const struct igvm *igvm_of(const struct mrtd_plan *plan)
{
    return plan->image->igvm;
}

static bool is_for_snp(const struct mrtd_region *r)
{
    return r->platforms & MRTD_PLATFORM_BIT(MRTD_PLATFORM_SNP);
}

/* --- Microsoft --------------------------------------------------------- */

static const struct snp_igvm_rules spec_rules = {.needs_policy = true};

const struct snp_vmm snp_vmm_spec = {
    .public =
        {
            .name = "spec",
            .platform = MRTD_PLATFORM_SNP,
            .software = "Microsoft's library for IGVM files",
            .rule = "the pages, parameter areas and VMSAs of the IGVM file in "
                    "its order; shared pages are not launched",
            .source = "microsoft/igvm e6c3ff1, igvm/src/measurement/snp.rs, "
                      "whose two test values agree",
            .launches_as = &snp_vmm_spec.public,
            .igvm_software = "IGVM files as Hyper-V launches them",
        },
    .rules = {.igvm = &spec_rules},
};

/* --- QEMU -------------------------------------------------------------- */

const struct snp_igvm_rules snp_igvm_qemu = {.takes_shared = true,
                                             .kvm = true,
                                             .resets = true,
                                             .whole_context = true,
                                             .defers = true};

/* --- Cloud Hypervisor -------------------------------------------------- */

static enum mrtd_code refuse_page(const struct mrtd_plan *plan,
                                  const struct mrtd_region *r, const char *why,
                                  struct mrtd_error *error)
{
    return error_set(error, MRTD_ERR_IGVM_FIELD, r->field,
                     "%s at GPA 0x%" PRIx64 ": %s VMM %s",
                     r->kind == MRTD_REGION_PARAMETERS ? "PARAMETER_INSERT"
                                                       : "PAGE_DATA",
                     r->gpa, why, plan->info.vmm->name);
}

/* It asks for no platform: all of the file must be for SEV-SNP. */
static enum mrtd_code check_cloud_hypervisor(const struct mrtd_plan *plan,
                                             struct mrtd_error *error)
{
    const struct igvm *igvm = igvm_of(plan);
    enum mrtd_code code = MRTD_OK;
    if (igvm->platforms[0].type != MRTD_IGVM_SEV_SNP) {
        return error_set(error, MRTD_ERR_IGVM_PLATFORM,
                         igvm->info.headers_offset,
                         "the file's first platform is %s; Cloud Hypervisor "
                         "wants SEV_SNP",
                         mrtd_igvm_platform_name(igvm->platforms[0].type));
    }
    for (uint32_t i = 0; !code && i < plan->image->info.region_count; i++) {
        const struct mrtd_region *r = &plan->image->regions[i];
        if (!is_for_snp(r)) {
            code = refuse_page(plan, r,
                               "it is not for SEV_SNP, and loaded all the same "
                               "by",
                               error);
        } else if (r->kind == MRTD_REGION_DATA &&
                   r->detail == IGVM_DATA_CPUID_XF) {
            code = refuse_page(plan, r,
                               "its DataType 3 (CPUID_XF) is not supported by",
                               error);
        }
    }
    for (uint32_t i = 0; !code && i < igvm->context_count; i++) {
        if (!(igvm->contexts[i].mask & snp_igvm_mask(plan))) {
            code = snp_igvm_refuse_context(
                &igvm->contexts[i], error,
                "it is not for SEV_SNP, and loaded all the same by Cloud "
                "Hypervisor");
        }
    }
    return code;
}

static const struct snp_igvm_rules cloud_hypervisor_kvm = {
    .zero_pages = true,
    .takes_shared = true,
    .kvm = true,
    .check = check_cloud_hypervisor,
};

const struct snp_vmm snp_vmm_cloud_hypervisor_kvm = {
    .public =
        {
            .name = "cloud-hypervisor-kvm",
            .platform = MRTD_PLATFORM_SNP,
            .software = "Cloud Hypervisor with Linux's KVM",
            .rule = "IGVM files as spec, but pages without data as zero pages, "
                    "shared pages as private ones, and a VMSA for each virtual "
                    "CPU at the end, at KVM's GPA",
            .source = "read in its source only, no launch has confirmed it: "
                      "cloud-hypervisor ae44c29, vmm/src/igvm/igvm_loader.rs, "
                      "hypervisor/src/kvm/mod.rs",
            .launches_as = &snp_vmm_cloud_hypervisor_kvm.public,
        },
    .rules = {.igvm = &cloud_hypervisor_kvm},
};

/* Only the registers of the first virtual CPU are put where they belong. */
static enum mrtd_code check_mshv(const struct mrtd_plan *plan,
                                 struct mrtd_error *error)
{
    const struct igvm *igvm = igvm_of(plan);
    enum mrtd_code code = check_cloud_hypervisor(plan, error);
    for (uint32_t i = 0; !code && i < igvm->context_count; i++) {
        if (igvm->contexts[i].vp_index != 0) {
            code = snp_igvm_refuse_context(
                &igvm->contexts[i], error,
                "Cloud Hypervisor loads the registers of virtual CPU 0 only");
        }
    }
    return code;
}

static const struct snp_igvm_rules cloud_hypervisor_mshv = {
    .takes_shared = true,
    .one_page = true,
    .sorts = true,
    .check = check_mshv,
};

const struct snp_vmm snp_vmm_cloud_hypervisor_mshv = {
    .public =
        {
            .name = "cloud-hypervisor-mshv",
            .platform = MRTD_PLATFORM_SNP,
            .software = "Cloud Hypervisor with Microsoft's hypervisor",
            .rule = "IGVM files as spec, but in ascending GPA, shared pages as "
                    "private ones, and of a parameter area the first page only",
            .source = "read in its source only, no launch has confirmed it: "
                      "cloud-hypervisor ae44c29, vmm/src/igvm/igvm_loader.rs",
            .launches_as = &snp_vmm_cloud_hypervisor_mshv.public,
        },
    .rules = {.igvm = &cloud_hypervisor_mshv},
};

/* --- Vanadium ---------------------------------------------------------- */

/* Only what COCONUT-SVSM's files for it have is known. */
static enum mrtd_code check_vanadium(const struct mrtd_plan *plan,
                                     struct mrtd_error *error)
{
    const struct igvm *igvm = igvm_of(plan);
    const struct igvm_context *only = NULL;
    uint32_t after = 0; /* the last region for SEV-SNP is before this one */
    for (uint32_t i = 0; i < plan->image->info.region_count; i++) {
        const struct mrtd_region *r = &plan->image->regions[i];
        after = is_for_snp(r) ? i + 1 : after;
        if (is_for_snp(r) && r->asks & MRTD_ASKS_SHARED) {
            return refuse_page(
                plan, r, "it is not known how shared pages are launched by",
                error);
        }
        if (is_for_snp(r) && r->kind == MRTD_REGION_PARAMETERS &&
            r->size != MRTD_PAGE_SIZE) {
            return refuse_page(plan, r,
                               "it is not known how a parameter area of other "
                               "than one page is launched by",
                               error);
        }
    }
    for (uint32_t i = 0; i < igvm->context_count; i++) {
        const struct igvm_context *c = &igvm->contexts[i];
        if (!(c->mask & snp_igvm_mask(plan))) {
            continue;
        }
        if (only || c->gpa != VMSA_KVM_GPA || c->region < after) {
            return snp_igvm_refuse_context(
                c, error,
                "it is not known how VMM vanadium launches several, one "
                "before pages, or one that is not at GPA 0x%" PRIx64,
                VMSA_KVM_GPA);
        }
        only = c;
    }
    return only ? MRTD_OK
                : error_set(error, MRTD_ERR_IGVM_CONTEXT, MRTD_NO_OFFSET,
                            "the IGVM file has no VP_CONTEXT for SEV_SNP; it "
                            "is not known how VMM vanadium launches such a "
                            "file");
}

static const struct snp_igvm_rules vanadium = {.zero_pages = true,
                                               .check = check_vanadium};

const struct snp_vmm snp_vmm_vanadium = {
    .public =
        {
            .name = "vanadium",
            .platform = MRTD_PLATFORM_SNP,
            .software = "Google's Vanadium, for which COCONUT-SVSM has a "
                        "configuration",
            .rule = "IGVM files as spec, but pages without data as zero pages; "
                    "one VMSA, at the end and at KVM's GPA; files with "
                    "anything else are refused, since it is not known",
            .source = "inferred only: coconut-svsm f4bc4bc, "
                      "configs/vanadium-target.json, tools/igvmbuilder/src; no "
                      "source and no launch has confirmed it",
            .launches_as = &snp_vmm_vanadium.public,
        },
    .rules = {.igvm = &vanadium},
};

/* --- igvmmeasure ------------------------------------------------------- */

static const struct snp_igvm_rules igvmmeasure = {
    .takes_shared = true, .one_page = true, .all_vmsas = true};

const struct snp_vmm snp_vmm_igvmmeasure = {
    .public =
        {
            .name = "igvmmeasure",
            .platform = MRTD_PLATFORM_SNP,
            .software = "COCONUT-SVSM's calculator for IGVM files",
            .rule = "IGVM files as spec, but shared pages as private ones, of "
                    "a parameter area the first page only, and VMSAs of "
                    "SEV_ES, too",
            .source = "read in its source only: coconut-svsm f4bc4bc, "
                      "tools/igvmmeasure/src/igvm_measure.rs",
            .launches_as = &snp_vmm_igvmmeasure.public,
        },
    .rules = {.igvm = &igvmmeasure},
};

static const struct snp_igvm_rules native_zero = {.zero_pages = true,
                                                  .takes_shared = true,
                                                  .one_page = true,
                                                  .all_vmsas = true};

const struct snp_vmm snp_vmm_igvmmeasure_native_zero = {
    .public =
        {
            .name = "igvmmeasure-native-zero",
            .platform = MRTD_PLATFORM_SNP,
            .software = "COCONUT-SVSM's calculator for IGVM files, with "
                        "--native-zero",
            .rule = "IGVM files as igvmmeasure, but pages without data as zero "
                    "pages",
            .source = "read in its source only: coconut-svsm f4bc4bc, "
                      "tools/igvmmeasure/src/igvm_measure.rs",
            .launches_as = &snp_vmm_igvmmeasure_native_zero.public,
        },
    .rules = {.igvm = &native_zero},
};
