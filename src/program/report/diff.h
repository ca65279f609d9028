/* SPDX-License-Identifier: Apache-2.0 */
/* What diff has found: for people, and for programs. */
#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H

#include <stdbool.h>
#include <stdio.h>

#include "model/comparison.h"

/* Entries of a list that are printed without --all. */
#define DIFF_SHORT 20

/* How many of count entries are printed. */
uint64_t diff_shown(const struct comparison *d, uint64_t count);

/* Is one of them an IGVM file, which has features of the guest's in its VMSAs?
 */
bool diff_has_igvm(const struct comparison *d);

/* diff_text.c */
void diff_print_text(FILE *to, const struct comparison *d);
/* diff_json.c: one line. False: memory is short, nothing is printed. */
bool diff_print_json(FILE *to, const struct comparison *comparison);

#endif
