/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/snp/parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "image/sev/metadata.h"
#include "launch/snp/hash_table.h"

#define FOUR_GIB (UINT64_C(1) << 32)

uint64_t parts_firmware_gpa(const struct mrtd_image *image)
{
    /* An image has 4 GiB at most: MRTD_MAX_IMAGE_SIZE. */
    return FOUR_GIB - image->source.size;
}

enum mrtd_code parts_check_kernel(const struct mrtd_plan *plan,
                                  struct mrtd_error *error)
{
    const struct mrtd_launch *launch = &plan->launch;
    const struct mrtd_sev_info *info = &plan->image->sev->info;
    if (!launch->kernel) {
        return launch->initrd || launch->append
                   ? error_set(error, MRTD_ERR_KERNEL_NEEDED, MRTD_NO_OFFSET,
                               "an initrd or a command line is given without "
                               "a kernel; without one neither is measured")
                   : MRTD_OK;
    }
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
        return error_set(error, MRTD_ERR_NO_HASH_TABLE,
                         info->hash_table_offset + 4,
                         "a kernel is given, but the SEV hash table has room "
                         "for %" PRIu32 " bytes, not for the %d of its hashes",
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
    if (launch->vcpus == 0 || launch->vcpus > MRTD_MAX_VCPUS) {
        return error_set(error, MRTD_ERR_VCPUS, MRTD_NO_OFFSET,
                         "%" PRIu32 " virtual CPUs are not between 1 and %d",
                         launch->vcpus, MRTD_MAX_VCPUS);
    }
    if (launch->svsm || plan->image->sev->info.reset_offset != MRTD_NO_OFFSET) {
        return MRTD_OK;
    }
    return error_set(error, MRTD_ERR_NO_RESET_BLOCK, MRTD_NO_OFFSET,
                     "the GUIDed table has no SEV-ES reset block, which says "
                     "where other processors than the first start; the "
                     "firmware was not built for SEV-ES");
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
