/* SPDX-License-Identifier: Apache-2.0 */
/* An image and its launch: for people, and as one line of JSON. */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "model/facts.h"

/* show_text.c: what is in the image, and its MRTD. */
void show_text(FILE *to, const struct evaluation *e, const struct facts *sum,
               bool colour);
/* The runs of the launch, and each of its operations. */
void show_plan(FILE *to, const struct evaluation *e);
void show_trace(FILE *to, const struct evaluation *e);

/* show_json.c: the measurement, which is made for it. On failure nothing is
 * printed. */
enum exit_status show_json(FILE *to, const struct evaluation *e,
                           struct failure *failure);

#endif
