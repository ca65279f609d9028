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

#endif
