/* SPDX-License-Identifier: Apache-2.0 */
/* check's answer: for people, for programs, and as a script. */
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include <stdbool.h>
#include <stdio.h>

#include "model/answer.h"

/* check_text.c: the answer for people. */
void check_print(FILE *to, const struct answer *answer);
/* The same in a line, where there are several firmware files. */
void check_print_line(FILE *to, const struct answer *answer);
/* After those lines: none of the files is a match. */
void check_print_none(FILE *to);
/* What is worth knowing about evidence, for people; what became of it may be
 * NULL. */
void check_print_against(FILE *to, const struct against *against,
                         const struct against_evidence *evidence);

/* check_json.c: the answer as one line of JSON. False: memory is short, nothing
 * is printed. */
bool check_print_json(FILE *to, const struct answer *answer);

/* explain.c: how to compute the MRTD without this program. */
void check_explain(FILE *to, const struct answer *answer);

#endif
