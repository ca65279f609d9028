/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the page that are files of their own. */
#ifndef REPORT_PAGE_PARTS_H
#define REPORT_PAGE_PARTS_H

#include <stdio.h>

#include "model/portrait.h"

/* Rows of a table, more than any TDVF image has: an IGVM file of a million
 * would make a page that no browser opens. */
#define PAGE_MAX_ROWS 4096

/* The values of both platforms, side by side. */
void page_write_values(FILE *to, const struct portrait *p);
/* Of TDX the sections; of others these and the launch. */
void page_write_sections(FILE *to, const struct portrait *p);
void page_write_guest(FILE *to, const struct portrait *p);
/* page_boot.c: what a kernel leads to after the launch, if that is published.
 */
void page_write_boot(FILE *to, const struct portrait *p);
/* page_inputs.c: the guest's disk image and initdata, where they are known. */
void page_write_inputs(FILE *to, const struct portrait *p);
/* How to check the page: commands to copy. */
void page_write_verify(FILE *to, const struct portrait *p);

/* What a list or a table leaves out, where it has more than PAGE_MAX_ROWS of
 * such things; a row has tags before and after. */
void page_write_rest(FILE *to, uint32_t count, const char *things,
                     const char *before, const char *after);

#endif
