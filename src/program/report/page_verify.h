/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the page that says how to check it: commands to copy. */
#ifndef REPORT_PAGE_VERIFY_H
#define REPORT_PAGE_VERIFY_H

#include <stdio.h>

#include "model/portrait.h"

void page_write_verify(FILE *to, const struct portrait *p);

#endif
