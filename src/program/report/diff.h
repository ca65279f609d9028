/* SPDX-License-Identifier: Apache-2.0 */
/* What diff has found: for people, and for programs. */
#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H

#include "model/comparison.h"

/* Entries of a list that are printed without --all. */
#define DIFF_SHORT 20

/* How many of count entries are printed. */
uint64_t diff_shown(const struct comparison *comparison, uint64_t count);

/* diff_text.c, diff_json.c */
void diff_print_text(const struct comparison *comparison);
enum exit_status diff_print_json(const struct comparison *comparison);

#endif
