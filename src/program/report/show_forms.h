/* SPDX-License-Identifier: Apache-2.0 */
/* How a platform's launches are shown: the functions of show.h. */
#ifndef REPORT_SHOW_FORMS_H
#define REPORT_SHOW_FORMS_H

#include "report/show.h"

typedef enum exit_status show_fn(FILE *to, const struct evaluation *e,
                                 struct failure *failure);
typedef enum exit_status show_coloured_fn(FILE *to, const struct evaluation *e,
                                          bool colour, struct failure *failure);

/* TDX: show_text.c and show_json.c. */
show_coloured_fn tdx_show_text;
show_fn tdx_show_plan;
show_fn tdx_show_trace;
show_fn tdx_show_json;

/* SEV-SNP, SEV-ES and SEV: guest_text.c, guest_plan.c and guest_json.c. */
show_coloured_fn guest_show_text;
show_fn guest_show_plan;
show_fn guest_show_trace;
show_fn guest_show_json;

#endif
