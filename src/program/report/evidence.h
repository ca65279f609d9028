/* SPDX-License-Identifier: Apache-2.0 */
/* What evidence says, and whether it is genuine: for people, and as one line of
 * JSON. */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "model/evidence.h"

/* evidence_text.c */
void evidence_print_text(FILE *to, const struct evidence_answer *answer);
/* What collateral says of the TCB, if there is any; labels have that many
 * columns. */
void evidence_print_tcb(FILE *to, const struct evidence_answer *answer,
                        int label);
/* What of the other demands was not met, or was. */
void evidence_print_denials(FILE *to, const struct evidence_answer *answer,
                            int label);
/* evidence_fields.c: what the evidence says, field by field. */
void evidence_print_fields(FILE *to, const struct evidence_answer *answer);
/* evidence_json.c. False: memory is short, nothing is printed. */
bool evidence_print_json(FILE *to, const struct evidence_answer *answer);
/* Members of it: "signature", and "denied". */
json_t *evidence_json_signature(const struct evidence_answer *answer);
json_t *evidence_json_denied(const struct evidence_answer *answer);

#endif
