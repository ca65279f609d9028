/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/sev/metadata.h"
#include "launch/snp/hash_table.h"

/* The names of the platform's VMMs that launch the image's format. */
static void name_vmms(char *text, size_t size, const struct mrtd_plan *plan)
{
    const struct mrtd_vmm *vmm;
    size_t used = 0;
    snprintf(text, size, "none");
    for (size_t i = 0; (vmm = mrtd_vmm_at(i)) && used < size; i++) {
        if (vmm->platform == plan->info.vmm->platform &&
            snp_launches(vmm, plan->image)) {
            used += (size_t)snprintf(text + used, size - used, "%s%s",
                                     used ? ", " : "", vmm->name);
        }
    }
}

enum mrtd_code parts_check_format(const struct mrtd_plan *plan,
                                  struct mrtd_error *error)
{
    const bool is_igvm = plan->image->igvm != NULL;
    char names[180];
    if (snp_launches(plan->info.vmm, plan->image)) {
        return MRTD_OK;
    }
    name_vmms(names, sizeof names, plan);
    return error_set(error, MRTD_ERR_VMM_FORMAT, MRTD_NO_OFFSET,
                     "VMM %s does not launch %s; those that do: %s",
                     plan->info.vmm->name,
                     is_igvm ? "an IGVM file" : "a flat image", names);
}

uint64_t parts_firmware_gpa(const struct mrtd_image *image)
{
    return image->regions[image->sev->first_region].gpa;
}

enum mrtd_code parts_check_kernel(const struct mrtd_plan *plan,
                                  struct mrtd_error *error)
{
    const struct mrtd_launch *launch = &plan->launch;
    if (launch->kernel) {
        return parts_check_hash_table(&plan->image->sev->info, error);
    }
    return launch->initrd || launch->append
               ? error_set(error, MRTD_ERR_KERNEL_NEEDED, MRTD_NO_OFFSET,
                           "an initrd or a command line is given without "
                           "a kernel; without one neither is measured")
               : MRTD_OK;
}

enum mrtd_code parts_check_hash_table(const struct mrtd_sev_info *info,
                                      struct mrtd_error *error)
{
    if (info->hash_table_offset == MRTD_NO_OFFSET) {
        return error_set(error, MRTD_ERR_NO_HASH_TABLE, MRTD_NO_OFFSET,
                         "a kernel is given, but the GUIDed table has no SEV "
                         "hash table entry: the firmware does not check a "
                         "kernel's hash; use one built for direct kernel boot "
                         "(OVMF's AmdSevX64)");
    }
    if (info->hash_table_gpa == 0) {
        return error_set(error, MRTD_ERR_NO_HASH_TABLE, info->hash_table_offset,
                         "a kernel is given, but the SEV hash table's GPA is "
                         "0: the firmware does not check a kernel's hash; use "
                         "one built for direct kernel boot (OVMF's AmdSevX64)");
    }
    if (info->hash_table_size < HASH_TABLE_SIZE) {
        return error_set(error, MRTD_ERR_NO_HASH_TABLE, info->hash_table_offset,
                         "the SEV hash table's size 0x%" PRIx32
                         " is less than the %d bytes that QEMU writes there",
                         info->hash_table_size, HASH_TABLE_SIZE);
    }
    return MRTD_OK;
}

enum mrtd_code parts_make(struct mrtd_plan *plan, size_t size, uint8_t **bytes,
                          uint64_t *offset, struct mrtd_error *error)
{
    const size_t used = (size_t)plan->made.size;
    uint8_t *grown = realloc(plan->made_bytes, used + size);
    if (!grown) {
        return error_set(error, MRTD_ERR_MEMORY, MRTD_NO_OFFSET,
                         "out of memory for the launch plan");
    }
    memset(grown + used, 0, size);
    plan->made_bytes = grown;
    plan->made.data = grown;
    plan->made.size = used + size;
    *bytes = grown + used;
    *offset = used;
    return MRTD_OK;
}

static enum mrtd_code check_processors(const struct mrtd_plan *plan,
                                       struct mrtd_error *error)
{
    const struct mrtd_launch *launch = &plan->launch;
    const struct mrtd_sev_info *info = &plan->image->sev->info;
    if (launch->vcpus == 0 || launch->vcpus > MRTD_MAX_VCPUS) {
        return error_set(error, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
                         "%" PRIu32 " virtual CPUs are not between 1 and %d",
                         launch->vcpus, MRTD_MAX_VCPUS);
    }
    if (!launch->svsm && info->reset_offset == MRTD_NO_OFFSET) {
        return error_set(
            error, MRTD_ERR_NO_RESET_BLOCK, MRTD_NO_OFFSET,
            "there is no GUIDed table with an SEV-ES reset block, "
            "which says where other processors than the first start; "
            "the firmware was not built for SEV-ES");
    }
    if (!launch->svsm && info->reset_address == 0) {
        return error_set(error, MRTD_ERR_NO_RESET_BLOCK, info->reset_offset,
                         "the SEV-ES reset block has address 0, which QEMU "
                         "refuses");
    }
    return MRTD_OK;
}

/* The VMSAs' rules, by the launch's VMM and deviations. */
static const struct vmsa_rules *vmsa_rules_of(const struct mrtd_plan *plan)
{
    const struct snp_rules *rules = snp_rules_of(plan);
    if (plan->launch.svsm) {
        return &vmsa_svsm;
    }
    return plan->launch.deviations & MRTD_DEVIATE_RDX_ZERO
               ? rules->vmsa_rdx_zero
               : rules->vmsa;
}

/* Makes a VMSA, and adds its page as a run. */
static enum mrtd_code add_vmsa(struct mrtd_plan *plan, const struct vmsa *vmsa,
                               struct mrtd_run *run, struct mrtd_error *error)
{
    uint8_t *page = NULL;
    enum mrtd_code code =
        parts_make(plan, MRTD_PAGE_SIZE, &page, &run->data_offset, error);
    if (code) {
        return code;
    }
    vmsa_make(vmsa, page);
    return plan_add_run(plan, run, error);
}

enum mrtd_code parts_add_vmsas(struct mrtd_plan *plan,
                               const struct mrtd_run *shape,
                               struct mrtd_error *error)
{
    const struct mrtd_launch *launch = &plan->launch;
    struct vmsa vmsa = {.rules = vmsa_rules_of(plan),
                        .start =
                            launch->svsm ? plan->svsm_start : VMSA_RESET_VECTOR,
                        .signature = launch->vcpu_signature,
                        .features = launch->guest_features};
    struct mrtd_run run = *shape;
    run.content = MRTD_CONTENT_PLAN;
    run.size = MRTD_PAGE_SIZE;
    run.data_size = MRTD_PAGE_SIZE;
    enum mrtd_code code = check_processors(plan, error);
    if (!code) {
        code = add_vmsa(plan, &vmsa, &run, error);
    }
    if (!launch->svsm) {
        vmsa.start = plan->image->sev->info.reset_address;
    }
    for (uint32_t i = 1; !code && i < launch->vcpus; i++) {
        /* All but the first have the same page. */
        code = i == 1 ? add_vmsa(plan, &vmsa, &run, error)
                      : plan_add_run(plan, &run, error);
    }
    return code;
}
