/* SPDX-License-Identifier: Apache-2.0 */
/* The part of an answer that is about whether the evidence is genuine that
 * something is compared with. */
#ifndef REPORT_CHECK_EVIDENCE_H
#define REPORT_CHECK_EVIDENCE_H

#include <jansson.h>
#include <stdio.h>

#include "model/against_evidence.h"

/* Each takes NULL where nothing was verified since --no-verify was given. */

/* For people. */
void check_evidence_print(FILE *to, const struct evidence_answer *answer);
/* Members of the evidence's object in JSON. */
void check_evidence_json(json_t *object, const struct evidence_answer *answer);

/* "MATCH"; where the evidence is not accepted also whether what it says is
 * right of that thing: "this image". */
void check_evidence_verdict(FILE *to, enum against_verdict verdict,
                            bool is_right, const char *thing);
/* The word of JSON: "match". */
const char *check_evidence_word(enum against_verdict verdict);

#endif
