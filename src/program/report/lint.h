/* SPDX-License-Identifier: Apache-2.0 */
/* What VMMs make of an image: for people, and as one line of JSON. */
#ifndef REPORT_LINT_H
#define REPORT_LINT_H

#include "model/acceptance.h"

/* lint_text.c, lint_json.c */
void lint_print_text(const struct acceptance *acceptance);
enum exit_status lint_print_json(const struct acceptance *acceptance);

#endif
