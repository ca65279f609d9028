/* SPDX-License-Identifier: Apache-2.0 */
/* An image and its launch: for people, and as one line of JSON. What is shown
 * is measured for it; on failure nothing is printed. */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "model/evaluation.h"

/* What is in the image, and its value. */
enum exit_status show_text(FILE *to, const struct evaluation *e, bool colour,
                           struct failure *failure);
/* The runs of the launch, and each of its operations. */
enum exit_status show_plan(FILE *to, const struct evaluation *e,
                           struct failure *failure);
enum exit_status show_trace(FILE *to, const struct evaluation *e,
                            struct failure *failure);
/* The measurement. */
enum exit_status show_json(FILE *to, const struct evaluation *e,
                           struct failure *failure);

#endif
