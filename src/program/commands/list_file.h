/* SPDX-License-Identifier: Apache-2.0 */
/* A list of MRTDs, read to its end before any image is: then no other name of a
 * file can come. */
#ifndef COMMANDS_LIST_FILE_H
#define COMMANDS_LIST_FILE_H

#include "io/output.h"
#include "model/list_line.h"

/* Malformed lines of a list that are reported one by one. */
#define LIST_FILE_SHOWN 10

struct list_entry {
    struct mrtd_value value;
    char *name;
    struct list_launch launch; /* that the line says */
    char *problem;             /* why the line is refused, or NULL */
};

struct list_file {
    const char *name;
    enum exit_status status; /* of opening it, of memory */
    int read_error;          /* errno, or 0 */
    struct list_entry *entries;
    size_t count;
    unsigned long good; /* lines, also of images that are skipped */
    unsigned long malformed;
    unsigned long returns; /* of them, those that end with a carriage return */
    unsigned long lines[LIST_FILE_SHOWN]; /* numbers of the first malformed */
};

/* How lists are read. */
struct list_reading {
    const struct launch_options *launch; /* where a line says nothing else */
    bool ignore_missing;                 /* files that do not exist */
};

/* Reads the list, and asks for the files that it names to be kept. What is
 * wrong with its lines is said by list_file_tell(). */
void list_file_read(struct list_file *list, const char *name,
                    const struct list_reading *reading);
void list_file_free(struct list_file *list);

/* Says on stderr which lines are malformed, if some are good. */
void list_file_tell(const struct list_file *list);

/* Refuses what is not a list: EXIT_DONE if a line is good. */
enum exit_status list_file_check(const struct list_file *list);

#endif
