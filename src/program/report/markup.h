/* SPDX-License-Identifier: Apache-2.0 */
/* Untrusted text in SVG and HTML. */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include <stdio.h>

/* Prints text, which is UTF-8 as XML allows it, with & < > " ' escaped. */
void markup_text(FILE *to, const char *text);

/* How a file is named to people: printable_path(), or "standard input". */
const char *markup_name(const char *name);

/* A relative link to a file of that name: never a scheme, never "..". */
void markup_link(FILE *to, const char *name);

#endif
