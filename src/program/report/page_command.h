/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that the page has to copy: words of a POSIX shell, as markup. */
#ifndef REPORT_PAGE_COMMAND_H
#define REPORT_PAGE_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "model/portrait.h"

/* Can a command have the name, so that it names the same file? NULL: there is
 * no such file. */
bool page_can_type(const char *name);
/* The same of a text. */
bool page_can_type_text(const char *text);

/* A space and the name of a file as a word, or what stands for one that cannot
 * be typed. */
void page_write_word(FILE *to, const struct portrait *p, const char *name,
                     const char *instead);

/* The options that change the value: all of them, */
void page_write_options(FILE *to, const struct portrait *p);
/* or those that a line of a list of the platform does not say. */
void page_write_list_options(FILE *to, const struct portrait *p);

#endif
