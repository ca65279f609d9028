/* SPDX-License-Identifier: Apache-2.0 */
/* Initdata, and whether it is a guest's: for people, and as one line of
 * JSON. */
#ifndef REPORT_INITDATA_H
#define REPORT_INITDATA_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "model/against_evidence.h"
#include "model/initdata.h"

/* In words, or as JSON; answer may be NULL: it is compared with nothing, and
 * the evidence where it was not verified. False: memory is short, nothing is
 * printed. */
bool initdata_print(FILE *to, const struct initdata *initdata,
                    const struct initdata_answer *answer,
                    const struct against_evidence *evidence, bool as_json);

/* Of the field, and of the evidence. */
enum against_verdict initdata_verdict(const struct initdata_answer *answer,
                                      const struct against_evidence *evidence);

/* The member "initdata" of check's JSON; null for NULL. */
json_t *initdata_json_answer(const struct initdata_answer *answer);
/* The line of check's answer: what the field would be by the file. */
void initdata_check_line(FILE *to, const struct initdata_answer *answer);

#endif
