/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a list of MRTDs: "HEX  FILE", or "MRTD[LABEL,...] (FILE) = HEX". */
#ifndef CLI_LIST_LINE_H
#define CLI_LIST_LINE_H

#include "cli/options.h"

/* A name of 4095 bytes, each escaped, and what is around it. */
#define LIST_LINE_SIZE 8448
/* Why labels are refused. */
#define LIST_PROBLEM_SIZE 320

/* A profile's name in brackets. */
#define LIST_LABEL_SIZE 64

/* What follows "MRTD" in a line: "[kvm-v19]", or nothing for the default. */
const char *list_label(const struct mrtd_profile *profile,
                       char text[LIST_LABEL_SIZE]);

/* A line's parts, within the line. */
struct list_line {
    char *name;
    /* NULL: "HEX  FILE", which has none; "": "MRTD (FILE) = HEX" */
    const char *labels;
    uint8_t mrtd[MRTD_DIGEST_SIZE];
};

/* Parses a line without its newline, which it changes. */
bool list_line_parse(char *text, struct list_line *line);

/*
 * Sets *profile to that which the line's labels name, the default where there
 * are no labels in a form that can have them, or NULL for the other form.
 * False: writes why they are refused; the value could be compared with another
 * VMM's.
 */
bool list_line_profile(const struct list_line *line, const struct options *o,
                       const struct mrtd_profile **profile,
                       char problem[LIST_PROBLEM_SIZE]);

/* Is the first line of the text one of a list? */
bool checklist_begins(const char *text, size_t size);

#endif
