/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/list_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/diagnostic.h"
#include "io/input.h"
#include "model/mistaken.h"
#include "printable.h"

/* Is the file to be skipped? */
static bool is_missing(const struct list_reading *o, const char *name)
{
    return o->ignore_missing && strcmp(name, "-") != 0 &&
           input_is_missing(name);
}

/* Reads a line into line (LIST_LINE_SIZE bytes), without its newline. Sets
 * *whole to false where it is too long or holds a NUL. False at the end. */
static bool read_line(FILE *list, char *line, bool *whole)
{
    size_t used = 0;
    int c;
    *whole = true;
    while ((c = getc(list)) != EOF && c != '\n') {
        if (used + 1 < LIST_LINE_SIZE && c != '\0') {
            line[used++] = (char)c;
        } else {
            *whole = false;
        }
    }
    line[used] = '\0';
    return c != EOF || used > 0 || !*whole;
}

static void tell_malformed(const char *name, unsigned long line)
{
    diagnostic_file(name,
                    "line %lu: neither 'HEX  FILE' nor 'MRTD (FILE) = HEX' "
                    "with 96 hexadecimal digits",
                    line);
}

static void count_malformed(struct list_file *l, unsigned long line,
                            const char *text)
{
    if (l->malformed < LIST_FILE_SHOWN) {
        l->lines[l->malformed] = line;
    }
    l->malformed++;
    l->returns += *text && text[strlen(text) - 1] == '\r';
}

void list_file_tell(const struct list_file *l)
{
    for (size_t i = 0; l->good && i < l->malformed && i < LIST_FILE_SHOWN;
         i++) {
        tell_malformed(l->name, l->lines[i]);
    }
    if (l->good && l->malformed > LIST_FILE_SHOWN) {
        unsigned long more = l->malformed - LIST_FILE_SHOWN;
        diagnostic_file(l->name, "%lu more line%s malformed", more,
                        more == 1 ? " is" : "s are");
    }
}

/* Without a good line: is it something else that is known? */
static enum exit_status tell_mistaken(const char *name)
{
    struct input input;
    struct failure failure;
    if (input_open(&input, name)) {
        return EXIT_DONE;
    }
    const struct mrtd_source source = input_source(&input);
    const enum exit_status status =
        mistaken_tell(name, &source, MISTAKEN_FOR_LIST, &failure);
    input_close(&input);
    return status ? diagnostic_failure(&failure) : EXIT_DONE;
}

enum exit_status list_file_check(const struct list_file *l)
{
    if (l->good > 0) {
        return EXIT_DONE;
    }
    if (l->malformed > 0) {
        const enum exit_status status = tell_mistaken(l->name);
        if (status) {
            return status;
        }
    }
    if (l->returns > 0 && l->returns == l->malformed) {
        diagnostic_file(l->name, "its lines end with CR LF; those of a list of "
                                 "MRTDs end with LF alone: tr -d '\\r'");
        return EXIT_REFUSED;
    }
    if (l->malformed > 1) {
        diagnostic_file(l->name,
                        "no list of MRTDs: none of its %lu lines is 'HEX  "
                        "FILE' or 'MRTD (FILE) = HEX' with 96 hexadecimal "
                        "digits",
                        l->malformed);
        return EXIT_REFUSED;
    }
    if (l->malformed == 1) {
        tell_malformed(l->name, 1);
    }
    return EXIT_DONE;
}

/* Makes an entry of a line, with memory of its own. */
static bool make_entry(struct list_entry *entry, const struct list_line *line,
                       const struct list_reading *o, const char *list,
                       unsigned long number)
{
    char problem[LIST_PROBLEM_SIZE];
    memset(entry, 0, sizeof *entry);
    entry->value = line->value;
    const bool good =
        list_line_launch(line, o->launch, &entry->launch, problem);
    entry->name = strdup(line->name);
    if (!entry->name ||
        (!good &&
         asprintf(&entry->problem, "%s: line %lu: %s: %s", printable(list),
                  number, printable(line->name), problem) < 0)) {
        diagnostic("out of memory");
        free(entry->name);
        return false;
    }
    return true;
}

/* Room for one more; false: no memory. */
static bool has_room(struct list_file *l)
{
    /* Twice as many each time. */
    if ((l->count & (l->count - 1)) == 0) {
        const size_t most = l->count ? 2 * l->count : 1;
        struct list_entry *entries =
            reallocarray(l->entries, most, sizeof *entries);
        if (!entries) {
            diagnostic("out of memory");
            return false;
        }
        l->entries = entries;
    }
    return true;
}

static void read_lines(struct list_file *l, const struct list_reading *o,
                       FILE *from)
{
    static char text[LIST_LINE_SIZE];
    struct list_line line;
    bool whole;
    for (unsigned long number = 1; read_line(from, text, &whole); number++) {
        if (!whole || !list_line_parse(text, &line)) {
            count_malformed(l, number, text);
            continue;
        }
        l->good++;
        struct list_entry entry;
        if (!has_room(l) || !make_entry(&entry, &line, o, l->name, number)) {
            l->status = EXIT_IO;
            break;
        }
        if (!entry.problem && is_missing(o, entry.name)) {
            free(entry.name);
            continue;
        }
        l->entries[l->count++] = entry;
        l->status = worst(l->status, input_keep(entry.name));
    }
    l->read_error = ferror(from) ? errno : 0;
}

void list_file_read(struct list_file *l, const char *name,
                    const struct list_reading *o)
{
    memset(l, 0, sizeof *l);
    l->name = name;
    struct input input;
    l->status = input_open(&input, l->name);
    if (l->status) {
        return;
    }
    /* The descriptor may be a copy whose end was just written. */
    FILE *from =
        lseek(input.fd, 0, SEEK_SET) == 0 ? fdopen(input.fd, "r") : NULL;
    if (!from) {
        diagnostic_file(l->name, "cannot read: %s", strerror(errno));
        input_close(&input);
        l->status = EXIT_IO;
        return;
    }
    read_lines(l, o, from);
    if (!l->status && input_is_changed(&input)) {
        diagnostic_file(l->name, "cannot read: %s [read]", input_changed_text);
        l->status = EXIT_IO;
    }
    fclose(from);
}

void list_file_free(struct list_file *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->entries[i].name);
        free(l->entries[i].problem);
    }
    free(l->entries);
    l->entries = NULL;
    l->count = 0;
}
