/* SPDX-License-Identifier: Apache-2.0 */
/* SEV and SEV-ES: bytes that are measured in a row, without their addresses. */
#include "base/checked.h"
#include "base/error.h"
#include "image/sev/metadata.h"
#include "launch/snp/build.h"
#include "launch/snp/hash_table.h"
#include "launch/snp/parts.h"

static enum mrtd_code refuse_requests(const struct mrtd_plan *plan,
                                      struct mrtd_error *error)
{
    const struct mrtd_launch *launch = &plan->launch;
    enum mrtd_code code = parts_check_format(plan, error);
    if (code) {
        return code;
    }
    if (launch->svsm || launch->firmware_digest ||
        launch->flags & MRTD_LAUNCH_FIRMWARE_ONLY) {
        return error_set(error, MRTD_ERR_ARGUMENT, MRTD_NO_OFFSET,
                         "an SVSM and the firmware's digest alone are of "
                         "SEV-SNP only");
    }
    return MRTD_OK;
}

static enum mrtd_code add_firmware(struct mrtd_plan *plan,
                                   struct mrtd_error *error)
{
    const struct mrtd_image *image = plan->image;
    const struct mrtd_run run = {.region = image->sev->first_region,
                                 .ops = MRTD_OP_SEV_UPDATE,
                                 .content = MRTD_CONTENT_IMAGE,
                                 .gpa = parts_firmware_gpa(image),
                                 .size = image->source.size,
                                 .data_size = image->source.size};
    return plan_add_run(plan, &run, error);
}

static enum mrtd_code add_hashes(struct mrtd_plan *plan,
                                 struct mrtd_error *error)
{
    uint8_t *table = NULL;
    struct mrtd_run run = {.region = MRTD_NO_REGION,
                           .ops = MRTD_OP_SEV_UPDATE,
                           .content = MRTD_CONTENT_PLAN,
                           .gpa = plan->image->sev->info.hash_table_gpa,
                           .size = HASH_TABLE_SIZE,
                           .data_size = HASH_TABLE_SIZE};
    if (!plan->launch.kernel) {
        return MRTD_OK;
    }
    enum mrtd_code code =
        parts_make(plan, HASH_TABLE_SIZE, &table, &run.data_offset, error);
    if (!code) {
        code = hash_table_make(&plan->launch, table, error);
    }
    return code ? code : plan_add_run(plan, &run, error);
}

enum mrtd_code sev_build(struct mrtd_plan *plan, struct mrtd_error *error)
{
    enum mrtd_code code = refuse_requests(plan, error);
    if (!code) {
        code = parts_check_kernel(plan, error);
    }
    if (!code) {
        code = add_firmware(plan, error);
    }
    return code ? code : add_hashes(plan, error);
}

enum mrtd_code sev_es_build(struct mrtd_plan *plan, struct mrtd_error *error)
{
    /* A VMSA has no GPA that is measured. */
    const struct mrtd_run vmsa = {.region = MRTD_NO_REGION,
                                  .ops = MRTD_OP_SEV_UPDATE};
    enum mrtd_code code = sev_build(plan, error);
    return code ? code : parts_add_vmsas(plan, &vmsa, error);
}

bool sev_count(struct mrtd_plan_info *info, const struct mrtd_run *run)
{
    return checked_add(info->hashed_bytes, run->size, &info->hashed_bytes);
}
