/* SPDX-License-Identifier: Apache-2.0 */
/* The part of check's answer that is about whether evidence is genuine. */
#ifndef REPORT_CHECK_EVIDENCE_H
#define REPORT_CHECK_EVIDENCE_H

#include <jansson.h>
#include <stdio.h>

#include "model/evidence.h"

/* Each takes NULL where nothing was verified since --no-verify was given. */

/* For people. */
void check_evidence_print(FILE *to, const struct evidence_answer *answer);
/* Members of the evidence's object in check's JSON. */
void check_evidence_json(json_t *object, const struct evidence_answer *answer);

#endif
