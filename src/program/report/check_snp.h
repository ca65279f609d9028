/* SPDX-License-Identifier: Apache-2.0 */
/* The part of check's answer that is about SEV-SNP. */
#ifndef REPORT_CHECK_SNP_H
#define REPORT_CHECK_SNP_H

#include <jansson.h>
#include <stdio.h>

#include "model/answer.h"

/* check_snp.c: a report, for people, and what became of it, or NULL; */
void check_snp_print_report(FILE *to, const struct mrtd_evidence *evidence,
                            const struct evidence_answer *verified);
/* the launch that was found; and how many were tried in vain. */
void check_snp_print_found(FILE *to, const struct snp_answer *answer);
void check_snp_print_tried(FILE *to, const struct snp_answer *answer);

/* check_snp_json.c: the same, as members of check's JSON. */
json_t *check_snp_json_report(const struct mrtd_evidence *evidence);
/* null where SEV-SNP was not tried */
json_t *check_snp_json_search(const struct snp_answer *answer);

#endif
