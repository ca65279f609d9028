/* SPDX-License-Identifier: Apache-2.0 */
/* What VMMs make of an image: for people, and as one line of JSON. */
#ifndef REPORT_LINT_H
#define REPORT_LINT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/acceptance.h"

/* lint_text.c */
void lint_print_text(FILE *to, const struct acceptance *r);
/* lint_json.c: one line. False: memory is short, nothing is printed. */
bool lint_print_json(FILE *to, const struct acceptance *acceptance);

#endif
