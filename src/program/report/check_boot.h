/* SPDX-License-Identifier: Apache-2.0 */
/* check's answer about a TD's boot. */
#ifndef REPORT_CHECK_BOOT_H
#define REPORT_CHECK_BOOT_H

#include <jansson.h>
#include <stdio.h>

#include "model/boot_answer.h"

/* Register by register; nothing where that was not asked. */
void check_boot_print(FILE *to, const struct boot_answer *answer);

/* In a line: those that differ. */
void check_boot_print_line(FILE *to, const struct boot_answer *answer);

/* The same as JSON, null where that was not asked. */
json_t *check_boot_json(const struct boot_answer *answer);

#endif
