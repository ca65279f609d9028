/* SPDX-License-Identifier: Apache-2.0 */
/* How a guest of SEV-SNP, SEV-ES or SEV is launched from a flat image: which
 * pages or bytes the firmware of the AMD Secure Processor measures. */
#ifndef LAUNCH_SNP_BUILD_H
#define LAUNCH_SNP_BUILD_H

#include "image/sev/metadata.h"
#include "launch/plan.h"

/* Bytes hashed for a page: its contents, padded, and PAGE_INFO, padded. */
#define SNP_CONTENTS_BYTES  4224
#define SNP_PAGE_INFO_BYTES 256

/* Do the contents of pages of this type count? */
static inline bool snp_counts_contents(uint32_t page_type)
{
    return page_type == MRTD_SNP_PAGE_NORMAL || page_type == MRTD_SNP_PAGE_VMSA;
}

/* Makes the runs of the plan, which has image, VMM and request. */
enum mrtd_code snp_build(struct mrtd_plan *plan, struct mrtd_error *error);
enum mrtd_code sev_es_build(struct mrtd_plan *plan, struct mrtd_error *error);
enum mrtd_code sev_build(struct mrtd_plan *plan, struct mrtd_error *error);

/* Refuses metadata without a page of the kernel's hashes, or with one where
 * the firmware, which says where the table of hashes is, does not look. */
enum mrtd_code snp_check_hash_page(const struct sev *sev,
                                   struct mrtd_error *error);

/* Count a run; false where a count does not fit 64 bits. */
bool snp_count(struct mrtd_plan_info *info, const struct mrtd_run *run);
bool sev_count(struct mrtd_plan_info *info, const struct mrtd_run *run);

#endif
