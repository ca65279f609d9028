/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation reports of SEV-SNP, and what they are handed out in. */
#ifndef EVIDENCE_SNP_REPORT_H
#define EVIDENCE_SNP_REPORT_H

#include "base/span.h"
#include "mrtd.h"

/* Does it begin as a report does, of any version, or as what the driver of a
 * guest has it in? Or as what Azure's paravisor has it in? */
bool snp_report_detect(struct span s);
bool snp_report_detect_hcl(struct span s);

/* Fill all of *evidence but its kind. On failure it may be partly filled. */
enum mrtd_code snp_report_read(struct mrtd_evidence *evidence, struct span s,
                               struct mrtd_error *error);
enum mrtd_code snp_report_read_hcl(struct mrtd_evidence *evidence,
                                   struct span s, struct mrtd_error *error);

/* Azure's report: where the report of the hardware begins in it, and what its
 * claims are said to be of. */
#define HCL_REPORT   32
#define HCL_DATA     1216 /* u32: size of what begins here */
#define HCL_TYPE_SNP 2
#define HCL_TYPE_TDX 4

/* Does it begin with Azure's mark? */
bool hcl_begins(struct span s);

/*
 * Reads the claims in Azure's report, which have to be of that type.
 * evidence->consistent becomes 0 unless the 64 bytes at report_data are their
 * SHA-256 and zeros, and evidence->size where they end.
 */
enum mrtd_code hcl_read_claims(struct mrtd_evidence *evidence, struct span s,
                               uint32_t type, uint64_t report_data,
                               struct mrtd_error *error);

#endif
