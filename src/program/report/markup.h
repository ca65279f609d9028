/* SPDX-License-Identifier: Apache-2.0 */
/* Untrusted text in SVG and HTML. */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include <stdbool.h>
#include <stdio.h>

/* Prints text, which is UTF-8 as XML allows it, with & < > " ' escaped. */
void markup_text(FILE *to, const char *text);

/*
 * Can the name be shown as it is? It is UTF-8, and has no character that
 * controls something, the direction of the text included, or that XML forbids.
 */
bool markup_is_plain(const char *name);

/* The path if it is plain; otherwise as messages print it, printable(). */
const char *markup_path(const char *path);

/* How a file is named to people: the same, or "standard input". */
const char *markup_name(const char *name);

/* A relative link to a file of that name: never a scheme, never "..". */
void markup_link(FILE *to, const char *name);

#endif
