/* SPDX-License-Identifier: Apache-2.0 */
/* A list of values, read to its end before any image is: then no other name of
 * a file can come. */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include <stdbool.h>
#include <stdio.h>

#include "failure.h"
#include "model/list_line.h"

/* Malformed lines of a list that are reported one by one. */
#define LIST_SHOWN 10
/* What a line is. */
#define LIST_LINE_FORM                                                         \
    "'HEX  FILE', 'MRTD (FILE) = HEX' or 'SNP[...] (FILE) = HEX' with 96 "     \
    "hexadecimal digits, or one of SEV-ES or SEV with 64"

struct list_entry {
    struct mrtd_value value;
    char *name;
    struct list_launch launch; /* how the line says that it is launched */
    char *problem;             /* why the line is refused, or NULL */
};

struct list {
    const char *name;
    struct list_entry *entries;
    size_t count;
    unsigned long good; /* lines, also of images that are skipped */
    unsigned long malformed;
    unsigned long returns;           /* lines that end with a carriage return */
    unsigned long lines[LIST_SHOWN]; /* numbers of the first malformed */
};

/* How lists are read. */
struct list_reading {
    const struct launch_options *launch; /* where a line says nothing else */
    /* Is the file to be skipped? NULL: none is. */
    bool (*is_missing)(const char *name);
    /* Called with each name that is not. What it returns is only passed on. */
    enum exit_status (*keep)(const char *name);
};

/* Adds all lines of the stream to the list, which begins with its name alone;
 * *kept is the worst of what keep() has returned. */
enum exit_status list_read(struct list *list, FILE *from,
                           const struct list_reading *o, enum exit_status *kept,
                           struct failure *failure);
void list_free(struct list *list);

/* How the entry's image is launched: as its line says, otherwise as these. */
struct launch_options list_options(const struct list_entry *entry,
                                   const struct launch_options *options);

/* Without a good line: why it is not a list, where that can be said; source is
 * the list's file, or NULL. */
enum exit_status list_check(const struct list *list,
                            const struct mrtd_source *source,
                            struct failure *failure);

#endif
