/* SPDX-License-Identifier: Apache-2.0 */
/* A page about an image: one HTML file that needs nothing else. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "file_kind.h"
#include "model/portrait.h"

extern const struct file_kind kind_page;
void page_write(FILE *to, const struct portrait *p);

#endif
