/* SPDX-License-Identifier: Apache-2.0 */
/* TDINFO and its hashes: for people, and as one line of JSON. */
#ifndef REPORT_TDINFO_H
#define REPORT_TDINFO_H

#include <stdbool.h>
#include <stdio.h>

#include "model/tdinfo.h"

/* tdinfo_text.c */
void tdinfo_text(FILE *to, const struct tdinfo *r);
/* tdinfo_json.c. False: memory is short, nothing is printed. */
bool tdinfo_json(FILE *to, const struct tdinfo *tdinfo);

#endif
